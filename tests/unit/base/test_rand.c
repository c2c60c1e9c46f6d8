/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include "unit.h"

/* That every byte is filled, also past the 256 that one call of the kernel promises: a byte that
 * stays zero sixteen times in a row is not chance (2^-128). */
static void test_bytes(void **state)
{
    (void)state;
    unsigned char seen[1000] = {0}, once[sizeof seen];
    for (int round = 0; round < 16; round++) {
        rand_bytes(once, sizeof once);
        for (size_t i = 0; i < sizeof seen; i++)
            seen[i] |= once[i];
    }
    for (size_t i = 0; i < sizeof seen; i++)
        assert_int_not_equal(seen[i], 0);
    rand_bytes(NULL, 0);
}

static void test_uuid(void **state)
{
    (void)state;
    char uuid[UUID_SIZE], other[UUID_SIZE];
    rand_uuid(uuid);
    rand_uuid(other);
    assert_string_not_equal(uuid, other);
    assert_int_equal(strlen(uuid), 36);
    for (size_t i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23)
            assert_int_equal(uuid[i], '-');
        else
            assert_true(char_hex_value(uuid[i]) >= 0 && !char_is_upper(uuid[i]));
    }
    assert_int_equal(uuid[14], '4');
    assert_non_null(strchr("89ab", uuid[19]));
}

/* All 36 letters and only they; each misses 36000 draws with chance e^-1000. */
static void test_token(void **state)
{
    (void)state;
    static char token[36001];
    unsigned counts[256] = {0};
    rand_token(token, sizeof token - 1);
    assert_int_equal(strlen(token), sizeof token - 1);
    for (size_t i = 0; token[i]; i++)
        counts[(unsigned char)token[i]]++;
    for (int c = 0; c < 256; c++) {
        bool letter = c < 128 && (char_is_upper((char)c) || char_is_digit((char)c));
        /* 1000 expected, standard deviation 31 */
        assert_true(letter ? counts[c] > 700 && counts[c] < 1300 : counts[c] == 0);
    }
    rand_token(token, 0);
    assert_string_equal(token, "");
}

static void test_below(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t value = rand_below(3);
        assert_true(value < 3);
        seen |= 1U << value;
    }
    assert_int_equal(seen, 7);
    assert_int_equal(rand_below(1), 0);
}

static void test_secret_eq(void **state)
{
    (void)state;
    assert_true(secret_eq(STR("abc"), STR("abc")));
    assert_true(secret_eq(STR(""), str_of(NULL)));
    assert_false(secret_eq(STR("abc"), STR("abd")));
    assert_false(secret_eq(STR("abc"), STR("ab")));
    assert_false(secret_eq(STR("a\0b"), STR("a\0c")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),     cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_token),     cmocka_unit_test(test_below),
        cmocka_unit_test(test_secret_eq),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
