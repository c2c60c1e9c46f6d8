/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: reading the header of anything, and verifying it with a fixed key. The corpus has a token
 * that verifies, so that mutations start from behind the first checks. */
#include "codec/jwt.h"
#include "fuzz.h"

/* The public half of the key in tests/unit/codec/test_keys.h. */
static const char key_text[] =
    "{\"kty\":\"RSA\",\"n\":\"nLV0KmNiIgGtIZLD8K5BV1jQhiUbr_dwrLF4fO4_a8XEvPIFiInC_9jiXO9UOooe9"
    "fyPQsvvSlqYkFFYMcrwB6dY52C73fEM--q4MY6l9HxSrt75733XtPue95sRUO7ravpgt7NiPRDNmU6RuTUqneML4ha"
    "khkdzqd0zqBgZZYclco8FodF01KczN_HLBCScfCAi90SMlp6WDUQgu7rmFEeLU0kWhN_Uju0nmH5UQxBn1kMtQc1kf"
    "dt0j6JhKA2MJPBzqLxtAgVTyfLWThtYGnMrOqCagzFGipb8hYMr5W5B5fd9OBlyVho-M4VOsncZL9gLCD2YxHMCh7P"
    "9u9zvOw\",\"e\":\"AQAB\"}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jwt_key *key; /* loaded once, reachable to the end */
    struct arena arena = {0};
    struct err err = {0};
    struct str token = {(const char *)data, size};
    const char *kid = NULL;
    json_t *claims = NULL;
    if (!key)
        must(jwt_key_load(str_of(key_text), &key, &err) == 0);
    bool peeked = jwt_peek_kid(&arena, token, &kid, &err) == 0;
    must(peeked ? kid != NULL : err.code == ERR_UNAUTHORIZED);
    bool verified = jwt_verify(key, token, &claims, &err) == 0;
    must(verified ? json_is_object(claims) : err.code == ERR_UNAUTHORIZED && !claims);
    json_decref(claims);
    arena_done(&arena);
    return 0;
}
