/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing: AES-256-GCM for secrets that must be read again, HMAC-SHA256 for text that must come
 * back unchanged. Keys for different purposes are derived from one secret, so that what was made
 * for one purpose is worth nothing for another. */
#pragma once

#include "base/buf.h"

enum {
    SEAL_KEY_SIZE = 32,
    SEAL_MAC_SIZE = 32,
    SEAL_OVERHEAD = 1 + 12 + 16, /* version, nonce, tag: what a sealed text has beyond the plain */
};

struct seal_key {
    uint8_t bytes[SEAL_KEY_SIZE];
};

/* The key for a purpose ("cookie"), from a secret of any length (RFC 5869's extract step). */
void seal_derive(struct str secret, const char *purpose, struct seal_key *out);
/* Append the sealed text. */
void seal_close(const struct seal_key *key, struct str plain, struct buf *out);
/* Append the plain text; false when it was not sealed with this key, or is damaged. */
bool seal_open(const struct seal_key *key, struct str sealed, struct buf *out) MUST_CHECK;
/* HMAC-SHA256. */
void seal_mac(const struct seal_key *key, struct str data, uint8_t out[SEAL_MAC_SIZE]);
