/* SPDX-License-Identifier: Apache-2.0 */
#include "http/range.h"

#include "unit.h"

static void test_range(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        uint64_t size;
        enum range_result result;
        uint64_t first, last;
    } cases[] = {
        {"bytes=0-0", 10, RANGE_PART, 0, 0},
        {"bytes=0-9", 10, RANGE_PART, 0, 9},
        {"bytes=3-", 10, RANGE_PART, 3, 9},
        {"bytes=3-100", 10, RANGE_PART, 3, 9},
        {"bytes=-3", 10, RANGE_PART, 7, 9},
        {"bytes=-100", 10, RANGE_PART, 0, 9},
        {"BYTES= 1-2 ", 10, RANGE_PART, 1, 2},
        {"bytes=0-18446744073709551615", 10, RANGE_PART, 0, 9},
        {"bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=10-20", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-1", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-1,3-4", 10, RANGE_NONE, 0, 0},
        {"bytes=5-3", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-", 10, RANGE_NONE, 0, 0},
        {"bytes=", 10, RANGE_NONE, 0, 0},
        {"bytes", 10, RANGE_NONE, 0, 0},
        {"", 10, RANGE_NONE, 0, 0},
        {"items=0-1", 10, RANGE_NONE, 0, 0},
        {"bytes=a-b", 10, RANGE_NONE, 0, 0},
        {"bytes=1-2x", 10, RANGE_NONE, 0, 0},
        {"bytes=+1-2", 10, RANGE_NONE, 0, 0},
        {"bytes=18446744073709551616-", 10, RANGE_NONE, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t first = 0, last = 0;
        enum range_result got = range_parse(str_of(cases[i].value), cases[i].size, &first, &last);
        if (got != cases[i].result || first != cases[i].first || last != cases[i].last)
            fail_msg("%s of %u: got %d", cases[i].value, (unsigned)cases[i].size, (int)got);
    }
}

static void test_etag(void **state)
{
    (void)state;
    static const struct {
        const char *list, *etag;
        bool in_list, is;
    } cases[] = {
        {"\"a\"", "\"a\"", true, true},
        {"\"a\"", "\"b\"", false, false},
        {"\"b\", \"a\"", "\"a\"", true, false},
        {"W/\"a\"", "\"a\"", true, false},
        {"\"a\"", "W/\"a\"", true, false},
        {"W/\"a\"", "W/\"a\"", true, false},
        {" * ", "\"a\"", true, false},
        {"", "\"a\"", false, false},
        {"a", "\"a\"", false, false},
        {"Tue, 24 Nov 2026 03:05:43 GMT", "\"a\"", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str list = str_of(cases[i].list), etag = str_of(cases[i].etag);
        assert_int_equal(range_etag_in_list(list, etag), cases[i].in_list);
        assert_int_equal(range_etag_is(list, etag), cases[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_etag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
