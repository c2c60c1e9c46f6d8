/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"

#include "unit.h"

static void test_hex(void **state)
{
    (void)state;
    uint8_t all[256], back[256];
    char text[513];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    hex_encode(all, sizeof all, text);
    assert_int_equal(strlen(text), 512);
    assert_memory_equal(text, "000102", 6);
    assert_string_equal(text + 508, "feff");
    assert_true(hex_decode(str_of(text), back, sizeof back, true));
    assert_memory_equal(all, back, sizeof all);
    hex_encode(all, 0, text);
    assert_string_equal(text, "");

    static const struct {
        const char *text;
        bool any_case, lower;
    } cases[] = {{"00ff", true, true},    {"00FF", true, false},    {"00f", false, false},
                 {"00ff0", false, false}, {"00ff00", false, false}, {"00fg", false, false},
                 {"0x00", false, false},  {" 0ff", false, false},   {"", false, false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t out[2] = {0x77, 0x77};
        assert_int_equal(hex_decode(str_of(cases[i].text), out, 2, false), cases[i].any_case);
        assert_int_equal(out[0], cases[i].any_case ? 0 : 0x77);
        assert_int_equal(hex_decode(str_of(cases[i].text), out, 2, true), cases[i].lower);
    }
}

/* RFC 4648 section 10, and both alphabets' own characters. */
static void test_base64(void **state)
{
    (void)state;
    static const struct {
        struct str data;
        const char *standard, *url;
    } cases[] = {
        {{"", 0}, "", ""},
        {{"f", 1}, "Zg==", "Zg"},
        {{"fo", 2}, "Zm8=", "Zm8"},
        {{"foo", 3}, "Zm9v", "Zm9v"},
        {{"foob", 4}, "Zm9vYg==", "Zm9vYg"},
        {{"fooba", 5}, "Zm9vYmE=", "Zm9vYmE"},
        {{"foobar", 6}, "Zm9vYmFy", "Zm9vYmFy"},
        {{"\xfb\xff\xbf", 3}, "+/+/", "-_-_"},
        {{"\0\0\0", 3}, "AAAA", "AAAA"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        buf_init(&buf, 100);
        base64_encode(&buf, cases[i].data);
        assert_str_text(buf_str(&buf), cases[i].standard);
        buf_clear(&buf);
        base64url_encode(&buf, cases[i].data);
        assert_str_text(buf_str(&buf), cases[i].url);
        buf_clear(&buf);
        assert_true(base64_decode(&buf, str_of(cases[i].standard)));
        assert_true(str_eq(buf_str(&buf), cases[i].data));
        buf_clear(&buf);
        assert_true(base64url_decode(&buf, str_of(cases[i].url)));
        assert_true(str_eq(buf_str(&buf), cases[i].data));
    }
}

static void test_base64_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool standard, url;
    } cases[] = {
        {"Zg", false, true},      {"Zg=", false, false},     {"Zg==", true, false},
        {"Zh==", false, false},   {"Zh", false, false},      {"Zm9=", false, false},
        {"Zm9", false, false},    {"Z", false, false},       {"Z===", false, false},
        {"====", false, false},   {"=", false, false},       {"Zg==Zg==", false, false},
        {"Zm9v\n", false, false}, {"Zm 9", false, false},    {"+/+/", true, false},
        {"-_-_", false, true},    {"Zm9vZm8=", true, false}, {"Zm9v====", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        buf_init(&buf, 100);
        if (base64_decode(&buf, str_of(cases[i].text)) != cases[i].standard)
            fail_msg("base64: %s", cases[i].text);
        if (base64url_decode(&buf, str_of(cases[i].text)) != cases[i].url)
            fail_msg("base64url: %s", cases[i].text);
    }
    _cleanup_buf_ struct buf small;
    buf_init(&small, 2);
    assert_false(base64_decode(&small, STR("Zm9v")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
