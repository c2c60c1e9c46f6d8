/* SPDX-License-Identifier: Apache-2.0 */
/* hold: connections that do nothing, to see what they cost the server and when it lets them go.
 * --kind is a list of what each N connections have done before they fall silent; see kinds[]. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probe.h"
#include "upload.h"

enum { POLL_MS = 250, SETTLE_MS = 300 };

static void send_get(const struct options *options, struct conn *conn)
{
    struct buf request;
    conn_request(options, "GET", options->path_count > 0 ? options->paths[0] : "/v2/", "",
                 &request);
    conn_write(conn, request.ptr, request.len);
    buf_done(&request);
}

/* A request was answered: a kept connection between two requests. */
static void open_idle(const struct options *options, struct conn *conn)
{
    struct response response;
    conn_open(options, conn);
    send_get(options, conn);
    response_wait(conn, 0, "GET", &response);
}

/* The first bytes of a ClientHello: a record header and one byte. */
static void open_hello(const struct options *options, struct conn *conn)
{
    static const char hello[] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01};
    conn_open_tcp(options, conn);
    conn_write(conn, hello, sizeof hello);
}

static void open_head(const struct options *options, struct conn *conn)
{
    static const char text[] = "GET /v2/ HTTP/1.1\r\nHost: a\r\nX-Slow: ";
    conn_open(options, conn);
    conn_write(conn, text, sizeof text - 1);
}

/* A PATCH that announces 1 MB and sends 1000 bytes. */
static void open_body(const struct options *options, struct conn *conn)
{
    static const char bytes[1000];
    char location[1024];
    struct buf request;
    if (!options->repository)
        die("a stalled body needs --repository");
    conn_open(options, conn);
    upload_begin(options, conn, location);
    conn_request(options, "PATCH", location,
                 "Content-Length: 1048576\r\nContent-Type: application/octet-stream\r\n", &request);
    conn_write(conn, request.ptr, request.len);
    conn_write(conn, bytes, sizeof bytes);
    buf_done(&request);
}

/* Ask for something large and never read. */
static void open_reader(const struct options *options, struct conn *conn)
{
    if (options->path_count == 0)
        die("a peer that does not read needs the path of something large");
    conn_open(options, conn);
    send_get(options, conn);
}

static const struct kind {
    const char *name;
    void (*open)(const struct options *options, struct conn *conn);
} kinds[] = {
    {"idle", open_idle}, {"connect", conn_open_tcp}, {"hello", open_hello},
    {"head", open_head}, {"body", open_body},        {"reader", open_reader},
};

static const struct kind *kind_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq_text(name, kinds[i].name))
            return &kinds[i];
    die("--kind %.*s is unknown", STR_FMT(name));
}

/* One connection being held. */
struct silent {
    struct held held; /* first, so that an array of these sorts by port */
    const struct kind *kind;
    struct conn conn;
};

static int compare_silent(const void *a, const void *b)
{
    return (int)((const struct silent *)a)->held.port - (int)((const struct silent *)b)->held.port;
}

static size_t open_all(const struct options *options, struct silent *silent)
{
    struct str rest = str_of(options->kind ? options->kind : "idle");
    struct str name;
    size_t count = 0;
    while (str_cut(&rest, ',', &name)) {
        const struct kind *kind = kind_find(name);
        for (unsigned i = 0; i < options->connections; i++) {
            if (count == CONNECTIONS_MAX)
                die("at most %d connections", CONNECTIONS_MAX);
            struct silent *one = &silent[count++];
            one->kind = kind;
            kind->open(options, &one->conn);
            one->held = (struct held){conn_port(&one->conn), -1};
        }
    }
    qsort(silent, count, sizeof *silent, compare_silent);
    return count;
}

static void pause_ms(unsigned ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

/* Ask every now and then which connections are left, until none is or the time is over. */
static void watch(const struct options *options, struct silent *silent, size_t count,
                  int64_t opened_ns)
{
    struct held *held = calloc(count, sizeof *held);
    size_t left = count;
    if (!held)
        die("out of memory");
    for (size_t i = 0; i < count; i++)
        held[i] = silent[i].held;
    int64_t end_ns = probe_now_ns() + (int64_t)options->ms * 1000000;
    /* With many connections the table is long: it is read once, at the end. */
    unsigned poll_ms = count > 1000 ? options->ms : POLL_MS;
    while (left > 0 && probe_now_ns() < end_ns) {
        pause_ms(poll_ms);
        probe_sockets(options, held, count, (probe_now_ns() - opened_ns) / 1000000);
        left = 0;
        for (size_t i = 0; i < count; i++)
            left += held[i].gone_ms < 0;
    }
    for (size_t i = 0; i < count; i++)
        silent[i].held = held[i];
    free(held);
}

static void report_kind(const struct kind *kind, const struct silent *silent, size_t count,
                        struct buf *out)
{
    int64_t first = -1, last = -1;
    unsigned held = 0, gone = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t at = silent[i].held.gone_ms;
        if (silent[i].kind != kind)
            continue;
        held++;
        if (at < 0)
            continue;
        gone++;
        first = first < 0 || at < first ? at : first;
        last = at > last ? at : last;
    }
    if (held > 0)
        buf_printf(out,
                   ",\"%s\":{\"opened\":%u,\"gone\":%u,\"first_gone_ms\":%lld,"
                   "\"last_gone_ms\":%lld}",
                   kind->name, held, gone, (long long)first, (long long)last);
}

void hold_run(const struct options *options, struct result *result)
{
    struct moment start, end;
    struct silent *silent = calloc(CONNECTIONS_MAX, sizeof *silent);
    if (!silent)
        die("out of memory");
    int64_t opened_ns = probe_now_ns();
    size_t count = open_all(options, silent);
    pause_ms(SETTLE_MS);
    probe_moment(options, &start);
    watch(options, silent, count, opened_ns);
    probe_moment(options, &end);
    probe_window(options, &start, &end, result);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        report_kind(&kinds[i], silent, count, &result->extra);
    for (size_t i = 0; i < count; i++)
        conn_close(&silent[i].conn);
    free(silent);
}
