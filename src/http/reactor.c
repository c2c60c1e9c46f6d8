/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop. Each turn: wait, serve what is ready, take the inbox, act on deadlines, write the
 * log lines of the turn, free what was closed. */
#include "reactor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "conn.h"
#include "exchange.h"
#include "io.h"
#include "listener.h"
#include "stream_conn.h"
#include "tls.h"

enum {
    EVENTS_MAX = 256,
    ACCEPTS_MAX = 64, /* per turn */
    WAIT_MAX_MS = 60 * 1000,
    ACCEPT_PAUSE_MS = 100,
};

/* --- accepting --- */

/* Epoll data is a connection, or a listener or the wake_fd of this reactor, told apart by
 * address. */
static struct listener *listener_of(const struct reactor *reactor, void *data)
{
    struct server *server = reactor->server;
    struct listener *listener = data;
    bool is_one = (uintptr_t)data >= (uintptr_t)server->listeners &&
                  (uintptr_t)data < (uintptr_t)(server->listeners + LISTENERS_MAX);
    return is_one ? listener : NULL;
}

static void watch_listeners(struct reactor *reactor, bool on)
{
    struct server *server = reactor->server;
    for (size_t i = 0; i < server->listener_count; i++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE,
                                    .data.ptr = &server->listeners[i]};
        epoll_ctl(reactor->epoll_fd, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, server->listeners[i].fd,
                  &event);
    }
}

static struct reactor *least_loaded(struct reactor *reactor)
{
    struct server *server = reactor->server;
    struct reactor *best = reactor;
    uint64_t least = atomic_load_explicit(&best->counters.open, memory_order_relaxed);
    for (unsigned i = 0; i < server->reactor_count; i++) {
        struct reactor *other = &server->reactors[i];
        uint64_t open = atomic_load_explicit(&other->counters.open, memory_order_relaxed);
        if (open < least) {
            best = other;
            least = open;
        }
    }
    return best;
}

static uint64_t open_connections(const struct server *server)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < server->reactor_count; i++)
        total += atomic_load_explicit(&server->reactors[i].counters.open, memory_order_relaxed);
    return total;
}

bool reactor_close_oldest_idle(struct reactor *reactor)
{
    struct timer *timer = timer_first(&reactor->timers, TIMER_IDLE);
    if (!timer)
        return false;
    conn_close(CONTAINER_OF(timer, struct conn, timer));
    return true;
}

static void send_text(int fd, struct str text)
{
    const struct iovec part = {(void *)(uintptr_t)text.ptr, text.len};
    size_t n;
    io_send_raw(fd, &part, 1, 0, &n);
}

void reactor_send_plain_400(int fd)
{
    send_text(fd, STR("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
                      "Content-Type: text/plain\r\nContent-Length: 38\r\n\r\n"
                      "this port speaks HTTPS, not plain HTTP"));
}

static void turn_away(struct reactor *reactor, int fd, bool tls)
{
    engine_count(&reactor->counters.refused, 1);
    if (!tls)
        send_text(fd, STR("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                          "Retry-After: 1\r\nContent-Length: 0\r\n\r\n"));
    close(fd);
}

static void post(struct conn *conn)
{
    struct reactor *reactor = conn->reactor;
    pthread_mutex_lock(&reactor->inbox_lock);
    bool was_empty = !reactor->inbox;
    conn->inbox_next = reactor->inbox;
    reactor->inbox = conn;
    pthread_mutex_unlock(&reactor->inbox_lock);
    if (was_empty)
        reactor_wake(reactor);
}

/* Where a connection above the limit may replace an idle one; NULL when all are busy. */
static struct reactor *with_idle(struct reactor *reactor)
{
    struct server *server = reactor->server;
    for (unsigned i = 0; i < server->reactor_count; i++) {
        struct reactor *other = &server->reactors[(reactor->index + i) % server->reactor_count];
        if (atomic_load_explicit(&other->counters.idle, memory_order_relaxed) > 0)
            return other;
    }
    return NULL;
}

static void take_connection(struct reactor *reactor, int fd, bool tls, const char *remote)
{
    struct server *server = reactor->server;
    bool full = open_connections(server) >= server->limits.connections;
    struct reactor *owner = full ? with_idle(reactor) : least_loaded(reactor);
    engine_count(&reactor->counters.accepted, 1);
    if (!owner) {
        turn_away(reactor, fd, tls);
        return;
    }
    struct conn *conn = conn_new(owner, fd, tls, remote);
    conn->over_limit = full;
    conn->verdict = VERDICT_NEW;
    atomic_fetch_add_explicit(&owner->counters.open, 1, memory_order_relaxed);
    if (owner == reactor)
        conn_begin(conn);
    else
        post(conn);
}

static void pause_accepting(struct reactor *reactor)
{
    if (reactor_close_oldest_idle(reactor))
        return;
    watch_listeners(reactor, false);
    reactor->accept_again_ms = reactor->now_ms + ACCEPT_PAUSE_MS;
}

static void accept_some(struct reactor *reactor, const struct listener *listener)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        char remote[INET6_ADDRSTRLEN] = {0};
        int fd = listener_accept(listener->fd, remote);
        if (fd >= 0) {
            take_connection(reactor, fd, listener->tls, remote);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            pause_accepting(reactor);
        else if (errno == ECONNABORTED || errno == EINTR)
            continue;
        return;
    }
}

/* --- for connections --- */

bool reactor_attach_tls(struct conn *conn)
{
    struct server *server = conn->reactor->server;
    pthread_mutex_lock(&server->tls_lock);
    SSL_CTX *context = server->tls;
    SSL_CTX_up_ref(context);
    pthread_mutex_unlock(&server->tls_lock);
    bool attached = tls_attach(conn, context);
    SSL_CTX_free(context);
    return attached;
}

struct str reactor_date_line(int64_t wall_ms, char out[DATE_LINE_SIZE])
{
    char value[CLOCK_HTTP_SIZE];
    clock_format_http(wall_ms, value);
    int len = snprintf(out, DATE_LINE_SIZE, "Date: %s\r\n", value);
    return (struct str){out, (size_t)len};
}

struct str reactor_date(struct reactor *reactor)
{
    int64_t second = reactor->now_ms / 1000;
    if (reactor->date_s != second || reactor->date.len == 0) {
        reactor->date = reactor_date_line(clock_wall_ms(), reactor->date_text);
        reactor->date_s = second;
    }
    return reactor->date;
}

void reactor_forget(struct conn *conn)
{
    struct reactor *reactor = conn->reactor;
    atomic_fetch_sub_explicit(&reactor->counters.open, 1, memory_order_relaxed);
    conn->inbox_next = reactor->closed;
    reactor->closed = conn;
}

void reactor_give_back(struct conn *conn, enum verdict verdict)
{
    conn->verdict = (uint8_t)verdict;
    post(conn);
}

void reactor_wake(struct reactor *reactor)
{
    uint64_t one = 1;
    ssize_t n;
    do {
        n = write(reactor->wake_fd, &one, sizeof one);
    } while (n < 0 && errno == EINTR); /* else full: it is awake already */
}

/* --- the loop --- */

static void read_clock(struct reactor *reactor)
{
    reactor->now_us = clock_mono_us();
    reactor->now_ms = reactor->now_us / 1000;
}

static void take_inbox(struct reactor *reactor)
{
    uint64_t count;
    ssize_t n = read(reactor->wake_fd, &count, sizeof count);
    (void)n;
    pthread_mutex_lock(&reactor->inbox_lock);
    struct conn *newest = reactor->inbox;
    struct stream *streams = reactor->streams;
    reactor->inbox = NULL;
    reactor->streams = NULL;
    pthread_mutex_unlock(&reactor->inbox_lock);
    struct conn *conn = NULL; /* oldest first */
    while (newest) {
        struct conn *older = newest->inbox_next;
        newest->inbox_next = conn;
        conn = newest;
        newest = older;
    }
    while (conn) {
        struct conn *next = conn->inbox_next;
        conn_back(conn);
        conn = next;
    }
    stream_serve_all(streams);
}

static void serve_event(struct reactor *reactor, const struct epoll_event *event)
{
    void *data = event->data.ptr;
    struct listener *listener = listener_of(reactor, data);
    if (data == &reactor->wake_fd) {
        take_inbox(reactor);
    } else if (listener) {
        if (!reactor->stopping)
            accept_some(reactor, listener);
    } else {
        struct conn *conn = data;
        if (conn->fd >= 0) /* not closed by an earlier event of this turn */
            conn_event(conn);
    }
}

static void act_on_deadlines(struct reactor *reactor)
{
    struct timer *timer;
    while ((timer = timer_expired(&reactor->timers, reactor->now_ms)))
        conn_expired(CONTAINER_OF(timer, struct conn, timer));
    if (reactor->accept_again_ms > 0 && reactor->now_ms >= reactor->accept_again_ms) {
        reactor->accept_again_ms = 0;
        if (!reactor->stopping)
            watch_listeners(reactor, true);
    }
}

static void stop_all(struct reactor *reactor, bool force)
{
    for (size_t kind = 0; kind < TIMER_KINDS; kind++) {
        struct timer *head = &reactor->timers.heads[kind];
        struct timer *timer = head->next;
        while (timer != head) {
            struct timer *next = timer->next;
            conn_stop(CONTAINER_OF(timer, struct conn, timer), force);
            timer = next;
        }
    }
}

/* The last reactor that has stopped accepting does this, and lets the others go. */
static void close_listeners(struct server *server)
{
    for (size_t i = 0; i < server->listener_count; i++)
        close(server->listeners[i].fd);
    for (unsigned i = 0; i < server->reactor_count; i++)
        reactor_wake(&server->reactors[i]);
}

/* Once when the server begins to stop, and once when it has waited long enough. */
static void act_on_stop(struct reactor *reactor)
{
    struct server *server = reactor->server;
    if (!atomic_load_explicit(&server->stopping, memory_order_acquire))
        return;
    if (!reactor->stopping) {
        reactor->stopping = true;
        reactor->drain_until_ms = reactor->now_ms + server->limits.drain_ms;
        watch_listeners(reactor, false);
        if (atomic_fetch_sub(&server->accepting, 1) == 1)
            close_listeners(server);
        stop_all(reactor, false);
    } else if (reactor->now_ms >= reactor->drain_until_ms && !reactor->forced) {
        reactor->forced = true;
        stop_all(reactor, true);
    }
}

static void end_turn(struct reactor *reactor)
{
    if (reactor->log.len > 0) {
        log_write(buf_str(&reactor->log));
        buf_clear(&reactor->log);
    }
    while (reactor->closed) {
        struct conn *conn = reactor->closed;
        reactor->closed = conn->inbox_next;
        conn_free(conn);
    }
}

static int wait_ms(const struct reactor *reactor)
{
    int64_t most = WAIT_MAX_MS;
    if (reactor->accept_again_ms > 0)
        most = reactor->accept_again_ms - reactor->now_ms;
    if (reactor->stopping && !reactor->forced)
        most = reactor->drain_until_ms - reactor->now_ms;
    return timer_wait(&reactor->timers, reactor->now_ms, most > 0 ? (int)most : 0);
}

/* While another reactor accepts, it may still hand a connection over. */
static bool is_finished(const struct reactor *reactor)
{
    return reactor->stopping && atomic_load(&reactor->server->accepting) == 0 &&
           atomic_load_explicit(&reactor->counters.open, memory_order_acquire) == 0;
}

void *reactor_run(void *argument)
{
    struct reactor *reactor = argument;
    const struct http_app *app = &reactor->server->app;
    struct epoll_event events[EVENTS_MAX];
    read_clock(reactor);
    while (!is_finished(reactor)) {
        int count = epoll_wait(reactor->epoll_fd, events, EVENTS_MAX, wait_ms(reactor));
        read_clock(reactor);
        if (app->tick)
            app->tick(app->context, reactor->index);
        for (int i = 0; i < count; i++)
            serve_event(reactor, &events[i]);
        act_on_deadlines(reactor);
        act_on_stop(reactor);
        end_turn(reactor);
    }
    OPENSSL_thread_stop();
    return NULL;
}

/* --- making one --- */

int reactor_open(struct reactor *reactor, struct server *server, unsigned index, struct err *err)
{
    const struct server_limits *limits = &server->limits;
    const int64_t after_ms[TIMER_KINDS] = {
        [TIMER_IDLE] = limits->idle_ms,           [TIMER_HEAD] = limits->head_ms,
        [TIMER_HANDSHAKE] = limits->handshake_ms, [TIMER_BODY] = limits->body_idle_ms,
        [TIMER_SEND] = limits->send_idle_ms,      [TIMER_LINGER] = LINGER_MS,
        [TIMER_STREAM] = STREAM_BEAT_MS,
    };
    reactor->server = server;
    reactor->index = index;
    reactor->next_id = index + 1;
    timer_init(&reactor->timers, after_ms);
    pthread_mutex_init(&reactor->inbox_lock, NULL);
    reactor->file_piece = aligned_alloc(4096, WRITE_BYTES);
    if (!reactor->file_piece)
        abort();
    reactor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    reactor->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &reactor->wake_fd};
    if (reactor->epoll_fd < 0 || reactor->wake_fd < 0 ||
        epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, reactor->wake_fd, &event) != 0)
        return err_set_errno(err, "the event loop cannot be made");
    watch_listeners(reactor, true);
    return 0;
}

static void drop_spare_bufs(struct spare_bufs *spare)
{
    while (spare->count > 0)
        buf_done(&spare->items[--spare->count]);
}

void reactor_done(struct reactor *reactor)
{
    if (!reactor->server)
        return;
    if (reactor->epoll_fd >= 0)
        close(reactor->epoll_fd);
    if (reactor->wake_fd >= 0)
        close(reactor->wake_fd);
    stream_serve_all(TAKE(reactor->streams)); /* their connections are gone */
    exchange_drop_spares(reactor);
    drop_spare_bufs(&reactor->spare_in);
    drop_spare_bufs(&reactor->spare_out);
    drop_spare_bufs(&reactor->spare_wire);
    buf_done(&reactor->log);
    free(reactor->file_piece);
    pthread_mutex_destroy(&reactor->inbox_lock);
}
