/* SPDX-License-Identifier: Apache-2.0 */
#include "http/head.h"

#include <stdlib.h>

#include "base/buf.h"
#include "unit.h"

enum { TEST_HEAD_MAX = 32 * 1024 };

struct parsed {
    enum head_result result;
    int status; /* of the refusal */
    struct request request;
    bool expects_100;
};

/* Find and parse a head that arrives in two pieces; each piece is a copy of exactly its size, so
 * that a sanitizer sees every read past it. */
static void parse(struct str text, size_t first, struct parsed *out, char **copy_out)
{
    struct head_scan scan = {0};
    struct refusal refusal = {0};
    size_t len = 0;
    *copy_out = NULL;
    *out = (struct parsed){0};
    const size_t ends[] = {first, text.len};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        free(*copy_out);
        *copy_out = malloc(ends[i] + 1);
        assert_non_null(*copy_out);
        memcpy(*copy_out, text.ptr, ends[i]);
        struct str in = {*copy_out, ends[i]};
        out->result = head_find(&scan, in, TEST_HEAD_MAX, &len, &refusal);
        if (out->result == HEAD_COMPLETE &&
            !head_parse(str_sub(in, 0, len), &out->request, &out->expects_100, &refusal))
            out->result = HEAD_REFUSED;
        out->status = refusal.status;
        if (out->result != HEAD_INCOMPLETE)
            return;
    }
}

#define H "Host: h\r\n"
#define TEXT(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* Each row is a head, and what becomes of it: 0 for accepted, -1 for incomplete, else the status
 * it is refused with. */
static const struct {
    struct str text;
    int status;
} framing[] = {
    {TEXT("GET / HTTP/1.1\r\n" H "\r\n"), 0},
    {TEXT("GET / HTTP/1.1\r\n" H), -1},
    {TEXT("GET / HTTP/1.1\r\n" H "\r"), -1},
    {TEXT(""), -1},
    /* the length of the body */
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 5\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 4\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: +4\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 0x4\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 4, 4\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 4 4\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 4.0\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: \r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 18446744073709551616\r\n\r\n"), 413},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 9223372036854775808\r\n\r\n"), 413},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length: 9223372036854775807\r\n\r\n"), 0},
    {TEXT("PUT / HTTP/1.1\r\n" H "Content-Length : 4\r\n\r\n"), 400},
    /* transfer codings */
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"), 0},
    {TEXT("PUT / HTTP/1.1\r\n" H "transfer-encoding: CHUNKED\r\n\r\n"), 0},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: chunked;q=1\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: \"chunked\"\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n"), 501},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n"),
     400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n"), 400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
          "Transfer-Encoding: chunked\r\n\r\n"),
     400},
    {TEXT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n"
          "Transfer-Encoding: chunked\r\n\r\n"),
     400},
    {TEXT("PUT / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n"), 400},
    /* Host */
    {TEXT("GET / HTTP/1.1\r\n" H H "\r\n"), 400},
    {TEXT("GET / HTTP/1.0\r\n" H H "\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.0\r\n\r\n"), 0},
    {TEXT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\nHost: user@h\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"), 0},
    /* bytes that have no place */
    {TEXT("GET / HTTP/1.1\r\n" H "A: b\0c\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A\0: b\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A: b\rc\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A: b\x7f\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A: \xc3\xa9\r\n\r\n"), 0},
    {TEXT("GET / HTTP/1.1\r\n" H "\xc3\xa9: a\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A: b\r\n\tc: d\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n Host: h\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\n" H "\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\nHost: h\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "\n"), 400},
    {TEXT("GET / HTTP/1.1\r\r\n" H "\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "NoColon\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H ": empty\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "Two Words: a\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "A:\r\n\r\n"), 0},
    /* the request line */
    {TEXT("\r\n"), 400},
    {TEXT("GET\r\n" H "\r\n"), 400},
    {TEXT("GET /\r\n" H "\r\n"), 400},
    {TEXT("GET  / HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET /  HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT(" GET / HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET / HTTP/1.1 \r\n" H "\r\n"), 400},
    {TEXT("GET\t/ HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET / http/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET / HTTP/1.10\r\n" H "\r\n"), 400},
    {TEXT("GET / HTTP/11\r\n" H "\r\n"), 400},
    {TEXT("GET / HTTP/2.0\r\n" H "\r\n"), 505},
    {TEXT("PRI * HTTP/2.0\r\n\r\n"), 505},
    {TEXT("GET / HTTP/0.9\r\n" H "\r\n"), 505},
    {TEXT("GET / HTTP/1.2\r\n" H "\r\n"), 0},
    {TEXT("BREW / HTTP/1.1\r\n" H "\r\n"), 501},
    {TEXT("CONNECT h:1 HTTP/1.1\r\n" H "\r\n"), 501},
    {TEXT("get / HTTP/1.1\r\n" H "\r\n"), 501},
    {TEXT("G(T / HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("\x16"), 400},
    /* the target */
    {TEXT("GET x HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET h:80 HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET * HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("OPTIONS * HTTP/1.1\r\n" H "\r\n"), 0},
    {TEXT("GET /a b HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET /a\0b HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET /a\xff HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET /a#b HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET /%00%2f HTTP/1.1\r\n" H "\r\n"), 0}, /* raw: the router decides */
    {TEXT("GET http://h/ HTTP/1.1\r\n" H "\r\n"), 0},
    {TEXT("GET http:/// HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET http://u@h/ HTTP/1.1\r\n" H "\r\n"), 400},
    {TEXT("GET ftp://h/ HTTP/1.1\r\n" H "\r\n"), 400},
    /* repeats and expectations */
    {TEXT("GET / HTTP/1.1\r\n" H "Authorization: a\r\nauthorization: b\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "Range: bytes=0-1\r\nRange: bytes=0-1\r\n\r\n"), 400},
    {TEXT("GET / HTTP/1.1\r\n" H "Accept: a\r\nAccept: b\r\n\r\n"), 0},
    {TEXT("PUT / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n"), 0},
    {TEXT("PUT / HTTP/1.1\r\n" H "Expect: tea\r\nContent-Length: 1\r\n\r\n"), 417},
    {TEXT("PUT / HTTP/1.0\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n"), 0},
    {TEXT("GET / HTTP/1.1\r\n" H "Connection: clo se\r\n\r\n"), 400},
};

static void test_framing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(framing); i++) {
        for (size_t split = 0; split <= framing[i].text.len; split++) {
            struct parsed parsed;
            char *copy;
            parse(framing[i].text, split, &parsed, &copy);
            int got = parsed.result == HEAD_INCOMPLETE ? -1
                      : parsed.result == HEAD_REFUSED  ? parsed.status
                                                       : 0;
            free(copy);
            if (got != framing[i].status)
                fail_msg("row %zu split at %zu: got %d, want %d: %s", i, split, got,
                         framing[i].status, framing[i].text.ptr);
        }
    }
}

static const struct {
    const char *text;
    enum method method;
    const char *path, *query, *host;
    int64_t length;
    bool keep_alive, expects_100;
} accepted[] = {
    {"GET /a?b?c HTTP/1.1\r\n" H "\r\n", METHOD_GET, "/a", "b?c", "h", 0, true, false},
    {"HEAD / HTTP/1.0\r\n\r\n", METHOD_HEAD, "/", "", "", 0, false, false},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", METHOD_GET, "/", "", "", 0, true, false},
    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", METHOD_GET, "/", "", "", 0, false,
     false},
    {"GET / HTTP/1.1\r\n" H "Connection: TE, Close\r\n\r\n", METHOD_GET, "/", "", "h", 0, false,
     false},
    {"PATCH /u HTTP/1.1\r\n" H "Content-Length: 007\r\n\r\n", METHOD_PATCH, "/u", "", "h", 7, true,
     false},
    {"PUT /u HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
     METHOD_PUT, "/u", "", "h", BODY_LENGTH_CHUNKED, true, true},
    {"POST /u HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n", METHOD_POST, "/u", "", "h", 0, true,
     false},
    {"OPTIONS * HTTP/1.1\r\n" H "\r\n", METHOD_OPTIONS, "/*", "", "h", 0, true, false},
    {"GET http://real:81/p?q HTTP/1.1\r\n" H "\r\n", METHOD_GET, "/p", "q", "real:81", 0, true,
     false},
    {"GET https://real?q HTTP/1.1\r\n" H "\r\n", METHOD_GET, "/", "q", "real", 0, true, false},
    {"DELETE /x HTTP/1.1\r\nhOsT:\t h \t\r\n\r\n", METHOD_DELETE, "/x", "", "h", 0, true, false},
};

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
        struct parsed parsed;
        char *copy;
        parse(str_of(accepted[i].text), 3, &parsed, &copy);
        assert_int_equal(parsed.result, HEAD_COMPLETE);
        assert_int_equal(parsed.request.method, accepted[i].method);
        assert_str_text(parsed.request.path, accepted[i].path);
        assert_str_text(parsed.request.query, accepted[i].query);
        assert_str_text(parsed.request.host, accepted[i].host);
        assert_int_equal(parsed.request.body_length, accepted[i].length);
        assert_int_equal(parsed.request.keep_alive, accepted[i].keep_alive);
        assert_int_equal(parsed.expects_100, accepted[i].expects_100);
        free(copy);
    }
}

/* `count` times `unit` between two texts. */
static struct str repeat(const char *before, const char *unit, size_t count, const char *after)
{
    struct buf text;
    buf_init(&text, 1024 * 1024);
    buf_add_text(&text, before);
    for (size_t i = 0; i < count; i++)
        buf_add_text(&text, unit);
    buf_add_text(&text, after);
    assert_true(buf_ok(&text));
    return buf_str(&text);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *before, *unit;
        size_t count;
        const char *after;
        int status;
    } cases[] = {
        {"GET /", "a", TARGET_MAX - 1, " HTTP/1.1\r\n" H "\r\n", 0},
        {"GET /", "a", TARGET_MAX, " HTTP/1.1\r\n" H "\r\n", 414},
        {"GET /", "a", 3 * TARGET_MAX, "", 414}, /* no need to wait for the end */
        {"GET / HTTP/1.1\r\n" H, "A: b\r\n", HEADERS_MAX - 1, "\r\n", 0},
        {"GET / HTTP/1.1\r\n" H, "A: b\r\n", HEADERS_MAX, "\r\n", 431},
        {"GET / HTTP/1.1\r\n" H "A: ", "b", TEST_HEAD_MAX, "", 431},
        {"GET / HTTP/1.1\r\n" H "A: ", "b", TEST_HEAD_MAX, "\r\n\r\n", 431},
        {"GET / HTTP/1.1\r\n" H, "A: b\r\n", TEST_HEAD_MAX, "\r\n", 431},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = repeat(cases[i].before, cases[i].unit, cases[i].count, cases[i].after);
        struct parsed parsed;
        char *copy;
        parse(text, text.len / 2, &parsed, &copy);
        assert_int_equal(parsed.status, cases[i].status);
        free(copy);
        free((void *)(uintptr_t)text.ptr);
    }
}

/* Bytes behind the head are not looked at. */
static void test_length(void **state)
{
    (void)state;
    struct head_scan scan = {0};
    struct refusal refusal;
    size_t len;
    struct str in = STR("GET / HTTP/1.1\r\n" H "\r\nGET /\n\n");
    assert_int_equal(head_find(&scan, in, TEST_HEAD_MAX, &len, &refusal), HEAD_COMPLETE);
    assert_int_equal(len, in.len - 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
