/* SPDX-License-Identifier: Apache-2.0 */
/* Starts and ends the threads. Counters are read twice, at both ends of the window, so that a
 * transfer which is under way at either end counts with the part that fell inside. */
#include "streams.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "probe.h"

void stream_ready(struct stream *stream)
{
    atomic_fetch_add(&stream->all->ready, 1);
}

bool stream_more(struct stream *stream)
{
    const struct options *options = stream->all->options;
    if (options->count > 0)
        return atomic_fetch_add(&stream->all->next, 1) < options->count;
    return !atomic_load(&stream->all->stopping);
}

bool stream_stopping(const struct stream *stream)
{
    return atomic_load(&stream->all->stopping);
}

void stream_count(struct stream *stream, int64_t start_ns)
{
    atomic_fetch_add(&stream->requests, 1);
    if (atomic_load(&stream->all->measuring))
        hist_add(&stream->latency, probe_now_ns() - start_ns);
}

void stream_add_bytes(struct stream *stream, uint64_t bytes)
{
    atomic_fetch_add_explicit(&stream->bytes, bytes, memory_order_relaxed);
}

static void sleep_ms(unsigned ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

static void *run_stream(void *argument)
{
    struct stream *stream = argument;
    stream->all->body(stream);
    return NULL;
}

static void start_all(struct streams *all)
{
    for (unsigned i = 0; i < all->options->connections; i++) {
        struct stream *stream = &all->streams[i];
        stream->all = all;
        stream->index = i;
        stream->conn.fd = -1;
        if (pthread_create(&stream->thread, NULL, run_stream, stream) != 0)
            die("no thread");
    }
}

static void await_ready(const struct streams *all)
{
    while (atomic_load(&all->ready) < all->options->connections)
        sleep_ms(1);
}

/* A stream that waits for the server wakes up when its socket is shut down. */
static void join_all(struct streams *all)
{
    for (unsigned i = 0; i < all->options->connections; i++) {
        struct stream *stream = &all->streams[i];
        if (atomic_load(&all->stopping) && stream->conn.fd >= 0)
            shutdown(stream->conn.fd, SHUT_RDWR);
        pthread_join(stream->thread, NULL);
    }
}

static void sum(const struct streams *all, uint64_t *requests, uint64_t *bytes)
{
    *requests = *bytes = 0;
    for (unsigned i = 0; i < all->options->connections; i++) {
        *requests += atomic_load(&all->streams[i].requests);
        *bytes += atomic_load(&all->streams[i].bytes);
    }
}

void streams_run(const struct options *options, void (*body)(struct stream *stream), void *context,
                 struct result *result)
{
    struct moment start, end;
    uint64_t requests, bytes;
    struct streams *all = calloc(1, sizeof *all);
    if (!all || options->connections > STREAMS_MAX)
        die("at most %d streams", STREAMS_MAX);
    all->options = options;
    all->body = body;
    all->context = context;
    atomic_store(&all->measuring, options->count > 0);
    if (options->count == 0) {
        start_all(all);
        await_ready(all);
        sleep_ms(options->warm_ms);
        atomic_store(&all->measuring, true);
    }
    sum(all, &requests, &bytes);
    probe_moment(options, &start);
    if (options->count == 0) {
        sleep_ms(options->ms);
    } else {
        start_all(all);
        join_all(all);
    }
    sum(all, &result->requests, &result->bytes);
    probe_moment(options, &end);
    probe_window(options, &start, &end, result);
    result->requests -= requests;
    result->bytes -= bytes;
    atomic_store(&all->measuring, false);
    atomic_store(&all->stopping, true);
    if (options->count == 0)
        join_all(all);
    for (unsigned i = 0; i < options->connections; i++)
        hist_merge(&result->latency, &all->streams[i].latency);
    free(all);
}
