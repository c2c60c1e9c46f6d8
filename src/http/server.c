/* SPDX-License-Identifier: Apache-2.0 */
/* Putting the server together: defaults, listeners, reactors, workers; start and stop. */
#include "server.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "listener.h"
#include "reactor.h"
#include "tls.h"
#include "work.h"

enum {
    CONNECTIONS_DEFAULT = 16000,
    FDS_FOR_OTHERS = 128,  /* databases, logs, the event loops */
    QUEUE_PER_WORKER = 16, /* requests that wait for a worker before 503 */
};

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

/* A quarter of the descriptors is left for the files that are being sent. */
static unsigned default_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return CONNECTIONS_DEFAULT;
    uint64_t usable = limit.rlim_cur > 2 * FDS_FOR_OTHERS ? limit.rlim_cur - FDS_FOR_OTHERS
                                                          : FDS_FOR_OTHERS;
    usable -= usable / 4;
    return usable < CONNECTIONS_DEFAULT ? (unsigned)usable : CONNECTIONS_DEFAULT;
}

static struct server_limits with_defaults(const struct server_limits *given)
{
    struct server_limits limits = given ? *given : (struct server_limits){0};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    limits.head_bytes = limits.head_bytes ? limits.head_bytes : 32 * 1024;
    limits.connections = or_default(limits.connections, default_connections());
    limits.workers = or_default(limits.workers, 64);
    limits.reactors = or_default(limits.reactors, cores > 0 ? (unsigned)cores : 1);
    limits.reactors = limits.reactors < REACTORS_MAX ? limits.reactors : REACTORS_MAX;
    limits.handshake_ms = or_default(limits.handshake_ms, 15000);
    limits.head_ms = or_default(limits.head_ms, 15000);
    limits.idle_ms = or_default(limits.idle_ms, 75000);
    limits.body_idle_ms = or_default(limits.body_idle_ms, 60000);
    limits.body_bytes_per_s = or_default(limits.body_bytes_per_s, 1024);
    limits.send_idle_ms = or_default(limits.send_idle_ms, 60000);
    limits.drain_ms = or_default(limits.drain_ms, 30000);
    limits.drain_bytes = limits.drain_bytes ? limits.drain_bytes : 1024 * 1024;
    return limits;
}

static int open_listeners(struct server *server, const struct listener_config *configs,
                          size_t count, struct err *err)
{
    if (count == 0 || count > LISTENERS_MAX)
        return err_set(err, ERR_INVALID, "between 1 and %d listen addresses are possible",
                       LISTENERS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct listener *listener = &server->listeners[i];
        if (listener_open(configs[i].address, &listener->fd, &listener->port, err) != 0)
            return -1;
        listener->tls = configs[i].tls;
        server->listener_count++;
        if (listener->tls && !server->tls)
            return err_set(err, ERR_INVALID, "%s: TLS needs a certificate", configs[i].address);
    }
    return 0;
}

static int set_up(struct server *server, const struct listener_config *listeners,
                  size_t listener_count, const struct tls_config *tls, struct err *err)
{
    if (tls && tls_context_new(tls, &server->tls, err) != 0)
        return -1;
    if (open_listeners(server, listeners, listener_count, err) != 0)
        return -1;
    for (unsigned i = 0; i < server->reactor_count; i++) {
        if (reactor_open(&server->reactors[i], server, i, err) != 0)
            return -1;
    }
    const struct server_limits *limits = &server->limits;
    server->pool = pool_new(limits->workers, (size_t)limits->workers * QUEUE_PER_WORKER, work_run);
    return 0;
}

int server_new(const struct listener_config *listeners, size_t listener_count,
               const struct tls_config *tls, const struct server_limits *limits,
               const struct http_app *app, struct server **out, struct err *err)
{
    struct server_limits effective = with_defaults(limits);
    _cleanup_(server_freep) struct server *server = calloc(
        1, sizeof *server + effective.reactors * sizeof server->reactors[0]);
    if (!server)
        abort();
    server->app = *app;
    server->limits = effective;
    server->reactor_count = effective.reactors;
    atomic_init(&server->accepting, effective.reactors);
    pthread_mutex_init(&server->tls_lock, NULL);
    if (set_up(server, listeners, listener_count, tls, err) != 0)
        return -1;
    *out = TAKE(server);
    return 0;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    server_stop(server);
    pool_free(server->pool);
    for (unsigned i = 0; i < server->reactor_count; i++)
        reactor_done(&server->reactors[i]);
    bool listening = atomic_load(&server->accepting) > 0;
    for (size_t i = 0; i < server->listener_count && listening; i++)
        close(server->listeners[i].fd);
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->tls_lock);
    free(server);
}

unsigned server_port(const struct server *server, size_t index)
{
    return index < server->listener_count ? server->listeners[index].port : 0;
}

static void join_reactors(struct server *server, unsigned count)
{
    atomic_store_explicit(&server->stopping, true, memory_order_release);
    for (unsigned i = 0; i < count; i++)
        reactor_wake(&server->reactors[i]);
    for (unsigned i = 0; i < count; i++)
        pthread_join(server->reactors[i].thread, NULL);
}

int server_start(struct server *server, struct err *err)
{
    sigset_t all, old;
    sigfillset(&all); /* signals are the main thread's; sendfile must not raise SIGPIPE */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    unsigned started = 0;
    while (started < server->reactor_count &&
           pthread_create(&server->reactors[started].thread, NULL, reactor_run,
                          &server->reactors[started]) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (started < server->reactor_count) {
        if (started > 0) {
            atomic_fetch_sub(&server->accepting, server->reactor_count - started);
            join_reactors(server, started);
        }
        return err_set(err, ERR_INTERNAL, "the server's threads cannot be started");
    }
    server->started = true;
    return 0;
}

void server_stop(struct server *server)
{
    if (!server->started)
        return;
    server->started = false;
    join_reactors(server, server->reactor_count);
    pool_free(TAKE(server->pool));
}

int server_reload_tls(struct server *server, const struct tls_config *tls, struct err *err)
{
    SSL_CTX *context;
    if (tls_context_new(tls, &context, err) != 0)
        return -1;
    pthread_mutex_lock(&server->tls_lock);
    SSL_CTX *old = server->tls;
    server->tls = context;
    pthread_mutex_unlock(&server->tls_lock);
    SSL_CTX_free(old);
    return 0;
}

void server_stats(const struct server *server, struct server_stats *out)
{
    *out = (struct server_stats){0};
    for (unsigned i = 0; i < server->reactor_count; i++) {
        const struct counters *from = &server->reactors[i].counters;
        out->accepted += atomic_load_explicit(&from->accepted, memory_order_relaxed);
        out->refused += atomic_load_explicit(&from->refused, memory_order_relaxed);
        out->open += atomic_load_explicit(&from->open, memory_order_relaxed);
        out->idle += atomic_load_explicit(&from->idle, memory_order_relaxed);
        out->requests += atomic_load_explicit(&from->requests, memory_order_relaxed);
        out->handshakes_failed += atomic_load_explicit(&from->handshakes_failed,
                                                       memory_order_relaxed);
        out->deadline_closed += atomic_load_explicit(&from->deadline_closed, memory_order_relaxed);
    }
    if (server->pool)
        pool_counts(server->pool, &out->workers, &out->workers_busy, &out->queued);
}
