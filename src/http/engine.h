/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the server share; private to this folder.
 *
 * A connection belongs to one reactor for life. Only its reactor's thread touches it, except
 * between conn_lend and the verdict that the worker leaves in the inbox: then only the worker
 * does. */
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "chunk.h"
#include "head.h"
#include "pool.h"
#include "server.h"
#include "timer.h"

enum {
    LISTENERS_MAX = 16,
    REACTORS_MAX = 64,
    READ_BYTES = 16 * 1024,           /* what a reactor reads at once */
    WRITE_BYTES = 64 * 1024,          /* plaintext encrypted before a write */
    WIRE_BYTES = WRITE_BYTES + 8192,  /* that, encrypted; with heads before it */
    WIRE_MAX = 256 * 1024,            /* encrypted bytes that may wait for the peer */
    COPY_BODY_MAX = 16 * 1024,        /* bodies up to this are copied behind their head */
    BODY_READ_BYTES = 1024 * 1024,    /* plain: one recv */
    BODY_READ_TLS_BYTES = 256 * 1024, /* TLS: up to this many bytes of records, and one recv */
    PIPELINE_MAX = 16,                /* replies that wait for one write */
    IN_MAX = 2 * 1024 * 1024,         /* conn.in: a head, or what was read past a body */
    OUT_MAX = 1024 * 1024,            /* conn.out */
    LINGER_MS = 2000,
    STREAM_BEAT_MS = 20 * 1000,
    DATE_LINE_SIZE = 64,
};

/* A few spare objects of one kind, so that a connection needs none while it is idle and no malloc
 * when it is not. */
struct spare_bufs {
    struct buf items[64];
    size_t count;
};

/* What is left to come of a request's body. */
struct body {
    struct chunk chunk;
    uint64_t left; /* without chunked: bytes to come */
    bool chunked;
    bool complete;
    bool expects_100;   /* the client waits for a 100 before it sends */
    bool timed_out;     /* set by the reactor before it lends the connection for the last time */
    int64_t started_ms; /* when the first wait for it began */
};

/* One request and its reply. */
struct exchange {
    struct exchange *next;
    struct arena arena;
    struct request request;
    struct reply reply;
    bool has_request; /* false: the head was refused */
    bool started;     /* http_app.start was called */
    bool has_sink;
    struct body body;
    struct body_sink sink;
    uint64_t copied;  /* body bytes that were put behind the head in conn.out */
    struct str bytes; /* body bytes that follow conn.out, by reference */
    uint64_t file_at; /* or a part of reply.fd */
    uint64_t file_left;
    uint64_t sent; /* of the two */
    bool corked;
    bool may_wait;     /* the next read of the file need not ask whether it would wait */
    bool always_waits; /* nor any other */
};

enum conn_state {
    CONN_HANDSHAKE,
    CONN_IDLE,   /* waiting for the first byte of a request */
    CONN_HEAD,   /* in the middle of a head */
    CONN_WORK,   /* lent to a worker */
    CONN_PARKED, /* in the middle of a body, no byte there */
    CONN_SEND,   /* the peer must take bytes first */
    CONN_STREAM, /* listening to a stream, nothing to send */
    CONN_DRAIN,  /* swallowing the rest of a body after an early reply, to go on */
    CONN_LINGER, /* swallowing what comes until the peer has read the last reply */
    CONN_STATES,
};

/* What a worker wants done with the connection it gives back. */
enum verdict { VERDICT_NEW, VERDICT_REPLY, VERDICT_PARK, VERDICT_SEND, VERDICT_GONE };

struct conn {
    struct timer timer;
    struct job job;
    struct conn *inbox_next;
    struct reactor *reactor;
    int fd;
    uint32_t armed; /* epoll events asked for */
    uint8_t state;
    uint8_t verdict;
    bool tls;
    bool over_limit; /* an idle connection of its reactor is to end for it */
    bool closing;    /* no request is read any more */
    bool linger;     /* the peer may be sending still: close softly */
    SSL *ssl;        /* NULL on plain */
    char *ahead;     /* of BODY_READ_TLS_BYTES, while a body is read: received, for OpenSSL */
    size_t ahead_at, ahead_len;
    struct buf in; /* received, not used up; empty and without memory while idle */
    size_t in_at;
    struct head_scan scan;
    struct buf out; /* heads and small bodies to send, before encryption */
    size_t out_at;
    struct buf wire; /* encrypted, to send */
    size_t wire_at;
    struct exchange *first, *last; /* replies in `out`; the last one may have more behind it */
    unsigned replies;
    struct stream *stream;    /* of the last reply; NULL: it has an end */
    struct exchange *current; /* the request that a worker has or is to get */
    uint64_t drain_left;      /* body to swallow before the next request */
    int64_t head_us;          /* when its first byte was read */
    char remote[INET6_ADDRSTRLEN];
};

/* Counters of one reactor, written by its thread only. */
struct counters {
    atomic_uint_fast64_t accepted, refused, open, idle, requests, handshakes_failed,
        deadline_closed;
};

struct reactor {
    struct server *server;
    unsigned index;
    pthread_t thread;
    int epoll_fd;
    int wake_fd; /* eventfd */
    int64_t now_ms, now_us;
    bool stopping;
    bool forced;             /* the drain time is over */
    int64_t accept_again_ms; /* out of descriptors: when to try again; 0: accepting */
    int64_t drain_until_ms;
    uint64_t next_id;
    struct timers timers;
    struct spare_bufs spare_in, spare_out, spare_wire;
    struct exchange *spare_exchanges;
    unsigned spare_exchange_count;
    char *file_piece; /* WRITE_BYTES, for files on TLS */
    struct buf log;
    int64_t date_s;
    struct str date; /* "Date: ...\r\n" of that second */
    char date_text[DATE_LINE_SIZE];
    struct conn *closed; /* to be freed at the end of the turn */
    struct counters counters;
    pthread_mutex_t inbox_lock; /* inbox */
    struct conn *inbox;         /* newest first */
    struct stream *streams;     /* those that were written to; under inbox_lock too */
};

struct listener {
    int fd;
    bool tls;
    unsigned port;
};

struct server {
    struct http_app app;
    struct server_limits limits;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    pthread_mutex_t tls_lock; /* tls */
    SSL_CTX *tls;
    struct pool *pool;
    atomic_bool stopping;
    atomic_uint accepting; /* reactors that still watch the listeners */
    bool started;
    unsigned reactor_count;
    struct reactor reactors[];
};

/* Change a counter that only this thread writes. */
static inline void engine_count(atomic_uint_fast64_t *counter, int64_t n)
{
    uint64_t now = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, now + (uint64_t)n, memory_order_relaxed);
}

/* Take a buffer with memory from the spares, or give it back; *buf is without memory after. */
void engine_take(struct spare_bufs *spare, struct buf *buf, size_t max);
void engine_give(struct spare_bufs *spare, struct buf *buf);
