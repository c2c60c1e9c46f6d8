/* SPDX-License-Identifier: Apache-2.0 */
/* N threads that each do the same thing again and again on a connection of their own: blocking
 * code that reads top-down, for the commands in which a request is long or is several. */
#pragma once

#include <pthread.h>

#include "conn.h"
#include "load.h"

struct streams;

struct stream {
    struct streams *all;
    pthread_t thread;
    unsigned index;
    struct conn conn; /* opened and closed by the body; shut down from outside to stop it */
    atomic_uint_least64_t requests, bytes;
    struct hist latency; /* of what ended within the window */
};

struct streams {
    const struct options *options;
    void (*body)(struct stream *stream);
    void *context;
    atomic_bool measuring, stopping;
    atomic_uint next;  /* with options->count: the transfers handed out */
    atomic_uint ready; /* threads whose connection is open */
    struct stream streams[STREAMS_MAX];
};

/* Run `body` on options->connections threads: until options->count transfers are made, or for
 * warm_ms + ms. Fills the result. */
void streams_run(const struct options *options, void (*body)(struct stream *stream), void *context,
                 struct result *result);

/* To be called once by the body when it has connected: no time runs before all have. */
void stream_ready(struct stream *stream);
/* Whether to begin another transfer. */
bool stream_more(struct stream *stream);
/* Whether the run is over, so that a broken connection is no failure. */
bool stream_stopping(const struct stream *stream);
/* A transfer that began at start_ns is complete. */
void stream_count(struct stream *stream, int64_t start_ns);
/* Bytes of a body have passed. */
void stream_add_bytes(struct stream *stream, uint64_t bytes);
