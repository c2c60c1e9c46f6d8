/* SPDX-License-Identifier: Apache-2.0 */
/* A running server with a small application, and a blocking client for it, for the tests that need
 * real sockets. A client that waits in vain fails its test after CLIENT_TIMEOUT_S. */
#pragma once

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "http/server.h"
#include "http/stream.h"
#include "unit.h"

enum {
    CLIENT_TIMEOUT_S = 20,
    LIVE_FILE_SIZE = 3 * 1024 * 1024 + 17,
    LIVE_SMALL_FILE_SIZE = 1000,
    LIVE_UPLOAD_MAX = 8 * 1024 * 1024,
};

/* What the application answers:
 *   /quick         on the reactor: "quick"
 *   /work          on a worker: "work"
 *   /large         on a worker: LIVE_FILE_SIZE bytes of live_byte()
 *   /file /small   the same bytes as a file, with the entity tag "tag"
 *   /cold          as /file, but asks the kernel to forget it first
 *   /hold          on a worker: "held", after live_release
 *   /stream        "hello ", and then what is written to live->stream
 *   /early         401 without reading the body
 *   /upload        reads the body: "<length> <sum>"
 *   /broken        reads the body, fails at the first piece: 507
 * anything else: 404. */
struct live {
    struct server *server;
    char directory[64];
    char certificate[96], key[96];
    int files[2]; /* large, small */
    atomic_int aborts, finishes, starts, dones, lost, errors;
    pthread_mutex_t lock; /* released */
    pthread_cond_t release;
    bool released;
    struct stream *stream; /* of the last /stream; valid after an answer to it */
};

/* Start with these limits (NULL: the defaults), a plain and a TLS port. */
struct live *live_start(const struct server_limits *limits);
/* Stop and check that nothing is left. */
void live_end(struct live *live);
void live_release(struct live *live);
/* A new certificate in the same files. */
void live_make_certificate(struct live *live, const char *name);
/* Wait until a counter has reached a value. */
void live_wait(const atomic_int *counter, int value);
/* The byte at a place of the test's files. */
char live_byte(size_t at);
/* CPU time of this process, in milliseconds. */
long live_cpu_ms(void);

struct client {
    int fd;
    SSL *ssl;
    SSL_CTX *context;
    struct buf in; /* received, not used up */
};

struct answer {
    int status; /* 0: the connection ended before one came */
    char head[4096];
    struct buf body;
};

/* Connect; with `tls`, shake hands. */
void client_open(struct client *client, const struct live *live, bool tls);
/* Connect only. */
void client_open_raw(struct client *client, const struct live *live, bool tls);
void client_close(struct client *client);
/* False when the server has closed. */
bool client_send(struct client *client, struct str data);
bool client_send_text(struct client *client, const char *text);
/* Read one answer; `head` when it answers a HEAD request. */
void client_answer(struct client *client, struct answer *answer, bool head);
void answer_done(struct answer *answer);
/* Whether the head has this header line. */
bool answer_has(const struct answer *answer, const char *line);
/* Read on until this text has come; false when the connection ends first. */
bool client_read_until(struct client *client, const char *text);
/* Send a request and check status and body. */
void client_expect(struct client *client, const char *request, int status, const char *body);
/* The server must end the connection; what it sends before is dropped. */
void client_expect_end(struct client *client);
