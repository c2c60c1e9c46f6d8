/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/secret.h"

#include "base/hex.h"
#include "unit.h"

static void test_hash(void **state)
{
    (void)state;
    uint8_t hash[SECRET_HASH_SIZE];
    char text[2 * SECRET_HASH_SIZE + 1];
    secret_hash(STR("abc"), hash);
    hex_encode(hash, sizeof hash, text);
    /* FIPS 180-2, appendix B.1. */
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_matches(void **state)
{
    (void)state;
    uint8_t hash[SECRET_HASH_SIZE];
    secret_hash(STR("secret"), hash);
    struct str stored = {(const char *)hash, sizeof hash};
    static const struct str wrong[] = {STR_INIT(""), STR_INIT("Secret"), STR_INIT("secre"),
                                       STR_INIT("secret "), STR_INIT("secret\0")};
    assert_true(secret_matches(stored, STR("secret")));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(secret_matches(stored, wrong[i]));
    for (size_t len = 0; len < sizeof hash; len++)
        assert_false(secret_matches(str_sub(stored, 0, len), STR("secret")));
    for (size_t i = 0; i < sizeof hash; i++) {
        hash[i] ^= 1;
        assert_false(secret_matches(stored, STR("secret")));
        hash[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
