/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that stall, in every state of a connection: they cost no CPU, and are gone at their
 * deadline. */
#include <poll.h>
#include <sys/socket.h>

#include "live.h"

enum { DEADLINE_MS = 1500, LOOK_MS = 100, LOOKS = 10, QUIET_MS = 15 };

enum stall {
    STALL_SILENT,      /* connects, says nothing */
    STALL_HELLO,       /* a few bytes of a ClientHello */
    STALL_HANDSHAKEN,  /* TLS is up, no request */
    STALL_IDLE,        /* after a request */
    STALL_HEAD,        /* in the middle of a head */
    STALL_BODY,        /* in the middle of a body */
    STALL_CHUNK,       /* in the middle of a chunk's size */
    STALL_READER,      /* takes no byte of a large reply */
    STALL_FILE_READER, /* nor of a file */
    STALL_DRAIN,       /* answered early, sends no more of a body that would be swallowed */
    STALL_LINGER,      /* answered early, keeps a connection that the server has ended */
    STALLS,
};

static const struct {
    bool handshake;      /* needs one on TLS */
    const char *request; /* NULL: none */
    int status;          /* of an answer that is read; 0: none is */
    int times;           /* the request is sent so often, to fill the buffers on the way */
    int tls;             /* -1: both; else only there */
} stalls[STALLS] = {
    [STALL_SILENT] = {false, NULL, 0, 0, -1},
    [STALL_HELLO] = {false, "\x16\x03\x01\x02\x00\x01", 0, 1, 1},
    [STALL_HANDSHAKEN] = {true, NULL, 0, 0, 1},
    [STALL_IDLE] = {true, "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n", 200, 1, -1},
    [STALL_HEAD] = {true, "GET /quick HTTP/1.1\r\nHos", 0, 1, -1},
    [STALL_BODY] = {true, "PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab", 0, 1,
                    -1},
    [STALL_CHUNK] = {true, "PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2",
                     0, 1, -1},
    [STALL_READER] = {true, "GET /large HTTP/1.1\r\nHost: h\r\n\r\n", 0, 8, -1},
    [STALL_FILE_READER] = {true, "GET /file HTTP/1.1\r\nHost: h\r\n\r\n", 0, 8, -1},
    [STALL_DRAIN] = {true, "PUT /early HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab", 401, 1,
                     -1},
    [STALL_LINGER] = {true, "PUT /early HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2",
                      401, 1, -1},
};

static void begin_stall(struct client *client, const struct live *live, size_t kind, bool tls)
{
    if (stalls[kind].handshake)
        client_open(client, live, tls);
    else
        client_open_raw(client, live, tls);
    for (int i = 0; i < stalls[kind].times; i++)
        client_send_text(client, stalls[kind].request);
    if (stalls[kind].status)
        client_expect(client, "", stalls[kind].status, NULL);
}

/* The connection is gone from the server's point of view; the client's may be full of bytes. */
static void wait_until_closed(const struct live *live)
{
    struct server_stats stats;
    for (int i = 0; i < CLIENT_TIMEOUT_S * 100; i++) {
        server_stats(live->server, &stats);
        if (stats.open == 0)
            return;
        poll(NULL, 0, 10);
    }
    fail_msg("%d connections stay open", (int)stats.open);
}

/* What was sent is worked off soon, and then no CPU is used: a connection that spins would use all
 * of it until its deadline, which is later than the last look. */
static bool becomes_quiet(void)
{
    for (int i = 0; i < LOOKS; i++) {
        long before = live_cpu_ms();
        poll(NULL, 0, LOOK_MS);
        if (live_cpu_ms() - before <= QUIET_MS)
            return true;
    }
    return false;
}

static void test_stalls(void **state)
{
    (void)state;
    const struct server_limits limits = {
        .handshake_ms = DEADLINE_MS,
        .head_ms = DEADLINE_MS,
        .idle_ms = DEADLINE_MS,
        .body_idle_ms = DEADLINE_MS,
        .send_idle_ms = DEADLINE_MS,
    };
    for (int tls = 0; tls < 2; tls++) {
        struct live *live = live_start(&limits);
        struct client clients[STALLS];
        bool used[STALLS] = {false};
        for (size_t i = 0; i < STALLS; i++) {
            used[i] = stalls[i].tls < 0 || stalls[i].tls == tls;
            if (used[i])
                begin_stall(&clients[i], live, i, tls);
        }
        assert_true(becomes_quiet());
        wait_until_closed(live);
        for (size_t i = 0; i < STALLS; i++) {
            if (used[i])
                client_expect_end(&clients[i]);
            if (used[i])
                client_close(&clients[i]);
        }
        assert_int_equal(atomic_load(&live->aborts), 2);
        assert_int_equal(atomic_load(&live->finishes), 0);
        live_end(live);
    }
}

/* Late in the middle of a head or a body: the client is told. */
static void test_told(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /quick HTTP/1.1\r\nHos",
        "PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
    };
    struct live *live = live_start(&(struct server_limits){.head_ms = 50, .body_idle_ms = 50});
    for (int tls = 0; tls < 2; tls++) {
        for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
            struct client client;
            client_open(&client, live, tls);
            client_expect(&client, requests[i], 408, NULL);
            client_expect_end(&client);
            client_close(&client);
        }
    }
    live_end(live);
}

/* A peer that hangs up while a worker has its request must not spin the reactor. */
static void test_hang_up_while_held(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct live *live = live_start(NULL);
        struct client client;
        client_open(&client, live, tls);
        client_send_text(&client, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\nGET /quick");
        live_wait(&live->starts, 1);
        const struct linger hard = {.l_onoff = 1};
        setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        client_close(&client);
        assert_true(becomes_quiet());
        live_release(live);
        live_wait(&live->dones, 1);
        live_end(live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stalls),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_hang_up_while_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
