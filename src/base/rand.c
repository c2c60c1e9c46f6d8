/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness. getrandom() cannot fail once the kernel has been seeded; before that it waits, and a
 * signal may end the waiting. */
#include "rand.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "hex.h"

void rand_bytes(void *out, size_t len)
{
    char *at = out;
    while (len > 0) {
        ssize_t n = getrandom(at, size_min(len, 256), 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            abort();
        at += n;
        len -= (size_t)n;
    }
}

void rand_uuid(char out[UUID_SIZE])
{
    uint8_t bytes[16];
    char digits[33];
    rand_bytes(bytes, sizeof bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40; /* version 4 */
    bytes[8] = (bytes[8] & 0x3f) | 0x80; /* the RFC's variant */
    hex_encode(bytes, sizeof bytes, digits);
    snprintf(out, UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", digits, digits + 8, digits + 12,
             digits + 16, digits + 20);
}

void rand_token(char *out, size_t len)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    enum { LETTERS = sizeof alphabet - 1, FAIR = 256 / LETTERS * LETTERS };
    size_t made = 0;
    while (made < len) {
        uint8_t pool[64];
        rand_bytes(pool, sizeof pool);
        for (size_t i = 0; i < sizeof pool && made < len; i++) {
            if (pool[i] < FAIR)
                out[made++] = alphabet[pool[i] % LETTERS];
        }
    }
    out[len] = '\0';
}

uint64_t rand_below(uint64_t bound)
{
    uint64_t value;
    rand_bytes(&value, sizeof value);
    return value % bound;
}

bool secret_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}
