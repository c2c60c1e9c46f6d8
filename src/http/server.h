/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP/1.1 server (RFC 9110, RFC 9112), plain and TLS.
 *
 * One reactor thread per core owns its connections: it accepts, shakes hands, parses heads and
 * sends replies, never waiting. A request that may wait (database, disk, body) runs on a worker
 * thread as straight-line code; between two pieces of a slow body no thread is held. An answer
 * that needs no waiting can be given on the reactor itself: see http_app.quick. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/* Where the bytes of a request body go. */
struct body_sink {
    /* Take a piece (up to 1 MiB). On failure the request is answered by http_app.error. */
    int (*write)(void *context, const void *data, size_t len, struct err *err);
    /* The body is complete: fill the reply. */
    void (*finish)(void *context, struct request *request, struct reply *reply);
    /* The body will not be completed (peer gone, deadline, write failed); called instead of finish,
     * exactly one of the two. Keeps what may be resumed, releases the rest. */
    void (*abort)(void *context);
    void *context;
    uint64_t limit; /* most bytes; a body that announces or sends more gets 413 */
};

/* The application, as five functions; context is http_app.context. */
struct http_app {
    void *context;
    /* On a reactor thread, before anything else; must not wait. True: the reply is filled. False:
     * go on with `start` on a worker (the request may carry what was learned in request->app). May
     * be NULL. Not called for requests with a body. */
    bool (*quick)(void *context, struct request *request, struct reply *reply);
    /* On a worker thread. Either fill the reply and return false, or fill *sink and return true to
     * receive the body. An early answer to a request with a body is delivered even while the
     * client still sends. With "Expect: 100-continue" the 100 is sent only when this returns true.
     */
    bool (*start)(void *context, struct request *request, struct reply *reply,
                  struct body_sink *sink);
    /* Fill the reply for an error; `request` is NULL when there was no valid head. Also called for
     * the server's own refusals, with `status` 400, 408, 411, 413, 414, 417, 431, 501, 503 or 505
     * already decided; 0 means: by err->code. */
    void (*error)(void *context, struct request *request, struct reply *reply, int status,
                  const struct err *err);
    /* After the last byte of the reply was handed to the kernel, or the connection was lost
     * (`sent`, which counts bytes of the body, is then too small, and reply->status is 0 when there
     * was no answer yet): append the log line to `log` (the reactor writes it in batches), count.
     * Never waits. `request` is NULL as above. */
    void (*done)(void *context, const struct request *request, const struct reply *reply,
                 uint64_t sent, struct buf *log);
    /* At the start of each batch of events of a reactor; for state that is checked once a batch
     * rather than once a request. May be NULL. */
    void (*tick)(void *context, unsigned reactor);
};

struct listener_config {
    const char *address; /* "127.0.0.1:8080", "[::]:8443", ":8080" (all, both families) */
    bool tls;
};

struct server_limits { /* 0 means the default in brackets */
    size_t head_bytes; /* request line and headers [32 KiB] -> 431, 414 */
    unsigned
        connections; /* [16000, or what RLIMIT_NOFILE allows]; beyond: oldest idle closes, or 503 */
    unsigned workers;          /* most worker threads [64]; started when needed */
    unsigned reactors;         /* [number of cores] */
    unsigned handshake_ms;     /* TLS handshake [15000] */
    unsigned head_ms;          /* from first byte to end of head [15000] */
    unsigned idle_ms;          /* between requests of a connection, and before the first [75000] */
    unsigned body_idle_ms;     /* without a byte of a body [60000] */
    unsigned body_bytes_per_s; /* slower than this on average, after 30 s, ends the body [1024] */
    unsigned send_idle_ms;     /* without the peer taking a byte of the reply [60000] */
    unsigned drain_ms;         /* on stop: for active requests to end [30000] */
    uint64_t drain_bytes;      /* body swallowed behind an early reply [1 MiB], within 2 s */
};

struct tls_config {
    const char *certificate_file; /* PEM chain */
    const char *key_file;
    const char *ciphers; /* OpenSSL TLS 1.2 list; NULL for the default */
    bool tls12;          /* accept TLS 1.2 besides 1.3 */
};

struct server;

/* Bind the listeners, load the certificate; nothing runs yet. Everything in the configs is copied,
 * `app` must outlive the server. A port in use gives ERR_BUSY with the address in the message; an
 * unreadable key ERR_DENIED naming file, owner and mode. */
int server_new(const struct listener_config *listeners, size_t listener_count,
               const struct tls_config *tls, const struct server_limits *limits,
               const struct http_app *app, struct server **out, struct err *err);
void server_free(struct server *server);
DEFINE_CLEANUP(struct server, server_free)

/* The port that listener `index` got, for port 0. */
unsigned server_port(const struct server *server, size_t index);
/* Start the threads and return. */
int server_start(struct server *server, struct err *err);
/* Stop accepting, let active requests end (up to drain_ms), close idle connections, join all
 * threads. */
void server_stop(struct server *server);
/* Load the certificate and key again; connections that are open keep what they have. On failure
 * the old ones stay in use. */
int server_reload_tls(struct server *server, const struct tls_config *tls, struct err *err);

/* Counters since the start, and how things are now. */
struct server_stats {
    uint64_t accepted, refused, open, idle, requests, handshakes_failed, deadline_closed;
    uint64_t workers, workers_busy, queued;
};
/* From any thread; each number is right, but they are not of one moment. */
void server_stats(const struct server *server, struct server_stats *out);
