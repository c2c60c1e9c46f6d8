/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "unit.h"

static void test_build(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf buf;
    buf_init(&buf, 1000);
    assert_str_text(buf_str(&buf), "");
    assert_null(buf.ptr);
    buf_add(&buf, NULL, 0);
    buf_add_str(&buf, STR("a"));
    buf_add_text(&buf, "bc");
    buf_add_char(&buf, '-');
    buf_printf(&buf, "%s=%d,", "x", -1);
    buf_add_u64(&buf, 0);
    buf_add_char(&buf, ',');
    buf_add_u64(&buf, UINT64_MAX);
    assert_string_equal(buf.ptr, "abc-x=-1,0,18446744073709551615");
    assert_int_equal(buf.len, strlen(buf.ptr));
    assert_true(buf_ok(&buf));
}

/* Each kind of append at the limit: what fits is taken, what does not changes nothing. */
static void test_maximum(void **state)
{
    (void)state;
    static const struct {
        size_t max;
        const char *text;
        bool fits;
    } cases[] = {{0, "", true},      {0, "a", false},    {3, "abc", true},       {3, "abcd", false},
                 {255, "abc", true}, {256, "abc", true}, {SIZE_MAX, "abc", true}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int kind = 0; kind < 4; kind++) {
            struct buf buf;
            buf_init(&buf, cases[i].max);
            if (kind == 0)
                buf_add_text(&buf, cases[i].text);
            else if (kind == 1)
                buf_printf(&buf, "%s", cases[i].text);
            else if (kind == 2)
                buf_add_str(&buf, str_of(cases[i].text));
            for (const char *at = cases[i].text; kind == 3 && *at; at++)
                buf_add_char(&buf, *at);
            assert_int_equal(buf_ok(&buf), cases[i].fits);
            if (cases[i].fits)
                assert_str_text(buf_str(&buf), cases[i].text);
            else
                assert_true(buf.len <= cases[i].max);
            buf_done(&buf);
        }
    }
}

static void test_failure_is_sticky(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf buf;
    buf_init(&buf, 4);
    buf_add_text(&buf, "abc");
    buf_add_text(&buf, "de");
    assert_false(buf_ok(&buf));
    buf_add_text(&buf, "f"); /* would fit, but the text would lack its middle */
    buf_commit(&buf, 1);
    assert_null(buf_reserve(&buf, 0));
    assert_str_text(buf_str(&buf), "abc");
    buf_clear(&buf);
    assert_true(buf_ok(&buf));
    buf_add_text(&buf, "1234");
    assert_str_text(buf_str(&buf), "1234");
    assert_null(buf_reserve(&buf, 1));
    buf_truncate(&buf, 2);
    assert_true(buf_ok(&buf));
    assert_string_equal(buf.ptr, "12");
    buf_truncate(&buf, 9); /* never grows */
    assert_string_equal(buf.ptr, "12");

    struct buf zeroed = {0};
    buf_add_char(&zeroed, 'x');
    assert_false(buf_ok(&zeroed));
    buf_done(&zeroed);
}

static void test_reserve_and_consume(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf buf;
    buf_init(&buf, 10000);
    for (int c = 'a'; c <= 'z'; c++) {
        char *room = buf_reserve(&buf, 300);
        assert_non_null(room);
        memset(room, c, 300);
        buf_commit(&buf, 100); /* less than was reserved */
    }
    assert_int_equal(buf.len, 2600);
    buf_consume(&buf, 0);
    buf_consume(&buf, 2450);
    assert_int_equal(buf.len, 150);
    assert_int_equal(buf.ptr[0], 'y');
    assert_int_equal(buf.ptr[50], 'z');
    assert_int_equal(buf.ptr[150], '\0');
    buf_consume(&buf, SIZE_MAX);
    assert_int_equal(buf.len, 0);
    assert_string_equal(buf.ptr, "");

    struct buf empty;
    buf_init(&empty, 10);
    buf_consume(&empty, 5);
    buf_clear(&empty);
    assert_str_text(buf_str(&empty), "");
    buf_done(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_failure_is_sticky),
        cmocka_unit_test(test_reserve_and_consume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
