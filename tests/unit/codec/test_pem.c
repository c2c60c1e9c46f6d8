/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pem.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "codec/jwt.h"
#include "unit.h"

static EVP_PKEY *read_key(const char *text, bool private)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = private ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL)
                            : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return key;
}

/* Both halves belong together. */
static void test_pair(void **state)
{
    (void)state;
    struct err err;
    struct arena arena = {0};
    struct jwt_key *key = NULL;
    char *jwk;
    const char *public, *private;
    assert_ok(jwt_key_generate(&key, &err), &err);
    assert_ok(jwt_key_format(key, &arena, true, &jwk, &err), &err);
    assert_ok(pem_of_jwk(&arena, str_of(jwk), &public, &private, &err), &err);
    EVP_PKEY *a = read_key(public, false), *b = read_key(private, true);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(EVP_PKEY_eq(a, b), 1);
    EVP_PKEY_free(a);
    EVP_PKEY_free(b);
    assert_ok(jwt_key_format(key, &arena, false, &jwk, &err), &err);
    assert_fails(pem_of_jwk(&arena, str_of(jwk), &public, &private, &err), &err, ERR_INVALID);
    assert_fails(pem_of_jwk(&arena, STR("[]"), &public, &private, &err), &err, ERR_INVALID);
    jwt_key_free(key);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
