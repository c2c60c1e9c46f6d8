/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uri.h"

#include "unit.h"

static void test_decode(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *path, *form; /* NULL: refused */
    } cases[] = {
        {"", "", ""},
        {"a+b", "a+b", "a b"},
        {"a%2Fb", "a/b", "a/b"},
        {"%41%7a", "Az", "Az"},
        {"%c3%A9", "\xc3\xa9", "\xc3\xa9"},
        {"%25%32%35", "%25", "%25"},
        {"%", NULL, NULL},
        {"%4", NULL, NULL},
        {"a%4", NULL, NULL},
        {"%4g", NULL, NULL},
        {"%g4", NULL, NULL},
        {"%00", NULL, NULL},
        {"%+1", NULL, NULL},
        {"% 41", NULL, NULL},
        {"%ff", "\xff", "\xff"},
        {"%2B", "+", "+"},
        {"%%41", NULL, NULL},
        {"%0", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int form = 0; form < 2; form++) {
            const char *want = form ? cases[i].form : cases[i].path;
            _cleanup_buf_ struct buf buf;
            buf_init(&buf, 100);
            assert_int_equal(uri_decode(&buf, str_of(cases[i].text), form), want != NULL);
            if (want)
                assert_str_text(buf_str(&buf), want);
        }
    }
    _cleanup_buf_ struct buf small;
    buf_init(&small, 2);
    assert_false(uri_decode(&small, STR("abc"), false));
}

static void test_encode(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *keeping_slash;
    } cases[] = {
        {"", "", ""},
        {"aZ09-._~", "aZ09-._~", "aZ09-._~"},
        {"a/b", "a%2Fb", "a/b"},
        {" +%?#&=", "%20%2B%25%3F%23%26%3D", "%20%2B%25%3F%23%26%3D"},
        {"\xc3\xa9\x7f", "%C3%A9%7F", "%C3%A9%7F"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        buf_init(&buf, 100);
        uri_encode(&buf, str_of(cases[i].text), false);
        assert_str_text(buf_str(&buf), cases[i].want);
        buf_clear(&buf);
        uri_encode(&buf, str_of(cases[i].text), true);
        assert_str_text(buf_str(&buf), cases[i].keeping_slash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
