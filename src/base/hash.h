/* SPDX-License-Identifier: Apache-2.0 */
/* A keyed hash for tables whose keys clients choose: SipHash-1-3 (Aumasson and Bernstein). Without
 * the key nobody can make keys that fall into one bucket. Not for digests and not for storage. */
#pragma once

#include <stdint.h>

#include "str.h"

struct hash_key {
    uint64_t k[2]; /* random, drawn once for each table */
};

/* The same for the same key and bytes, on every machine. */
uint64_t hash_bytes(const struct hash_key *key, struct str data);
