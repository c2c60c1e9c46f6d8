/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal and base64 (RFC 4648). Decoders are strict: no spaces, no other alphabet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "str.h"

/* Lower-case digits of `len` bytes into out[2 * len + 1], with a NUL. */
void hex_encode(const uint8_t *data, size_t len, char *out);
/* Exactly `len` bytes from 2 * len digits; lower case only when `lower_only`. False otherwise. */
bool hex_decode(struct str text, uint8_t *out, size_t len, bool lower_only);

/* Append the standard alphabet with padding, or the URL alphabet without (RFC 7515 section 2). */
void base64_encode(struct buf *buf, struct str data);
void base64url_encode(struct buf *buf, struct str data);
/* Append the decoded bytes. False when the text is malformed (wrong character, wrong padding, set
 * bits behind the end) or the buffer is full; the buffer then holds a part. */
bool base64_decode(struct buf *buf, struct str text) MUST_CHECK;
bool base64url_decode(struct buf *buf, struct str text) MUST_CHECK;
