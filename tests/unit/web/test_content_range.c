/* SPDX-License-Identifier: Apache-2.0 */
#include "web/registry/content_range.h"

#include "unit.h"

static void test_content_range(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        uint64_t first, last;
    } cases[] = {
        {"0-99", true, 0, 99},
        {"100-100", true, 100, 100},
        {"bytes 0-99/100", true, 0, 99},
        {"bytes=5-9", true, 5, 9},
        {" 5-9 ", true, 5, 9},
        {"bytes 5-9/*", true, 5, 9},
        {"9-5", false, 0, 0},
        {"", false, 0, 0},
        {"5", false, 0, 0},
        {"-5", false, 0, 0},
        {"5-", false, 0, 0},
        {"a-b", false, 0, 0},
        {"+1-2", false, 0, 0},
        {"0-18446744073709551615", false, 0, 0},
        {"0-9223372036854775807", false, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct content_range range = {0};
        struct err err = {0};
        int rc = content_range_parse(str_of(cases[i].text), &range, &err);
        if ((rc == 0) != cases[i].ok || range.first != cases[i].first ||
            range.last != cases[i].last || (rc != 0 && err.code != ERR_INVALID))
            fail_msg("\"%s\"", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_content_range)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
