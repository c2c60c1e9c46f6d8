/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the load generator whose mistakes would be silent: reading answers and counting. */
#include "unit.h"

#include <stdlib.h>

#include "conn.h"
#include "hist.h"

void die(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vprint_error(fmt, args);
    va_end(args);
    abort();
}

/* Both are too large for a stack that is checked. */
static struct response response;
static struct hist hist;

/* Every answer is fed whole, with another behind it, and byte by byte: all must end alike. */
static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
        uint64_t body;
        const char *location;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5, ""},
        {"HTTP/1.1 202 Accepted\r\nLocation: /v2/x \r\ncontent-length:0\r\n\r\n", 202, 0, "/v2/x"},
        {"HTTP/1.1 401 \r\nX-Location: /no\r\nContent-Length: 1\r\n\r\n!", 401, 1, ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n",
         200, 19, ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\nX: y\r\n\r\n", 200,
         1, ""},
        {"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", 204, 0, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[512];
        size_t len = strlen(cases[i].text);
        int both = snprintf(text, sizeof text, "%sHTTP/1.1 500", cases[i].text);
        for (size_t piece = 1; piece <= (size_t)both; piece++) {
            size_t at = 0;
            response_start(&response);
            while (response.phase != RESPONSE_DONE)
                at += response_feed(&response, text + at, size_min(piece, (size_t)both - at));
            assert_int_equal(at, len);
            assert_int_equal(response.status, cases[i].status);
            assert_int_equal(response.body, cases[i].body);
            assert_str_text(response_header(&response, "location"), cases[i].location);
        }
    }
}

static void test_percentiles(void **state)
{
    (void)state;
    hist = (struct hist){0};
    assert_true(hist_at(&hist, 0.5) == 0);
    for (int64_t ms = 1; ms <= 1000; ms++)
        hist_add(&hist, ms * 1000000);
    static const double shares[] = {0.001, 0.5, 0.9, 0.99, 1};
    for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
        double wanted = shares[i] * 1000000; /* us */
        double got = hist_at(&hist, shares[i]);
        if (got < wanted * 0.97 || got > wanted * 1.03)
            fail_msg("share %g: got %g us, want about %g", shares[i], got, wanted);
    }
}

/* The extremes have a bucket, and merging is adding. */
static void test_extremes(void **state)
{
    (void)state;
    static struct hist other;
    hist = other = (struct hist){0};
    hist_add(&hist, 0);
    hist_add(&hist, -5);
    hist_add(&other, INT64_MAX);
    hist_merge(&hist, &other);
    assert_int_equal(hist.total, 3);
    assert_true(hist_at(&hist, 0.5) == 0);
    assert_true(hist_at(&hist, 1) > 1e9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
