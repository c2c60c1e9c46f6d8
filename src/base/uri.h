/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding (RFC 3986 section 2.1). */
#pragma once

#include "buf.h"

/* Append `s` decoded. With `form`, '+' is a space (query strings and form bodies). False when an
 * escape is malformed or decodes to NUL, or the buffer is full. */
bool uri_decode(struct buf *buf, struct str s, bool form) MUST_CHECK;
/* Append `s` with everything but unreserved characters escaped; '/' too unless `keep_slash`. */
void uri_encode(struct buf *buf, struct str s, bool keep_slash);
