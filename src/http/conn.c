/* SPDX-License-Identifier: Apache-2.0 */
/* A connection is a state machine with one engine, conn_run: send what waits, then find the next
 * request and answer it or lend the connection to a worker, until there is something to wait for.
 * Requests answered on the spot collect in conn.out, and leave with one write. */
#include "conn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "body.h"
#include "encode.h"
#include "exchange.h"
#include "io.h"
#include "reactor.h"
#include "send.h"
#include "stream_conn.h"
#include "tls.h"

enum { BATCH_BYTES = 32 * 1024 };

static const struct {
    uint32_t events;
    enum timer_kind timer;
    bool renews; /* waiting again starts the deadline anew */
} waits[CONN_STATES] = {
    [CONN_HANDSHAKE] = {EPOLLIN, TIMER_HANDSHAKE, false},
    [CONN_IDLE] = {EPOLLIN, TIMER_IDLE, true},
    [CONN_HEAD] = {EPOLLIN, TIMER_HEAD, false},
    [CONN_WORK] = {0, TIMER_NEVER, false},
    [CONN_PARKED] = {EPOLLIN, TIMER_BODY, true},
    [CONN_SEND] = {EPOLLOUT, TIMER_SEND, true},
    [CONN_STREAM] = {EPOLLIN, TIMER_STREAM, true},
    [CONN_DRAIN] = {EPOLLIN, TIMER_LINGER, false},
    [CONN_LINGER] = {EPOLLIN, TIMER_LINGER, false},
};

static void arm(struct conn *conn, uint32_t events)
{
    if (conn->armed == events)
        return;
    /* Without events a hang-up would still be told again and again, but for EPOLLONESHOT. */
    struct epoll_event event = {.events = events ? events : EPOLLONESHOT, .data.ptr = conn};
    epoll_ctl(conn->reactor->epoll_fd, EPOLL_CTL_MOD, conn->fd, &event);
    conn->armed = events;
}

/* --- the end --- */

static void set_state(struct conn *conn, enum conn_state state)
{
    int64_t change = (state == CONN_IDLE) - (conn->state == CONN_IDLE);
    engine_count(&conn->reactor->counters.idle, change);
    conn->state = (uint8_t)state;
}

static void end_replies(struct conn *conn, bool complete)
{
    if (conn->stream)
        stream_detach(TAKE(conn->stream));
    while (conn->first) {
        struct exchange *exchange = conn->first;
        conn->first = exchange->next;
        exchange_end(conn->reactor, exchange, complete);
    }
    conn->last = NULL;
    conn->replies = 0;
}

void conn_close(struct conn *conn)
{
    assert(conn->state != CONN_WORK && (!conn->current || !conn->current->has_sink));
    end_replies(conn, false);
    if (conn->current)
        exchange_end(conn->reactor, TAKE(conn->current), false);
    timer_remove(&conn->timer);
    set_state(conn, CONN_LINGER); /* not idle any more */
    if (conn->ssl) {
        tls_close_notify(conn);
        io_send_wire(conn);
    }
    close(conn->fd);
    conn->fd = -1;
    reactor_forget(conn);
}

/* --- waiting --- */

static void conn_wait(struct conn *conn, enum conn_state state)
{
    struct reactor *reactor = conn->reactor;
    bool renew = conn->state != state || waits[state].renews;
    set_state(conn, state);
    if (state == CONN_IDLE && reactor->stopping) {
        conn_close(conn);
        return;
    }
    if (state == CONN_IDLE || state == CONN_PARKED || state == CONN_STREAM)
        conn_release_buffers(conn);
    if (renew)
        timer_set(&reactor->timers, &conn->timer, waits[state].timer, reactor->now_ms);
    if (state != CONN_WORK) /* events are rare there: disarmed by the first one */
        arm(conn, waits[state].events);
}

/* Get ready for a worker, which may answer but not touch the reactor's spares. */
static void begin_work(struct conn *conn)
{
    conn_wait(conn, CONN_WORK);
    if (!conn->out.ptr)
        engine_take(&conn->reactor->spare_out, &conn->out, OUT_MAX);
}

static void lend(struct conn *conn)
{
    begin_work(conn);
    pool_submit(conn->reactor->server->pool, &conn->job, false);
}

/* --- replies --- */

/* Whether another request may be answered before what is queued is sent. */
static bool may_read_on(const struct conn *conn)
{
    const struct exchange *last = conn->last;
    bool large = last && (last->bytes.len > 0 || last->file_left > 0);
    return !large && !conn->closing && conn->drain_left == 0 && conn->replies < PIPELINE_MAX &&
           conn->out.len < BATCH_BYTES;
}

/* What happens to the part of a body that was not read. Decides whether the connection goes on. */
static bool settle_body(struct conn *conn, const struct exchange *exchange)
{
    const struct body *body = &exchange->body;
    if (body->complete)
        return true;
    const struct server_limits *limits = &conn->reactor->server->limits;
    if (!body->chunked && !body->expects_100 && !body->timed_out &&
        body->left <= limits->drain_bytes) {
        conn->drain_left = body->left;
        return true;
    }
    conn->linger = true;
    return false;
}

/* Queue the filled reply for sending, behind a Date header. On the reactor or a worker. */
static void append_reply(struct conn *conn, struct exchange *exchange, struct str date)
{
    const struct server *server = conn->reactor->server;
    bool stopping = atomic_load_explicit(&server->stopping, memory_order_relaxed);
    bool keep = settle_body(conn, exchange) && exchange->has_request &&
                exchange->request.keep_alive && !exchange->reply.close && !exchange->reply.stream &&
                !stopping;
    if (conn->last)
        conn->last->next = exchange;
    else
        conn->first = exchange;
    conn->last = exchange;
    conn->replies++;
    conn->closing |= !keep;
    if (!keep)
        conn->linger |= conn->drain_left > 0 || !exchange->has_request;
    if (!encode_reply(exchange, keep, date, &conn->out))
        conn->closing = true;
    if (exchange->reply.stream && exchange->request.method != METHOD_HEAD)
        stream_attach(conn->stream = exchange->reply.stream, conn);
}

static void queue_reply(struct conn *conn, struct exchange *exchange)
{
    if (!conn->out.ptr)
        engine_take(&conn->reactor->spare_out, &conn->out, OUT_MAX);
    append_reply(conn, exchange, reactor_date(conn->reactor));
}

bool conn_answer(struct conn *conn)
{
    char date[DATE_LINE_SIZE];
    if (conn->current->reply.body == REPLY_FILE)
        return false;
    append_reply(conn, TAKE(conn->current), reactor_date_line(clock_wall_ms(), date));
    send_from_worker(conn);
    return true;
}

static void refuse(struct conn *conn, struct exchange *exchange, int status, const char *reason)
{
    const struct refusal refusal = {status, reason};
    exchange_refuse(&conn->reactor->server->app, exchange, &refusal);
    queue_reply(conn, exchange);
}

/* --- requests --- */

enum next { NEXT_NONE, NEXT_REPLIED, NEXT_WORK };

static enum next begin_request(struct conn *conn, struct str head)
{
    struct reactor *reactor = conn->reactor;
    const struct http_app *app = &reactor->server->app;
    struct exchange *exchange = exchange_new(reactor);
    struct refusal refusal;
    set_state(conn, CONN_SEND); /* so that a wait for the next head is a new one */
    engine_count(&reactor->counters.requests, 1);
    if (!exchange_parse(exchange, conn, head, &refusal)) {
        refuse(conn, exchange, refusal.status, refusal.reason);
        return NEXT_REPLIED;
    }
    if (exchange->body.complete && app->quick &&
        app->quick(app->context, &exchange->request, &exchange->reply)) {
        queue_reply(conn, exchange);
        return NEXT_REPLIED;
    }
    conn->current = exchange;
    return NEXT_WORK;
}

static struct str received(const struct conn *conn)
{
    return str_sub(buf_str(&conn->in), conn->in_at, conn->in.len);
}

/* An empty line before a request is ignored (RFC 9112 2.2). */
static void skip_empty_lines(struct conn *conn)
{
    while (conn->scan.looked == 0 && str_starts(received(conn), STR("\r\n")))
        conn->in_at += 2;
}

static enum next next_request(struct conn *conn)
{
    skip_empty_lines(conn);
    struct str in = received(conn);
    struct refusal refusal;
    size_t len;
    if (in.len == 0 || (in.len == 1 && in.ptr[0] == '\r'))
        return NEXT_NONE;
    switch (head_find(&conn->scan, in, conn->reactor->server->limits.head_bytes, &len, &refusal)) {
    case HEAD_INCOMPLETE:
        return NEXT_NONE;
    case HEAD_REFUSED:
        conn->in_at = conn->in.len;
        refuse(conn, exchange_new(conn->reactor), refusal.status, refusal.reason);
        return NEXT_REPLIED;
    case HEAD_COMPLETE:
        break;
    }
    conn->in_at += len;
    conn->scan = (struct head_scan){0};
    return begin_request(conn, str_sub(in, 0, len));
}

/* --- reading --- */

/* Read what is there into conn.in. */
static enum io_result fill(struct conn *conn)
{
    if (!conn->in.ptr)
        engine_take(&conn->reactor->spare_in, &conn->in, IN_MAX);
    if (conn->in_at > 0) {
        buf_consume(&conn->in, conn->in_at);
        conn->in_at = 0;
    }
    char *room = buf_reserve(&conn->in, READ_BYTES);
    size_t n = 0;
    enum io_result result = room ? io_read(conn, room, READ_BYTES, false, &n) : IO_GONE;
    if (result == IO_DONE) {
        if (conn->in.len == 0)
            conn->head_us = conn->reactor->now_us;
        buf_commit(&conn->in, n);
    }
    return result;
}

/* Throw away what was received, counting it off *left. */
static void discard(struct conn *conn, uint64_t *left)
{
    uint64_t there = conn->in.len - conn->in_at;
    if (there > *left)
        there = *left;
    conn->in_at += (size_t)there;
    *left -= there;
}

/* --- the engine --- */

static void begin_linger(struct conn *conn)
{
    if (conn->ssl) {
        tls_close_notify(conn);
        io_send_wire(conn);
    }
    shutdown(conn->fd, SHUT_WR);
    conn->drain_left = conn->reactor->server->limits.drain_bytes;
    conn_wait(conn, CONN_LINGER);
}

static void finish(struct conn *conn)
{
    if (conn->linger)
        begin_linger(conn);
    else
        conn_close(conn);
}

static void dispatch(struct conn *conn)
{
    begin_work(conn);
    if (pool_submit(conn->reactor->server->pool, &conn->job, true))
        return;
    set_state(conn, CONN_SEND);
    refuse(conn, TAKE(conn->current), 503, "the server is busy, try again");
}

/* Wait for more of a head, unless TLS holds more already. False when conn_run shall go on. */
static bool wait_for_request(struct conn *conn)
{
    if (tls_has_pending(conn)) {
        enum io_result result = fill(conn);
        if (result == IO_GONE)
            conn_close(conn);
        if (result != IO_AGAIN)
            return result == IO_GONE;
    }
    bool begun = conn->in_at < conn->in.len;
    conn_wait(conn, begun ? CONN_HEAD : CONN_IDLE);
    return true;
}

/* Send what is queued. False when the connection waits or is closed. */
static bool send_queued(struct conn *conn)
{
    switch (send_flush(conn)) {
    case IO_AGAIN:
        conn_wait(conn, CONN_SEND);
        return false;
    case IO_COLD:
        lend(conn);
        return false;
    case IO_GONE:
        conn_close(conn);
        return false;
    case IO_DONE:
        break;
    }
    conn->out_at = 0;
    buf_clear(&conn->out);
    if (conn->stream && !conn->reactor->stopping) {
        enum stream_state state = stream_pull(conn->stream, conn);
        if (state == STREAM_QUIET)
            conn_wait(conn, CONN_STREAM);
        if (state != STREAM_OVER)
            return state == STREAM_MORE;
    }
    end_replies(conn, true);
    if (!conn->closing)
        return true;
    finish(conn);
    return false;
}

static void conn_run(struct conn *conn)
{
    for (;;) {
        if ((conn->first || send_is_pending(conn)) && !send_queued(conn))
            return;
        while (conn->drain_left > 0) {
            discard(conn, &conn->drain_left);
            if (conn->drain_left == 0 || (tls_has_pending(conn) && fill(conn) == IO_DONE))
                continue;
            conn_wait(conn, CONN_DRAIN);
            return;
        }
        enum next next = conn->current ? NEXT_WORK : NEXT_REPLIED;
        while (next == NEXT_REPLIED && may_read_on(conn))
            next = next_request(conn);
        if (conn->first)
            continue;
        if (next == NEXT_WORK)
            dispatch(conn);
        if (conn->state == CONN_WORK || (next == NEXT_NONE && wait_for_request(conn)))
            return;
    }
}

/* --- events --- */

static void on_handshake(struct conn *conn)
{
    switch (tls_handshake(conn)) {
    case IO_DONE:
        conn_wait(conn, CONN_IDLE);
        return;
    case IO_AGAIN:
        arm(conn, conn->wire_at < conn->wire.len ? EPOLLOUT : EPOLLIN);
        return;
    case IO_COLD:
    case IO_GONE:
        engine_count(&conn->reactor->counters.handshakes_failed, 1);
        if (tls_peer_is_plain())
            reactor_send_plain_400(conn->fd);
        conn_close(conn);
    }
}

static void on_readable(struct conn *conn)
{
    enum io_result result = fill(conn);
    if (result == IO_DONE)
        conn_run(conn);
    else if (result == IO_GONE)
        conn_close(conn);
    else
        conn_release_buffers(conn); /* a part of a TLS record: no reason to wait longer */
}

static void on_swallow(struct conn *conn)
{
    enum io_result result;
    do {
        result = fill(conn);
        if (result == IO_GONE) {
            conn_close(conn);
            return;
        }
        discard(conn, &conn->drain_left);
        /* A part of a record is pending too, and nothing comes of it before its rest is there. */
    } while (result == IO_DONE && conn->drain_left > 0 && tls_has_pending(conn));
    if (conn->state == CONN_DRAIN && conn->drain_left == 0)
        conn_run(conn);
    else if (conn->drain_left == 0)
        conn_close(conn);
}

void conn_event(struct conn *conn)
{
    switch ((enum conn_state)conn->state) {
    case CONN_HANDSHAKE:
        on_handshake(conn);
        break;
    case CONN_IDLE:
    case CONN_HEAD:
        on_readable(conn);
        break;
    case CONN_WORK:
        arm(conn, 0);
        break;
    case CONN_PARKED:
        arm(conn, 0);
        lend(conn);
        break;
    case CONN_SEND:
        conn_run(conn);
        break;
    case CONN_STREAM: /* whatever it says, only that it goes away matters */
        if (fill(conn) == IO_GONE)
            conn_close(conn);
        else
            conn->in_at = conn->in.len;
        break;
    case CONN_DRAIN:
    case CONN_LINGER:
        on_swallow(conn);
        break;
    case CONN_STATES:
        break;
    }
}

void conn_begin(struct conn *conn)
{
    struct reactor *reactor = conn->reactor;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
    conn->armed = EPOLLIN;
    if (conn->over_limit)
        reactor_close_oldest_idle(reactor);
    bool ready = !reactor->stopping &&
                 epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, conn->fd, &event) == 0;
    if (ready && conn->tls)
        ready = reactor_attach_tls(conn);
    if (!ready) {
        conn_close(conn);
        return;
    }
    set_state(conn, CONN_WORK); /* so that the wait is a new one */
    conn_wait(conn, conn->tls ? CONN_HANDSHAKE : CONN_IDLE);
}

void conn_back(struct conn *conn)
{
    switch ((enum verdict)conn->verdict) {
    case VERDICT_NEW:
        conn_begin(conn);
        break;
    case VERDICT_REPLY:
        set_state(conn, CONN_SEND);
        queue_reply(conn, TAKE(conn->current));
        conn_run(conn);
        break;
    case VERDICT_PARK:
        conn_wait(conn, CONN_PARKED);
        break;
    case VERDICT_SEND:
        set_state(conn, CONN_SEND);
        conn_run(conn);
        break;
    case VERDICT_GONE:
        set_state(conn, CONN_SEND);
        conn->closing = true;
        conn_close(conn);
    }
}

void conn_stream_ready(struct conn *conn)
{
    if (conn->state == CONN_STREAM)
        conn_run(conn);
}

/* A peer that takes nothing would have the kernel keep what it was sent for minutes more. */
static void forget_unsent(const struct conn *conn)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void conn_expired(struct conn *conn)
{
    if (conn->state == CONN_STREAM) {
        stream_beat(conn->stream);
        conn_run(conn);
        return;
    }
    engine_count(&conn->reactor->counters.deadline_closed, 1);
    switch ((enum conn_state)conn->state) {
    case CONN_HEAD:
        set_state(conn, CONN_SEND);
        refuse(conn, exchange_new(conn->reactor), 408, "the request head came too slowly");
        conn_run(conn);
        break;
    case CONN_PARKED:
        conn->current->body.timed_out = true;
        lend(conn);
        break;
    case CONN_SEND:
        forget_unsent(conn);
        conn->closing = true;
        conn_close(conn);
        break;
    default:
        conn->closing = true;
        conn_close(conn);
    }
}

void conn_stop(struct conn *conn, bool force)
{
    bool lent = conn->state == CONN_WORK || conn->state == CONN_PARKED;
    if (force && lent)
        shutdown(conn->fd, SHUT_RDWR); /* the worker or the sink notices */
    else if (force || conn->state == CONN_IDLE || conn->state == CONN_HANDSHAKE ||
             conn->state == CONN_STREAM)
        conn_close(conn);
}
