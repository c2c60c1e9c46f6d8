/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <ctype.h>

#include "unit.h"

/* Text "-" in a table stands for "no such thing". */
static void test_compare(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
        bool equal_case, starts, ends;
    } cases[] = {
        {"", "", 0, true, true, true},
        {"a", "", 1, false, true, true},
        {"", "a", -1, false, false, false},
        {"abc", "abd", -1, false, false, false},
        {"abc", "ab", 1, false, true, false},
        {"abc", "bc", -1, false, false, true},
        {"ABC", "abc", -1, true, false, false},
        {"a[", "a{", -1, false, false, false}, /* 32 apart, but no letters */
        {"\xff", "a", 1, false, false, false}, /* bytes are unsigned */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str a = str_of(cases[i].a), b = str_of(cases[i].b);
        int order = str_cmp(a, b);
        assert_int_equal((order > 0) - (order < 0), cases[i].order);
        assert_int_equal(str_eq(a, b), cases[i].order == 0);
        assert_int_equal(str_eq_text(a, cases[i].b), cases[i].order == 0);
        assert_int_equal(str_eq_case(a, b), cases[i].equal_case);
        assert_int_equal(str_starts(a, b), cases[i].starts);
        assert_int_equal(str_ends(a, b), cases[i].ends);
    }
    assert_true(str_eq(str_of(NULL), STR("")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
}

static void test_sub(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t start, len;
        const char *want;
    } cases[] = {
        {"abcdef", 0, 3, "abc"}, {"abcdef", 2, 2, "cd"},      {"abcdef", 4, 9, "ef"},
        {"abcdef", 6, 1, ""},    {"abcdef", 7, 1, ""},        {"abcdef", 1, SIZE_MAX, "bcdef"},
        {"", 0, 1, ""},          {"abcdef", SIZE_MAX, 1, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str got = str_sub(str_of(cases[i].text), cases[i].start, cases[i].len);
        assert_true(str_eq_text(got, cases[i].want));
    }
    assert_int_equal(str_sub((struct str){NULL, 0}, 1, 1).len, 0);
}

static void test_trim_and_find(void **state)
{
    (void)state;
    static const struct {
        const char *text, *trimmed;
        ptrdiff_t first, last; /* of 'x' */
    } cases[] = {
        {"", "", -1, -1},     {"  ", "", -1, -1},   {" \t x \t", "x", 3, 3},
        {"x x", "x x", 0, 2}, {"\nx", "\nx", 1, 1}, {"abc", "abc", -1, -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_of(cases[i].text);
        assert_true(str_eq_text(str_trim(text), cases[i].trimmed));
        assert_int_equal(str_find(text, 'x'), cases[i].first);
        assert_int_equal(str_find_last(text, 'x'), cases[i].last);
    }
}

static void test_clip(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t max;
        const char *want;
    } cases[] = {
        {"", 3, ""},
        {"abc", 3, "abc"},
        {"abc", 2, "ab"},
        {"a\xC3\xA4z", 2, "a"},
        {"a\xC3\xA4z", 3, "a\xC3\xA4"},
        {"\xE2\x82\xAC", 2, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_true(str_eq_text(str_clip(str_of(cases[i].text), cases[i].max), cases[i].want));
}

static void test_cut(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *fields[4]; /* up to NULL */
    } cases[] = {
        {"a,b", {"a", "b"}}, {"", {""}},        {",", {"", ""}},
        {"a,", {"a", ""}},   {",a", {"", "a"}}, {"abc", {"abc"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str rest = str_of(cases[i].text), field;
        for (size_t k = 0; cases[i].fields[k]; k++) {
            assert_true(str_cut(&rest, ',', &field));
            assert_true(str_eq_text(field, cases[i].fields[k]));
        }
        assert_false(str_cut(&rest, ',', &field));
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t max;
        bool decimal;
        uint64_t decimal_value;
        bool hex;
        uint64_t hex_value;
    } cases[] = {
        {"0", 9, true, 0, true, 0},
        {"0", 0, true, 0, true, 0},
        {"1", 0, false, 0, false, 0},
        {"10", 16, true, 10, true, 16},
        {"10", 15, true, 10, false, 0},
        {"007", 7, true, 7, true, 7},
        {"fF", 255, false, 0, true, 255},
        {"fF", 254, false, 0, false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX, false, 0},
        {"18446744073709551616", UINT64_MAX, false, 0, false, 0},
        {"ffffffffffffffff", UINT64_MAX, false, 0, true, UINT64_MAX},
        {"10000000000000000", UINT64_MAX, true, 10000000000000000, false, 0},
        {"", 9, false, 0, false, 0},
        {"+1", 9, false, 0, false, 0},
        {"-1", 9, false, 0, false, 0},
        {" 1", 9, false, 0, false, 0},
        {"1 ", 9, false, 0, false, 0},
        {"0x1", 99, false, 0, false, 0},
        {"1g", 99, false, 0, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t value = 77;
        struct str text = str_of(cases[i].text);
        assert_int_equal(str_to_u64(text, cases[i].max, &value), cases[i].decimal);
        assert_true(value == (cases[i].decimal ? cases[i].decimal_value : 77));
        value = 77;
        assert_int_equal(str_to_hex_u64(text, cases[i].max, &value), cases[i].hex);
        assert_true(value == (cases[i].hex ? cases[i].hex_value : 77));
    }
}

static void test_characters(void **state)
{
    (void)state;
    for (int c = -128; c < 256; c++) {
        int value = char_hex_value((char)c);
        if (value >= 0)
            assert_int_equal("0123456789abcdef"[value], char_lower((char)c));
        assert_int_equal(char_is_alnum((char)c), (unsigned char)c < 0x80 && isalnum((char)c) != 0);
    }
    assert_int_equal(char_hex_value('g'), -1);
    assert_int_equal(char_hex_value('F'), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),       cmocka_unit_test(test_sub),
        cmocka_unit_test(test_trim_and_find), cmocka_unit_test(test_clip),
        cmocka_unit_test(test_cut),           cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
