/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to the server, plain or TLS 1.3, and the answers that arrive on it. */
#pragma once

#include "base/str.h"
#include "load.h"

struct conn {
    int fd;
    SSL *ssl; /* NULL: plain */
};

/* The client's TLS: 1.3 with TLS_AES_128_GCM_SHA256 only, so that all servers encrypt alike, no
 * sessions kept, certificates not verified. */
SSL_CTX *conn_tls_new(void);

/* Connect and, with TLS, shake hands; waits. */
void conn_open(const struct options *options, struct conn *out);
/* As conn_open without the handshake; for peers that stall before it. */
void conn_open_tcp(const struct options *options, struct conn *out);
void conn_close(struct conn *conn);
/* The port of our end. */
uint16_t conn_port(const struct conn *conn);
/* From now on a read that has nothing to give returns -1. */
void conn_set_nonblocking(struct conn *conn);

/* Up to `len` bytes; 0 when the connection ended, -1 when there is nothing now. */
ssize_t conn_read(struct conn *conn, void *data, size_t len);
/* All of it, or die. On a connection that does not block it must fit the socket's buffer. */
void conn_write(struct conn *conn, const void *data, size_t len);

/* The head of a request with the options' own fields and `fields` ("Name: value\r\n"). */
void conn_request(const struct options *options, const char *method, const char *path,
                  const char *fields, struct buf *out);

enum { RESPONSE_HEAD_MAX = 16 * 1024 };

enum response_phase {
    RESPONSE_HEAD,
    RESPONSE_BODY,       /* `left` bytes to come */
    RESPONSE_CHUNK_SIZE, /* in the line that gives it */
    RESPONSE_CHUNK,      /* `left` bytes to come, of data and the CRLF behind it */
    RESPONSE_TRAILER,    /* in the lines behind the last chunk */
    RESPONSE_DONE,
};

/* An answer being received. Bodies are counted, not kept. */
struct response {
    enum response_phase phase;
    int status;
    uint64_t left;
    uint64_t body; /* bytes of content received */
    size_t line;   /* characters in the current trailer line */
    size_t head_len;
    char head[RESPONSE_HEAD_MAX];
};

void response_start(struct response *response);
/* Take what belongs to this answer off the data; returns how much that was. */
size_t response_feed(struct response *response, const char *data, size_t len);
/* Value of a header field, or an empty slice. */
struct str response_header(const struct response *response, const char *name);

/* Wait for the whole answer; dies when its status is not `status` (0: any of 2xx). */
void response_wait(struct conn *conn, int status, const char *what, struct response *response);
/* Dies with the answer's own words when the status is not as expected. */
void response_expect(const struct response *response, int status, const char *what);
