/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping of foreign text for the places it is printed to. */
#pragma once

#include "buf.h"

/* Append `s` as a JSON string with its quotation marks. Control characters are escaped and bytes
 * that are not UTF-8 become U+FFFD, so that the result is always valid JSON (RFC 8259). */
void quote_json(struct buf *buf, struct str s);

/* True when `s` is well-formed UTF-8 without surrogates or overlong forms (RFC 3629). */
bool utf8_valid(struct str s);
