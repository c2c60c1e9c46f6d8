/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that the registry draws itself: tokens of robots, applications and programs. They are
 * random and long, so that a single SHA-256 of them can be stored: there is nothing to guess. */
#pragma once

#include "base/digest.h"

enum { SECRET_HASH_SIZE = 32 };

/* What is stored. */
void secret_hash(struct str secret, uint8_t out[SECRET_HASH_SIZE]);
/* Whether the stored hash is that of the secret, in constant time. */
bool secret_matches(struct str hash, struct str secret);
