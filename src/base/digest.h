/* SPDX-License-Identifier: Apache-2.0 */
/* Content digests ("sha256:<hex>", OCI Image 1.1 "Digests") and the hashing behind them.
 *
 * A hasher's state can be saved between two requests and loaded by another process, so that an
 * upload resumes without reading again what has arrived. */
#pragma once

#include <stdalign.h>
#include <stdint.h>

#include "err.h"
#include "str.h"

enum digest_alg { DIGEST_SHA256 = 1, DIGEST_SHA512 = 2 };

enum {
    DIGEST_BYTES_MAX = 64,
    DIGEST_TEXT_SIZE = 7 + 2 * DIGEST_BYTES_MAX + 1, /* "sha512:" + digits + NUL */
    DIGEST_PACKED_MAX = 1 + DIGEST_BYTES_MAX,
    HASHER_STATE_MAX = 256,
};

/* Plain data; zeroed behind `len`, so that two digests compare with digest_eq or memcmp. */
struct digest {
    uint8_t alg; /* enum digest_alg */
    uint8_t len; /* 32 or 64 */
    uint8_t bytes[DIGEST_BYTES_MAX];
};

/* Parse "sha256:" or "sha512:" and the exact number of lower-case digits. ERR_DIGEST_INVALID says
 * what is wrong, ERR_UNSUPPORTED names an algorithm we do not know. */
int digest_parse(struct str text, struct digest *out, struct err *err);
void digest_format(const struct digest *digest, char out[DIGEST_TEXT_SIZE]);
bool digest_eq(const struct digest *a, const struct digest *b);

/* The form stored in the database: one byte of algorithm, then the bytes. Returns its length. */
size_t digest_pack(const struct digest *digest, uint8_t out[DIGEST_PACKED_MAX]);
int digest_unpack(struct str packed, struct digest *out, struct err *err);

/* Digest of a whole piece of memory. */
void digest_of(enum digest_alg alg, struct str data, struct digest *out);

struct hasher {
    enum digest_alg alg;
    alignas(16) unsigned char context[HASHER_STATE_MAX];
};

/* Start, add bytes in pieces of any size, ask for the digest. */
void hasher_init(struct hasher *hasher, enum digest_alg alg);
void hasher_update(struct hasher *hasher, const void *data, size_t len);
/* The digest of all bytes so far; the hasher may go on. */
void hasher_digest(const struct hasher *hasher, struct digest *out);
/* Save the state in a portable form into out[HASHER_STATE_MAX]; returns its length. */
size_t hasher_save(const struct hasher *hasher, uint8_t out[HASHER_STATE_MAX]);
/* Continue from a saved state. ERR_INVALID when it is not one. */
int hasher_load(struct hasher *hasher, struct str state, struct err *err);
