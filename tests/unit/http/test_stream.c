/* SPDX-License-Identifier: Apache-2.0 */
/* Replies without an end: what is written reaches the client, and the end of either side is seen by
 * the other. */
#include <poll.h>

#include "live.h"

static const char request[] = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";

static void begin(struct client *client, struct live *live, bool tls)
{
    client_open(client, live, tls);
    client_send_text(client, request);
    assert_true(client_read_until(client, "HTTP/1.1 200 OK\r\n"));
    assert_true(client_read_until(client, "Connection: close\r\n"));
    assert_true(client_read_until(client, "\r\n\r\nhello "));
}

static void wait_until_over(struct stream *stream)
{
    for (int i = 0; i < CLIENT_TIMEOUT_S * 100 && !stream_is_over(stream); i++)
        poll(NULL, 0, 10);
    assert_true(stream_is_over(stream));
}

static void test_written(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        begin(&client, live, tls);
        assert_true(stream_write(live->stream, STR("one ")));
        assert_true(client_read_until(&client, "one "));
        assert_true(stream_write(live->stream, STR("two ")));
        assert_true(stream_write(live->stream, STR("three ")));
        assert_true(client_read_until(&client, "two three "));
        stream_end(live->stream);
        client_expect_end(&client);
        assert_false(stream_write(live->stream, STR("late")));
        client_close(&client);
    }
    live_end(live);
}

static void test_client_goes(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    for (int tls = 0; tls < 2; tls++) {
        struct client client;
        begin(&client, live, tls);
        client_close(&client);
        wait_until_over(live->stream);
    }
    live_end(live);
}

/* A stream holds no thread: with one worker, others are served while many listen. */
static void test_holds_no_thread(void **state)
{
    (void)state;
    enum { LISTENERS = 8 };
    struct live *live = live_start(&(struct server_limits){.workers = 1});
    struct client listeners[LISTENERS], other;
    for (int i = 0; i < LISTENERS; i++)
        begin(&listeners[i], live, false);
    client_open(&other, live, false);
    client_expect(&other, "GET /work HTTP/1.1\r\nHost: h\r\n\r\n", 200, "work");
    client_close(&other);
    for (int i = 0; i < LISTENERS; i++)
        client_close(&listeners[i]);
    live_end(live);
}

/* Who takes nothing is cut off when too much waits. */
static void test_slow_client(void **state)
{
    (void)state;
    enum { PIECE = 32 * 1024, PIECES_MAX = 4096 };
    static char piece[PIECE];
    struct live *live = live_start(NULL);
    struct client client;
    int written = 0;
    memset(piece, 'x', sizeof piece);
    begin(&client, live, false);
    while (written < PIECES_MAX && stream_write(live->stream, (struct str){piece, sizeof piece}))
        written++;
    assert_in_range(written, 1, PIECES_MAX - 1);
    assert_true(stream_is_over(live->stream));
    client_expect_end(&client);
    client_close(&client);
    live_end(live);
}

/* Neither does it keep a server from stopping, nor a HEAD request waiting. */
static void test_stop_and_head(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    struct client client;
    struct answer answer;
    client_open(&client, live, false);
    client_send_text(&client, "HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    client_answer(&client, &answer, true);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
    client_expect_end(&client);
    client_close(&client);
    begin(&client, live, false);
    struct stream *stream = stream_ref(live->stream);
    live_end(live);
    assert_true(stream_is_over(stream));
    assert_false(stream_write(stream, STR("late")));
    stream_unref(stream);
    client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),         cmocka_unit_test(test_client_goes),
        cmocka_unit_test(test_holds_no_thread), cmocka_unit_test(test_slow_client),
        cmocka_unit_test(test_stop_and_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
