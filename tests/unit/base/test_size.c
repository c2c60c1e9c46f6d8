/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes as text. */
#include "base/size.h"

#include "unit.h"

static const struct {
    const char *text;
    int64_t bytes; /* -1: refused */
} cases[] = {
    {"0", 0},
    {"12", 12},
    {"7B", 7},
    {"7 b", 7},
    {"1K", 1000},
    {"1KB", 1000},
    {"1Ki", 1024},
    {"1KiB", 1024},
    {"1 kib", 1024},
    {"512Mi", INT64_C(512) << 20},
    {"200M", 200000000},
    {"10 GiB", INT64_C(10) << 30},
    {"5G", INT64_C(5000000000)},
    {"1TiB", INT64_C(1) << 40},
    {"3PB", INT64_C(3000000000000000)},
    {"7EiB", INT64_C(7) << 60},
    {"9EB", INT64_C(9000000000000000000)},
    {"9223372036854775807", INT64_MAX},
    {"8EiB", -1},
    {"10EB", -1},
    {"9223372036854775808", -1},
    {"99999999999999999999999", -1},
    {"1ZiB", -1},
    {"", -1},
    {"B", -1},
    {"GiB", -1},
    {" 5G", -1},
    {"5 ", -1},
    {"5  G", -1},
    {"5G ", -1},
    {"5\tG", -1},
    {"1.5G", -1},
    {"-1", -1},
    {"+1", -1},
    {"5Gib ", -1},
    {"5iB", -1},
    {"5Gii", -1},
    {"5GBB", -1},
    {"0x10", -1},
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t bytes = -1;
        struct err err = {0};
        int rc = size_parse(str_of(cases[i].text), &bytes, &err);
        if (rc != (cases[i].bytes < 0 ? -1 : 0) || bytes != cases[i].bytes)
            fail_msg("\"%s\": %d, %lld", cases[i].text, rc, (long long)bytes);
        assert_true(rc == 0 || err.code == ERR_INVALID);
    }
}

static void test_format(void **state)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } texts[] = {
        {0, "0.0 Byte"},
        {512, "512.0 Byte"},
        {1023, "1023.0 Byte"},
        {1024, "1.0 KiB"},
        {200000, "195.3 KiB"},
        {INT64_C(5000000000), "4.7 GiB"},
        {INT64_C(10) << 30, "10.0 GiB"},
        {INT64_MAX, "8.0 EiB"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        char text[SIZE_TEXT_MAX];
        size_format(texts[i].bytes, text);
        assert_string_equal(text, texts[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
