/* SPDX-License-Identifier: Apache-2.0 */
/* Request bodies over real sockets: framing, limits, early answers, slow and lost senders. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "live.h"

#define PUT(path, headers) "PUT " path " HTTP/1.1\r\nHost: h\r\n" headers "\r\n"

static void test_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
        const char *body;
        bool ends; /* the connection ends after it */
    } cases[] = {
        {PUT("/upload", "Content-Length: 3\r\n") "abc", 201, "3 294", false},
        {PUT("/upload", "Content-Length: 0\r\n"), 201, "0 0", false},
        {PUT("/upload", ""), 201, "0 0", false},
        {PUT("/upload",
             "Transfer-Encoding: chunked\r\n") "1\r\na\r\n2;x\r\nbc\r\n0\r\nT: v\r\n\r\n",
         201, "3 294", false},
        {PUT("/upload", "Transfer-Encoding: chunked\r\n") "0\r\n\r\n", 201, "0 0", false},
        {"PUT /upload HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 201, "3 294", true},
        {PUT("/upload", "Content-Length: 3\r\nConnection: close\r\n") "abc", 201, "3 294", true},
        /* the rest of a short body is swallowed, and the connection goes on */
        {PUT("/early", "Content-Length: 3\r\n") "abc", 401, "early", false},
        {PUT("/broken", "Content-Length: 3\r\n") "abc", 507, "no space", false},
        {PUT("/early", "Transfer-Encoding: chunked\r\n") "3\r\nabc\r\n0\r\n\r\n", 401, "early",
         true},
        {PUT("/broken", "Transfer-Encoding: chunked\r\n") "3\r\nabc\r\n0\r\n\r\n", 507, "no space",
         true},
        {PUT("/upload", "Transfer-Encoding: chunked\r\n") "3\r\nabcx", 400, NULL, true},
        /* more than the sink takes is refused from the announcement */
        {PUT("/upload", "Content-Length: 8388609\r\n"), 413, NULL, true},
    };
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            struct client client;
            client_open(&client, live, tls);
            client_expect(&client, cases[i].request, cases[i].status, cases[i].body);
            if (cases[i].ends)
                client_expect_end(&client);
            else
                client_expect(&client, "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n", 200, "quick");
            client_close(&client);
        }
    }
    live_end(live);
}

/* Bytes of live_byte(), and their sum. */
static char *make_body(size_t len, uint64_t *sum_out)
{
    char *bytes = malloc(len);
    assert_non_null(bytes);
    *sum_out = 0;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = live_byte(i);
        *sum_out += (unsigned char)bytes[i];
    }
    return bytes;
}

static void send_chunked(struct client *client, struct str body, size_t step)
{
    for (size_t at = 0; at < body.len; at += step) {
        struct str piece = str_sub(body, at, step);
        _cleanup_buf_ struct buf framed;
        buf_init(&framed, step + 64);
        buf_printf(&framed, "%zx\r\n", piece.len);
        buf_add_str(&framed, piece);
        buf_add_text(&framed, "\r\n");
        assert_true(client_send(client, buf_str(&framed)));
    }
    client_send_text(client, "0\r\n\r\n");
}

static void test_large_bodies(void **state)
{
    (void)state;
    static const size_t steps[] = {0, 1000, 70000, LIVE_UPLOAD_MAX}; /* 0: not chunked */
    struct live *live = live_start(NULL);
    uint64_t sum;
    char *bytes = make_body(LIVE_UPLOAD_MAX, &sum);
    struct str body = {bytes, LIVE_UPLOAD_MAX};
    char want[64];
    snprintf(want, sizeof want, "%d %llu", LIVE_UPLOAD_MAX, (unsigned long long)sum);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
            if (steps[i] == 0) {
                client_send_text(&client, PUT("/upload", "Content-Length: 8388608\r\n"));
                client_send(&client, body);
            } else {
                client_send_text(&client, PUT("/upload", "Transfer-Encoding: chunked\r\n"));
                send_chunked(&client, body, steps[i]);
            }
            client_expect(&client, "", 201, want);
        }
        client_close(&client);
    }
    free(bytes);
    live_end(live);
}

/* One byte too many in a chunked body. */
static void test_chunked_limit(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    uint64_t sum;
    char *bytes = make_body(LIVE_UPLOAD_MAX + 1, &sum);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        client_send_text(&client, PUT("/upload", "Transfer-Encoding: chunked\r\n"));
        client_send_text(&client, "800001\r\n");
        client_send(&client, (struct str){bytes, LIVE_UPLOAD_MAX + 1});
        client_expect(&client, "\r\n0\r\n\r\n", 413, NULL);
        client_expect_end(&client);
        client_close(&client);
    }
    assert_int_equal(atomic_load(&live->aborts), 2);
    assert_int_equal(atomic_load(&live->finishes), 0);
    free(bytes);
    live_end(live);
}

/* An answer given while a large body is still being sent reaches the client. */
static void test_early_answer(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    uint64_t sum;
    enum { SENT = 900 * 1024 };
    char *bytes = make_body(SENT, &sum);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        client_send_text(&client, PUT("/early", "Content-Length: 1000000000\r\n"));
        client_send(&client, (struct str){bytes, SENT});
        client_expect(&client, "", 401, "early");
        client_expect_end(&client);
        client_close(&client);
    }
    free(bytes);
    live_end(live);
}

static void test_expect(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        client_open(&client, live, tls);
        client_expect(&client, PUT("/upload", "Content-Length: 3\r\nExpect: 100-continue\r\n"), 100,
                      "");
        client_expect(&client, "abc", 201, "3 294");
        /* a client that does not wait needs no 100 */
        client_expect(&client,
                      PUT("/upload", "Content-Length: 3\r\nExpect: 100-continue\r\n") "abc", 201,
                      "3 294");
        client_expect(&client,
                      PUT("/upload", "Content-Length: 99999999\r\nExpect: 100-continue\r\n"), 413,
                      NULL);
        client_expect_end(&client);
        client_close(&client);
        client_open(&client, live, tls);
        client_expect(&client, PUT("/early", "Content-Length: 3\r\nExpect: 100-continue\r\n"), 401,
                      "early");
        client_expect_end(&client);
        client_close(&client);
    }
    live_end(live);
}

/* More slow uploads than workers hold no thread: another request is answered meanwhile. */
static void test_parked(void **state)
{
    (void)state;
    enum { UPLOADS = 20 };
    for (int tls = 0; tls < 2; tls++) {
        struct live *live = live_start(&(struct server_limits){.workers = 2});
        struct client uploads[UPLOADS], other;
        for (size_t i = 0; i < UPLOADS; i++) {
            client_open(&uploads[i], live, tls);
            client_send_text(&uploads[i], PUT("/upload", "Content-Length: 6\r\n") "ab");
        }
        live_wait(&live->starts, UPLOADS);
        client_open(&other, live, tls);
        client_expect(&other, "GET /work HTTP/1.1\r\nHost: h\r\n\r\n", 200, "work");
        for (size_t i = 0; i < UPLOADS; i++)
            client_send_text(&uploads[i], "ca");
        client_expect(&other, "GET /work HTTP/1.1\r\nHost: h\r\n\r\n", 200, "work");
        for (size_t i = 0; i < UPLOADS; i++) {
            client_expect(&uploads[i], "bc", 201, "6 588");
            client_close(&uploads[i]);
        }
        client_close(&other);
        assert_int_equal(atomic_load(&live->finishes), UPLOADS);
        assert_int_equal(atomic_load(&live->aborts), 0);
        live_end(live);
    }
}

/* A sender that goes away in the middle: abort, once, and one `done`. */
static void test_gone(void **state)
{
    (void)state;
    static const char *const requests[] = {
        PUT("/upload", "Content-Length: 6\r\n") "ab",
        PUT("/upload", "Content-Length: 6\r\n"),
        PUT("/upload", "Transfer-Encoding: chunked\r\n") "5\r\nab",
    };
    struct live *live = live_start(NULL);
    int aborts = 0;
    for (int tls = 0; tls < 2; tls++) {
        for (int reset = 0; reset < 2; reset++) {
            for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
                struct client client;
                client_open(&client, live, tls);
                client_send_text(&client, requests[i]);
                live_wait(&live->starts, ++aborts);
                const struct linger hard = {.l_onoff = reset};
                setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
                client_close(&client);
                live_wait(&live->aborts, aborts);
                live_wait(&live->dones, aborts);
            }
        }
    }
    live_end(live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),        cmocka_unit_test(test_large_bodies),
        cmocka_unit_test(test_chunked_limit), cmocka_unit_test(test_early_answer),
        cmocka_unit_test(test_expect),        cmocka_unit_test(test_parked),
        cmocka_unit_test(test_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
