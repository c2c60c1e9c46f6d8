/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's part. It calls the application, pumps the body into its sink while bytes are there,
 * and gives the connection back: with a reply, or parked until the peer sends more. */
#include "work.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "body.h"
#include "conn.h"
#include "io.h"
#include "reactor.h"
#include "source.h"
#include "tls.h"

enum {
    SLICE_BYTES = 8 * 1024 * 1024, /* then waiting jobs have their turn */
    RATE_GRACE_MS = 30 * 1000,     /* before the average rate counts */
    MOMENT_MS = 5,                 /* for the next piece, before the thread is given away */
};

enum progress { PROGRESS_MORE, PROGRESS_VERDICT, PROGRESS_YIELD };

static const struct http_app *app_of(const struct conn *conn)
{
    return &conn->reactor->server->app;
}

/* Answer with an error; the sink, if there is one, is told first. */
static enum verdict fail(struct conn *conn, int status, const struct err *err)
{
    struct exchange *exchange = conn->current;
    if (exchange->has_sink) {
        exchange->has_sink = false;
        exchange->sink.abort(exchange->sink.context);
    }
    reply_clear(&exchange->reply);
    app_of(conn)->error(app_of(conn)->context, &exchange->request, &exchange->reply, status, err);
    return VERDICT_REPLY;
}

static enum verdict refuse(struct conn *conn, int status, enum err_code code, const char *reason)
{
    struct err err;
    err_set(&err, code, "%s", reason);
    return fail(conn, status, &err);
}

static enum verdict gone(struct conn *conn)
{
    struct exchange *exchange = conn->current;
    exchange->has_sink = false;
    exchange->sink.abort(exchange->sink.context);
    return VERDICT_GONE;
}

/* --- the body --- */

static bool write_piece(struct conn *conn, struct str piece, enum verdict *verdict_out)
{
    struct exchange *exchange = conn->current;
    struct request *request = &exchange->request;
    struct err err = {0};
    if (piece.len > exchange->sink.limit - request->body_received) {
        *verdict_out = refuse(conn, 413, ERR_TOO_LARGE, "the request body is too large");
        return false;
    }
    request->body_received += piece.len;
    if (exchange->sink.write(exchange->sink.context, piece.ptr, piece.len, &err) == 0)
        return true;
    *verdict_out = fail(conn, 0, &err);
    return false;
}

/* Give received bytes to the sink. PROGRESS_MORE when all of *in was used and more must come. */
static enum progress feed(struct conn *conn, struct str *in, enum verdict *verdict_out)
{
    struct exchange *exchange = conn->current;
    struct str piece;
    for (;;) {
        switch (body_next(&exchange->body, in, &piece)) {
        case CHUNK_MORE:
            return PROGRESS_MORE;
        case CHUNK_DATA:
            if (!write_piece(conn, piece, verdict_out))
                return PROGRESS_VERDICT;
            break;
        case CHUNK_END:
            exchange->has_sink = false;
            exchange->sink.finish(exchange->sink.context, &exchange->request, &exchange->reply);
            *verdict_out = VERDICT_REPLY;
            return PROGRESS_VERDICT;
        case CHUNK_BAD:
            *verdict_out = refuse(conn, 400, ERR_INVALID, "the chunked body is malformed");
            return PROGRESS_VERDICT;
        }
    }
}

static enum progress feed_received(struct conn *conn, enum verdict *verdict_out)
{
    struct str in = str_sub(buf_str(&conn->in), conn->in_at, conn->in.len);
    enum progress progress = feed(conn, &in, verdict_out);
    conn->in_at = conn->in.len - in.len;
    return progress;
}

/* Bytes behind the end of the body belong to the next request. */
static void keep_rest(struct conn *conn, struct str rest)
{
    if (rest.len == 0)
        return;
    if (conn->in.max == 0)
        buf_init(&conn->in, IN_MAX);
    buf_clear(&conn->in);
    conn->in_at = 0;
    buf_add_str(&conn->in, rest);
}

static bool too_slow(const struct conn *conn)
{
    const struct exchange *exchange = conn->current;
    int64_t elapsed = clock_mono_ms() - exchange->body.started_ms;
    uint64_t least = (uint64_t)elapsed * conn->reactor->server->limits.body_bytes_per_s / 1000;
    return elapsed > RATE_GRACE_MS && exchange->request.body_received < least;
}

static enum verdict park(struct conn *conn)
{
    if (too_slow(conn))
        return refuse(conn, 408, ERR_TIMEOUT, "the request body came too slowly");
    return VERDICT_PARK;
}

/* The next piece is mostly under way: waiting for it here for a moment costs less than the way over
 * the reactor and back. */
static bool more_comes(struct conn *conn)
{
    struct pollfd readable = {.fd = conn->fd, .events = POLLIN};
    return !pool_is_behind(conn->reactor->server->pool) && poll(&readable, 1, MOMENT_MS) > 0;
}

static enum progress read_more(struct conn *conn, struct pool_scratch *scratch, size_t *total,
                               enum verdict *verdict_out)
{
    const struct body *body = &conn->current->body;
    size_t n;
    size_t want = body_want(body, conn->ssl ? BODY_READ_TLS_BYTES : BODY_READ_BYTES);
    switch (io_read(conn, scratch->body, want, true, &n)) {
    case IO_AGAIN:
        if (!too_slow(conn) && more_comes(conn))
            return PROGRESS_MORE;
        *verdict_out = park(conn);
        return PROGRESS_VERDICT;
    case IO_COLD:
    case IO_GONE:
        *verdict_out = gone(conn);
        return PROGRESS_VERDICT;
    case IO_DONE:
        break;
    }
    struct str in = {scratch->body, n};
    enum progress progress = feed(conn, &in, verdict_out);
    keep_rest(conn, in);
    *total += n;
    bool behind = *total >= SLICE_BYTES && pool_is_behind(conn->reactor->server->pool);
    return progress == PROGRESS_MORE && behind ? PROGRESS_YIELD : progress;
}

static void need_buffer(struct pool_scratch *scratch)
{
    if (!scratch->body)
        scratch->body = malloc(BODY_READ_BYTES);
    if (!scratch->body)
        abort();
}

static enum progress pump(struct conn *conn, struct pool_scratch *scratch,
                          enum verdict *verdict_out)
{
    size_t total = 0;
    enum progress progress = feed_received(conn, verdict_out);
    need_buffer(scratch);
    tls_begin_body(conn, &scratch->ahead);
    while (progress == PROGRESS_MORE)
        progress = read_more(conn, scratch, &total, verdict_out);
    tls_end_body(conn, &scratch->ahead);
    return progress;
}

/* --- the request --- */

static bool start(struct conn *conn, enum verdict *verdict_out)
{
    struct exchange *exchange = conn->current;
    struct request *request = &exchange->request;
    const struct http_app *app = app_of(conn);
    exchange->started = true;
    *verdict_out = VERDICT_REPLY;
    exchange->has_sink = app->start(app->context, request, &exchange->reply, &exchange->sink);
    if (!exchange->has_sink)
        return false;
    exchange->body.started_ms = clock_mono_ms();
    if (request->body_length > 0 && (uint64_t)request->body_length > exchange->sink.limit) {
        *verdict_out = refuse(conn, 413, ERR_TOO_LARGE, "the request body is too large");
        return false;
    }
    bool wants_100 = exchange->body.expects_100 && conn->in_at == conn->in.len;
    exchange->body.expects_100 = false;
    if (wants_100 && io_send_now(conn, STR("HTTP/1.1 100 Continue\r\n\r\n")) != IO_DONE) {
        *verdict_out = gone(conn);
        return false;
    }
    return true;
}

static void give_back(struct conn *conn, enum verdict verdict)
{
    if (verdict == VERDICT_REPLY && conn->current->reply.status == 0)
        verdict = refuse(conn, 0, ERR_INTERNAL, "the request was not answered");
    if (verdict == VERDICT_REPLY && conn_answer(conn))
        verdict = VERDICT_SEND;
    reactor_give_back(conn, verdict);
}

void work_run(struct job *job, struct pool_scratch *scratch)
{
    struct conn *conn = CONTAINER_OF(job, struct conn, job);
    struct exchange *exchange = conn->current;
    enum verdict verdict = VERDICT_REPLY;
    if (!exchange) { /* it is the file of the last reply that is wanted */
        need_buffer(scratch);
        source_warm(conn->last, scratch->body, BODY_READ_BYTES);
        reactor_give_back(conn, VERDICT_SEND);
        return;
    }
    if (!exchange->started && !start(conn, &verdict)) {
        give_back(conn, verdict);
        return;
    }
    if (exchange->body.timed_out) {
        give_back(conn, refuse(conn, 408, ERR_TIMEOUT, "the request body stopped coming"));
        return;
    }
    if (pump(conn, scratch, &verdict) == PROGRESS_YIELD)
        pool_submit(conn->reactor->server->pool, &conn->job, false);
    else
        give_back(conn, verdict);
}
