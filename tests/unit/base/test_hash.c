/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "unit.h"

/* The judge: OpenSSL's SipHash with the same numbers of rounds. */
static uint64_t reference(const unsigned char key[16], const unsigned char *data, size_t len)
{
    unsigned c_rounds = 1, d_rounds = 3;
    size_t size = 8, out_len = 0;
    unsigned char out[8];
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
        OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &c_rounds),
        OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &d_rounds),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    assert_int_equal(EVP_MAC_init(ctx, key, 16, params), 1);
    assert_int_equal(EVP_MAC_update(ctx, data, len), 1);
    assert_int_equal(EVP_MAC_final(ctx, out, &out_len, sizeof out), 1);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof out; i++)
        value |= (uint64_t)out[i] << (8 * i);
    return value;
}

static void test_against_openssl(void **state)
{
    (void)state;
    unsigned char key[16], data[80];
    struct hash_key words = {0};
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (unsigned char)(i * 37 + 1);
        words.k[i / 8] |= (uint64_t)key[i] << (8 * (i % 8));
    }
    for (size_t len = 0; len <= sizeof data; len++) {
        for (size_t i = 0; i < len; i++)
            data[i] = (unsigned char)(0xff - i * 3);
        struct str text = {(const char *)data, len};
        assert_true(hash_bytes(&words, text) == reference(key, data, len));
    }
    assert_true(hash_bytes(&words, (struct str){NULL, 0}) == reference(key, data, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_openssl)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
