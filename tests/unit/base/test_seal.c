/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seal.h"

#include "base/hex.h"
#include "unit.h"

static struct seal_key key_of(const char *secret, const char *purpose)
{
    struct seal_key key;
    seal_derive(str_of(secret), purpose, &key);
    return key;
}

static void test_round_trip(void **state)
{
    (void)state;
    static const struct str cases[] = {STR_INIT(""), STR_INIT("x"), STR_INIT("a\0b"),
                                       STR_INIT("a password with \xc3\xbc and spaces")};
    struct seal_key key = key_of("secret", "purpose");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf sealed, plain;
        buf_init(&sealed, 1024);
        buf_init(&plain, 1024);
        seal_close(&key, cases[i], &sealed);
        assert_int_equal(sealed.len, cases[i].len + SEAL_OVERHEAD);
        assert_true(seal_open(&key, buf_str(&sealed), &plain));
        assert_true(str_eq(buf_str(&plain), cases[i]));
    }
}

/* The same text twice gives two sealed texts: what is equal does not show. */
static void test_nonces(void **state)
{
    (void)state;
    struct seal_key key = key_of("secret", "purpose");
    _cleanup_buf_ struct buf first, second;
    buf_init(&first, 1024);
    buf_init(&second, 1024);
    seal_close(&key, STR("text"), &first);
    seal_close(&key, STR("text"), &second);
    assert_false(str_eq(buf_str(&first), buf_str(&second)));
}

/* No bit may change, and no byte be missing or left over. */
static void test_damage(void **state)
{
    (void)state;
    struct seal_key key = key_of("secret", "purpose");
    _cleanup_buf_ struct buf sealed, plain;
    buf_init(&sealed, 1024);
    buf_init(&plain, 1024);
    seal_close(&key, STR("text"), &sealed);
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        sealed.ptr[bit / 8] = (char)(sealed.ptr[bit / 8] ^ 1 << bit % 8);
        assert_false(seal_open(&key, buf_str(&sealed), &plain));
        sealed.ptr[bit / 8] = (char)(sealed.ptr[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_false(seal_open(&key, str_sub(buf_str(&sealed), 0, len), &plain));
    assert_int_equal(plain.len, 0);
    assert_true(seal_open(&key, buf_str(&sealed), &plain));
    buf_add_char(&sealed, 'x');
    assert_false(seal_open(&key, buf_str(&sealed), &plain));
}

static void test_other_keys(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *purpose;
    } others[] = {{"secret", "another purpose"},
                  {"Secret", "purpose"},
                  {"", "purpose"},
                  {"secret", ""},
                  {"purpose", "secret"}};
    struct seal_key key = key_of("secret", "purpose");
    _cleanup_buf_ struct buf sealed, plain;
    buf_init(&sealed, 1024);
    buf_init(&plain, 1024);
    seal_close(&key, STR("text"), &sealed);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct seal_key other = key_of(others[i].secret, others[i].purpose);
        assert_memory_not_equal(&key, &other, sizeof key);
        assert_false(seal_open(&other, buf_str(&sealed), &plain));
    }
}

/* A buffer that is too small is told from a good text. */
static void test_small_buffer(void **state)
{
    (void)state;
    struct seal_key key = key_of("secret", "purpose");
    _cleanup_buf_ struct buf sealed, plain;
    buf_init(&sealed, 1024);
    buf_init(&plain, 3);
    seal_close(&key, STR("text"), &sealed);
    assert_false(seal_open(&key, buf_str(&sealed), &plain));
}

/* RFC 4231, test case 2, padded to our length of keys. */
static void test_mac(void **state)
{
    (void)state;
    struct seal_key key = {.bytes = "Jefe"}; /* HMAC pads keys with zeros anyway */
    uint8_t mac[SEAL_MAC_SIZE];
    char text[2 * SEAL_MAC_SIZE + 1];
    seal_mac(&key, STR("what do ya want for nothing?"), mac);
    hex_encode(mac, sizeof mac, text);
    assert_string_equal(text, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_nonces),
        cmocka_unit_test(test_damage),       cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_small_buffer), cmocka_unit_test(test_mac),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
