/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include "unit.h"

static void test_json(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *want;
        bool valid_utf8;
    } cases[] = {
        {{"", 0}, "\"\"", true},
        {{NULL, 0}, "\"\"", true},
        {{"plain", 5}, "\"plain\"", true},
        {{"\"\\/", 3}, "\"\\\"\\\\/\"", true},
        {{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\"", true},
        {{"a\0\x1f\x7f", 4}, "\"a\\u0000\\u001f\\u007f\"", true},
        {{"h\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3", 10},
         "\"h\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3\"",
         true},
        {{"\xf4\x8f\xbf\xbf", 4}, "\"\xf4\x8f\xbf\xbf\"", true},
        {{"\xed\x9f\xbf\xee\x80\x80", 6}, "\"\xed\x9f\xbf\xee\x80\x80\"", true},
        {{"a\xff"
          "b",
          3},
         "\"a\\ufffdb\"",
         false},
        {{"\x80", 1}, "\"\\ufffd\"", false},
        {{"\xc3", 1}, "\"\\ufffd\"", false},
        {{"\xc0\xaf", 2}, "\"\\ufffd\\ufffd\"", false},
        {{"\xc1\xbf", 2}, "\"\\ufffd\\ufffd\"", false},
        {{"\xe0\x9f\xbf", 3}, "\"\\ufffd\\ufffd\\ufffd\"", false},
        {{"\xed\xa0\x80", 3}, "\"\\ufffd\\ufffd\\ufffd\"", false},
        {{"\xf0\x8f\xbf\xbf", 4}, "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", false},
        {{"\xf4\x90\x80\x80", 4}, "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", false},
        {{"\xf5\x80\x80\x80", 4}, "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", false},
        {{"\xe2\x82", 2}, "\"\\ufffd\\ufffd\"", false},
        {{"\xe2\"\xac", 3}, "\"\\ufffd\\\"\\ufffd\"", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        buf_init(&buf, 100);
        quote_json(&buf, cases[i].text);
        assert_str_text(buf_str(&buf), cases[i].want);
        assert_int_equal(utf8_valid(cases[i].text), cases[i].valid_utf8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
