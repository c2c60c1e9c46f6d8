/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes, identifiers and secrets, all from the kernel's generator. */
#pragma once

#include <stddef.h>

#include "str.h"

enum { UUID_SIZE = 37 };

/* Fill with random bytes; aborts when the kernel has none to give. */
void rand_bytes(void *out, size_t len);
/* A version 4 UUID in lower case (RFC 9562). */
void rand_uuid(char out[UUID_SIZE]);
/* `len` characters of A-Z and 0-9, evenly distributed, into out[len + 1]. */
void rand_token(char *out, size_t len);
/* A number below `bound` (above 0), for jitter; not evenly distributed to the last bit. */
uint64_t rand_below(uint64_t bound);

/* Compare secrets in a time that does not depend on where they differ. */
bool secret_eq(struct str a, struct str b);
