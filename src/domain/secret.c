/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of drawn secrets. */
#include "secret.h"

#include "base/rand.h"

void secret_hash(struct str secret, uint8_t out[SECRET_HASH_SIZE])
{
    struct digest digest;
    digest_of(DIGEST_SHA256, secret, &digest);
    memcpy(out, digest.bytes, SECRET_HASH_SIZE);
}

bool secret_matches(struct str hash, struct str secret)
{
    uint8_t computed[SECRET_HASH_SIZE];
    secret_hash(secret, computed);
    return secret_eq(hash, (struct str){(const char *)computed, sizeof computed});
}
