/* SPDX-License-Identifier: Apache-2.0 */
/* From a filled reply to bytes: conditions, range, head, and where the body comes from. */
#pragma once

#include "engine.h"

/* Apply If-None-Match, If-Range and Range to the reply, append its head (and a small body) to
 * `out`, and leave what must follow in exchange->bytes or file_at and file_left. `date` is a whole
 * header line. False when the head does not fit. */
bool encode_reply(struct exchange *exchange, bool keep_alive, struct str date, struct buf *out);
