/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#include "unit.h"

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *rfc3339, *with_ms, *http;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
        {1795489543123, "2026-11-24T03:05:43Z", "2026-11-24T03:05:43.123Z",
         "Tue, 24 Nov 2026 03:05:43 GMT"},
        {951827696999, "2000-02-29T12:34:56Z", "2000-02-29T12:34:56.999Z",
         "Tue, 29 Feb 2000 12:34:56 GMT"},
        {4107542400000, "2100-03-01T00:00:00Z", "2100-03-01T00:00:00.000Z",
         "Mon, 01 Mar 2100 00:00:00 GMT"},
        {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
        {-62135596800000, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z",
         "Mon, 01 Jan 0001 00:00:00 GMT"},
        {253402300799999, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z",
         "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[CLOCK_RFC3339_SIZE];
        clock_format_rfc3339(cases[i].ms, text);
        assert_string_equal(text, cases[i].rfc3339);
        clock_format_rfc3339_ms(cases[i].ms, text);
        assert_string_equal(text, cases[i].with_ms);
        clock_format_http(cases[i].ms, text);
        assert_string_equal(text, cases[i].http);
    }
}

/* Every day of the years 1600 to 2400, a whole cycle of the calendar twice, against the C library.
 */
static void test_calendar(void **state)
{
    (void)state;
    for (int64_t day = -135140; day < 157054; day++) {
        time_t seconds = day * 86400 + 43200;
        struct tm tm;
        char want[64], got[CLOCK_HTTP_SIZE];
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_true(strftime(want, sizeof want, "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0);
        clock_format_http(seconds * 1000, got);
        assert_string_equal(got, want);
        int64_t back = 0;
        assert_true(clock_parse_http(str_of(want), &back));
        assert_true(back == seconds * 1000);
    }
}

static void test_parse_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Tue, 24 Nov 2026 03:05:43",
        "Tue, 24 Nov 2026 03:05:43 GMT ",
        " Tue, 24 Nov 2026 03:05:43 GMT",
        "Tue, 24 Nov 2026 03:05:43 UTC",
        "Tue, 24-Nov-2026 03:05:43 GMT",
        "Tue. 24 Nov 2026 03:05:43 GMT",
        "tue, 24 Nov 2026 03:05:43 GMT",
        "Mon, 24 Nov 2026 03:05:43 GMT",
        "Tue, 24 nov 2026 03:05:43 GMT",
        "Tue, 24 Foo 2026 03:05:43 GMT",
        "Tue, 4  Nov 2026 03:05:43 GMT",
        "Tue, 00 Nov 2026 03:05:43 GMT",
        "Tue, 31 Nov 2026 03:05:43 GMT",
        "Sun, 29 Feb 2026 03:05:43 GMT",
        "Tue, 24 Nov 2026 24:05:43 GMT",
        "Tue, 24 Nov 2026 03:60:43 GMT",
        "Tue, 24 Nov 2026 03:05:60 GMT",
        "Tue, 24 Nov 2026 03-05-43 GMT",
        "Tue, 24 Nov 2026 +3:05:43 GMT",
        "Tuesday, 24-Nov-26 03:05:43 GMT",
        "Tue Nov 24 03:05:43 2026",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        int64_t out = 77;
        if (clock_parse_http(str_of(bad[i]), &out))
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(out, 77);
    }
}

static void test_parse_rfc3339(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want; /* -1: refused */
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2024-02-29T12:30:00Z", INT64_C(1709209800000)},
        {"2024-02-29T12:30:00.5Z", INT64_C(1709209800500)},
        {"2024-02-29T12:30:00.123456789Z", INT64_C(1709209800123)},
        {"2024-02-29T14:30:00+02:00", INT64_C(1709209800000)},
        {"2024-02-29T07:00:00.001-05:30", INT64_C(1709209800001)},
        {"2023-02-29T12:30:00Z", -1},
        {"2024-13-01T00:00:00Z", -1},
        {"2024-00-01T00:00:00Z", -1},
        {"2024-01-00T00:00:00Z", -1},
        {"2024-01-01 00:00:00Z", -1},
        {"2024-01-01T24:00:00Z", -1},
        {"2024-01-01T00:00:00", -1},
        {"2024-01-01T00:00:00.Z", -1},
        {"2024-01-01T00:00:00+2:00", -1},
        {"2024-01-01T00:00:00+02:00 ", -1},
        {"2024-01-01", -1},
        {"", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t got = -1;
        clock_parse_rfc3339(str_of(cases[i].text), &got);
        if (got != cases[i].want)
            fail_msg("%s: %lld", cases[i].text, (long long)got);
    }
}

static void test_clocks(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL) * 1000;
    int64_t wall = clock_wall_ms();
    assert_true(wall >= before && wall <= ((int64_t)time(NULL) + 1) * 1000);
    int64_t ms = clock_mono_ms(), us = clock_mono_us(), later = clock_mono_ms();
    assert_true(us / 1000 >= ms && us / 1000 <= later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),       cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_parse_refuses), cmocka_unit_test(test_parse_rfc3339),
        cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
