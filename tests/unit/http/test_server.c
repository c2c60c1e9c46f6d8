/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and replies over real sockets, plain and TLS; limits of the whole server; the end. */
#include <stdio.h>
#include <sys/socket.h>

#include "live.h"

#define GET(path)  "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define HEAD(path) "HEAD " path " HTTP/1.1\r\nHost: h\r\n\r\n"

static void test_keep_alive(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        for (int i = 0; i < 3; i++) {
            client_expect(&client, GET("/quick"), 200, "quick");
            client_expect(&client, GET("/work"), 200, "work");
            client_expect(&client, HEAD("/quick"), 200, "");
            client_expect(&client, HEAD("/work"), 200, "");
            client_expect(&client, GET("/unknown"), 404, "unknown");
            client_expect(&client, "\r\n\r\n" GET("/quick"), 200, "quick");
        }
        client_expect(&client, "GET /quick HTTP/1.0\r\n\r\n", 200, "quick");
        client_expect_end(&client);
        client_close(&client);
    }
    live_end(live);
}

static void test_http10_keep_alive(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    struct client client;
    client_open(&client, live, false);
    for (int i = 0; i < 2; i++) {
        struct answer answer;
        client_send_text(&client, "GET /work HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        client_answer(&client, &answer, false);
        assert_true(answer_has(&answer, "\r\nConnection: keep-alive\r\n"));
        answer_done(&answer);
    }
    client_close(&client);
    live_end(live);
}

/* Many requests in one piece are answered in order, whoever answers them. */
static void test_pipelining(void **state)
{
    (void)state;
    static const struct {
        const char *request, *body;
        int status;
    } kinds[] = {
        {GET("/quick"), "quick", 200},
        {GET("/work"), "work", 200},
        {GET("/unknown"), "unknown", 404},
        {"PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "3 294", 201},
        {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3\r\nabc\r\n0\r\n\r\n",
         "3 294", 201},
        {"PUT /early HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "early", 401},
    };
    enum { ROUNDS = 50 };
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        _cleanup_buf_ struct buf all;
        buf_init(&all, 1024 * 1024);
        for (size_t i = 0; i < ROUNDS * ARRAY_LEN(kinds); i++)
            buf_add_text(&all, kinds[i / 3 % ARRAY_LEN(kinds)].request);
        client_open(&client, live, tls);
        client_send(&client, buf_str(&all));
        for (size_t i = 0; i < ROUNDS * ARRAY_LEN(kinds); i++) {
            size_t kind = i / 3 % ARRAY_LEN(kinds);
            client_expect(&client, "", kinds[kind].status, kinds[kind].body);
        }
        client_close(&client);
    }
    live_end(live);
}

/* A head that comes byte by byte. */
static void test_slow_head(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        struct str text = STR(GET("/quick"));
        for (size_t i = 0; i + 1 < text.len; i++)
            assert_true(client_send(&client, str_sub(text, i, 1)));
        client_expect(&client, "\n", 200, "quick");
        client_close(&client);
    }
    live_end(live);
}

/* --- files --- */

static const struct {
    const char *path, *headers;
    int status;
    size_t first, len; /* of the body */
    const char *line;  /* that the head must have */
} files[] = {
    {"/file", "", 200, 0, LIVE_FILE_SIZE, "\r\nAccept-Ranges: bytes\r\n"},
    {"/cold", "", 200, 0, LIVE_FILE_SIZE, ""},
    {"/cold", "Range: bytes=-5\r\n", 206, LIVE_FILE_SIZE - 5, 5, ""},
    {"/small", "", 200, 0, LIVE_SMALL_FILE_SIZE, "\r\nETag: \"tag\"\r\n"},
    {"/large", "", 200, 0, LIVE_FILE_SIZE, "\r\nContent-Length: 3145745\r\n"},
    {"/file", "Range: bytes=5-1000004\r\n", 206, 5, 1000000,
     "\r\nContent-Range: bytes 5-1000004/3145745\r\n"},
    {"/file", "Range: bytes=3145744-\r\n", 206, 3145744, 1, "\r\nContent-Length: 1\r\n"},
    {"/small", "Range: bytes=-10\r\n", 206, 990, 10, "\r\nContent-Range: bytes 990-999/1000\r\n"},
    {"/small", "Range: bytes=0-1,3-4\r\n", 200, 0, LIVE_SMALL_FILE_SIZE, ""},
    {"/small", "Range: bytes=1000-\r\n", 416, 0, 0, "\r\nContent-Range: bytes */1000\r\n"},
    {"/small", "Range: bytes=1-2\r\nIf-Range: \"tag\"\r\n", 206, 1, 2, ""},
    {"/small", "Range: bytes=1-2\r\nIf-Range: \"other\"\r\n", 200, 0, LIVE_SMALL_FILE_SIZE, ""},
    {"/small", "If-None-Match: \"x\", W/\"tag\"\r\n", 304, 0, 0, "\r\nETag: \"tag\"\r\n"},
    {"/small", "If-None-Match: *\r\nRange: bytes=1-2\r\n", 304, 0, 0, ""},
    {"/small", "If-None-Match: \"other\"\r\n", 200, 0, LIVE_SMALL_FILE_SIZE, ""},
};

static void check_file(struct client *client, size_t row, bool head)
{
    struct answer answer;
    _cleanup_buf_ struct buf request;
    buf_init(&request, 1024);
    bool ranged = files[row].status == 206 || files[row].status == 416;
    buf_printf(&request, "%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n", head ? "HEAD" : "GET",
               files[row].path, files[row].headers);
    client_send(client, buf_str(&request));
    client_answer(client, &answer, head);
    assert_int_equal(answer.status, head && ranged ? 200 : files[row].status);
    if (!head || !ranged) { /* Range is for GET only */
        if (!answer_has(&answer, files[row].line))
            fail_msg("row %zu has not %s: %s", row, files[row].line, answer.head);
    }
    assert_int_equal(answer.body.len, head ? 0 : files[row].len);
    for (size_t i = 0; i < answer.body.len; i++) {
        if (answer.body.ptr[i] != live_byte(files[row].first + i))
            fail_msg("row %zu differs at %zu", row, i);
    }
    answer_done(&answer);
}

static void test_files(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
            check_file(&client, i, false);
            check_file(&client, i, true);
        }
        client_close(&client);
    }
    live_end(live);
}

/* --- refusals --- */

/* Each is answered with this status, and then the connection ends. */
static const struct {
    const char *request;
    int status;
} refusals[] = {
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: +4\r\n\r\nabcd", 400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\nabcd", 413},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
    {"PUT /upload HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0x4\r\nwiki\r\n0\r\n\r\n",
     400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     "ffffffffffffffff\r\nwiki",
     400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwikiXX0\r\n\r\n",
     400},
    {"PUT /upload HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 4\r\n\r\nabcd", 417},
    {"GET /quick HTTP/1.1\r\n\r\n", 400},
    {"GET /quick HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"GET /quick HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400},
    {"GET /quick HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400},
    {"GET /quick HTTP/1.1\nHost: h\n\n", 400},
    {"GET /quick HTTP/2.0\r\nHost: h\r\n\r\n", 505},
    {"BREW /quick HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"\x16\x03\x01\x02", 400}, /* TLS on the plain port */
};

static void test_refusals(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
            struct client client;
            client_open(&client, live, tls);
            client_expect(&client, refusals[i].request, refusals[i].status, NULL);
            shutdown(client.fd, SHUT_WR);
            client_expect_end(&client);
            client_close(&client);
        }
    }
    assert_int_equal(atomic_load(&live->finishes), 0);
    live_end(live);
}

static void test_long_heads(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        size_t count;
        int status;
    } cases[] = {
        {"GET /", 20 * 1024, 414},
        {"GET /quick HTTP/1.1\r\nHost: h\r\nA: ", 100 * 1024, 431},
        {"GET /quick HTTP/1.1\r\nHost: h\r\nA: ", 30 * 1024, 200},
    };
    struct live *live = live_start(NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct client client;
        _cleanup_buf_ struct buf text;
        buf_init(&text, 1024 * 1024);
        buf_add_text(&text, cases[i].before);
        for (size_t k = 0; k < cases[i].count; k++)
            buf_add_char(&text, 'a');
        buf_add_text(&text, "\r\n\r\n");
        client_open(&client, live, false);
        client_send(&client, buf_str(&text));
        client_expect(&client, "", cases[i].status, NULL);
        client_close(&client);
    }
    live_end(live);
}

/* --- limits of the whole --- */

static void test_connection_limit(void **state)
{
    (void)state;
    struct live *live = live_start(&(struct server_limits){.connections = 2, .reactors = 2});
    struct client oldest, busy, newer, refused;
    client_open(&oldest, live, false);
    client_expect(&oldest, GET("/quick"), 200, "quick");
    client_open(&busy, live, false);
    client_send_text(&busy, GET("/hold"));
    live_wait(&live->starts, 1);
    client_open(&newer, live, false);
    client_expect(&newer, GET("/quick"), 200, "quick");
    client_expect_end(&oldest); /* made room */
    client_send_text(&newer, GET("/hold"));
    live_wait(&live->starts, 2);
    client_open(&refused, live, false);
    client_expect(&refused, "", 503, "");
    live_release(live);
    client_expect(&busy, "", 200, "held");
    client_expect(&newer, "", 200, "held");
    client_close(&oldest);
    client_close(&busy);
    client_close(&newer);
    client_close(&refused);
    live_end(live);
}

/* One worker, and its queue full: 503 at once; what was queued is answered. */
static void test_queue_limit(void **state)
{
    (void)state;
    enum { QUEUED = 17 };
    struct live *live = live_start(&(struct server_limits){.workers = 1, .reactors = 1});
    struct client clients[QUEUED], refused;
    for (size_t i = 0; i < QUEUED; i++) {
        client_open(&clients[i], live, false);
        client_send_text(&clients[i], GET("/hold"));
        if (i == 0)
            live_wait(&live->starts, 1);
    }
    struct server_stats stats;
    do {
        server_stats(live->server, &stats);
    } while (stats.queued < QUEUED - 1);
    struct answer answer;
    client_open(&refused, live, false);
    client_send_text(&refused, GET("/work"));
    client_answer(&refused, &answer, false);
    assert_int_equal(answer.status, 503);
    assert_true(answer_has(&answer, "\r\nRetry-After: "));
    answer_done(&answer);
    client_expect(&refused, GET("/quick"), 200, "quick");
    live_release(live);
    for (size_t i = 0; i < QUEUED; i++) {
        client_expect(&clients[i], "", 200, "held");
        client_close(&clients[i]);
    }
    client_close(&refused);
    live_end(live);
}

/* --- start and stop --- */

static void *stop(void *argument)
{
    struct live *live = argument;
    server_stop(live->server);
    return NULL;
}

/* Idle connections end at once, a request that is being worked on is answered, nobody new. */
static void test_stop(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct live *live = live_start(NULL);
        struct client idle, busy;
        struct answer answer;
        pthread_t thread;
        client_open(&idle, live, tls);
        client_expect(&idle, GET("/quick"), 200, "quick");
        client_open(&busy, live, tls);
        client_send_text(&busy, GET("/hold"));
        live_wait(&live->starts, 1);
        assert_int_equal(pthread_create(&thread, NULL, stop, live), 0);
        client_expect_end(&idle);
        live_release(live);
        client_answer(&busy, &answer, false);
        assert_int_equal(answer.status, 200);
        assert_true(answer_has(&answer, "\r\nConnection: close\r\n"));
        client_expect_end(&busy);
        pthread_join(thread, NULL);
        answer_done(&answer);
        client_close(&idle);
        client_close(&busy);
        live_end(live);
    }
}

/* A body that does not end is cut off at the end of the drain time. */
static void test_stop_forced(void **state)
{
    (void)state;
    struct live *live = live_start(&(struct server_limits){.drain_ms = 50});
    struct client body, head, reader;
    client_open(&body, live, false);
    client_send_text(&body, "PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
    live_wait(&live->starts, 1);
    client_open(&head, live, false);
    client_send_text(&head, "GET /quick HTTP/1.1\r\nHos");
    client_open(&reader, live, false);
    for (int i = 0; i < 8; i++)
        client_send_text(&reader, GET("/large"));
    live_wait(&live->starts, 2);
    server_stop(live->server);
    assert_int_equal(atomic_load(&live->aborts), 1);
    assert_int_equal(atomic_load(&live->finishes), 0);
    client_close(&body);
    client_close(&head);
    client_close(&reader);
    live_end(live);
}

static void test_bad_configuration(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    char used[32];
    snprintf(used, sizeof used, "127.0.0.1:%u", server_port(live->server, 0));
    const struct tls_config good = {live->certificate, live->key, NULL, false};
    const struct tls_config missing = {live->certificate, "/nowhere/key", NULL, false};
    const struct tls_config swapped = {live->key, live->certificate, NULL, false};
    const struct tls_config ciphers = {live->certificate, live->key, "NOTHING", true};
    const struct {
        const char *address;
        const struct tls_config *tls;
        enum err_code code;
    } cases[] = {
        {used, NULL, ERR_BUSY},
        {"127.0.0.1", NULL, ERR_INVALID},
        {"127.0.0.1:x", NULL, ERR_INVALID},
        {"127.0.0.1:65536", NULL, ERR_INVALID},
        {"::1:80", NULL, ERR_INVALID},
        {"127.0.0.1:0", &missing, ERR_NOT_FOUND},
        {"127.0.0.1:0", &swapped, ERR_INVALID},
        {"127.0.0.1:0", &ciphers, ERR_INVALID},
    };
    const struct http_app app = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct listener_config listener = {cases[i].address, cases[i].tls != NULL};
        struct server *server = NULL;
        struct err err;
        assert_fails(server_new(&listener, 1, cases[i].tls, NULL, &app, &server, &err), &err,
                     cases[i].code);
        assert_null(server);
    }
    struct server *server = NULL;
    struct err err;
    const struct listener_config any = {":0", true};
    assert_ok(server_new(&any, 1, &good, NULL, &app, &server, &err), &err);
    assert_true(server_port(server, 0) > 0);
    server_free(server);
    live_end(live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep_alive),  cmocka_unit_test(test_http10_keep_alive),
        cmocka_unit_test(test_pipelining),  cmocka_unit_test(test_slow_head),
        cmocka_unit_test(test_files),       cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_heads),  cmocka_unit_test(test_connection_limit),
        cmocka_unit_test(test_queue_limit), cmocka_unit_test(test_stop),
        cmocka_unit_test(test_stop_forced), cmocka_unit_test(test_bad_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
