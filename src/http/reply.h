/* SPDX-License-Identifier: Apache-2.0 */
/* The reply that a handler fills. Content-Length, Date, Connection and, for a file, Accept-Ranges,
 * Content-Range, 206, 304 and 416 are the server's business. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/lru.h"

enum { REPLY_HEADERS_MAX = 24, REPLY_BODY_MAX = 16 * 1024 * 1024 };

enum reply_body { REPLY_NONE, REPLY_BYTES, REPLY_FILE, REPLY_STREAM };

struct stream;

struct reply_header {
    const char *name;
    const char *value;
};

struct reply {
    struct arena *arena; /* the request's */
    int status;          /* 0: not answered yet */
    struct reply_header headers[REPLY_HEADERS_MAX];
    size_t header_count;
    enum reply_body body;
    struct str bytes; /* REPLY_BYTES */
    struct cached
        *shared; /* keeps alive what of `bytes`, etag and headers lies in a cached value */
    int fd;      /* REPLY_FILE: owned by the reply, closed by the server */
    uint64_t file_size;
    struct stream *stream; /* REPLY_STREAM: a reference */
    const char *etag;  /* with quotation marks; sent as ETag, enables If-None-Match and If-Range for
                          a status of 200. NULL: none */
    bool close;        /* end the connection after this reply */
    const char *route; /* label of the route for log and metrics; never the raw path */
    const char *error; /* err_code_name of a failed request, for the log; NULL when fine */
    const char *detail; /* the log-only part of that error; NULL when none */
    const char *user;   /* who asked, for the log; NULL when anonymous */
};

/* Add a header. The name and value are kept by reference: literals, arena memory, or a part of the
 * value of reply_shared. A value with a CR, LF or NUL is dropped, never sent. */
void reply_header(struct reply *reply, const char *name, const char *value);
void reply_headerf(struct reply *reply, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Answer with a status and no body. */
void reply_status(struct reply *reply, int status);
/* Answer with bytes that live as long as the request. content_type may be NULL. */
void reply_bytes(struct reply *reply, int status, const char *content_type, struct str bytes);
/* As reply_bytes, for bytes inside a cached value; takes over the caller's reference, and keeps it
 * until the end of the request whatever becomes of the body. */
void reply_shared(struct reply *reply, int status, const char *content_type, struct str bytes,
                  struct cached *value);
/* Answer 200 with a file from its start, honouring Range (one range), If-Range and If-None-Match
 * against `etag`. Takes over fd, which may be -1 for a HEAD request: its size is all that counts.
 */
void reply_file(struct reply *reply, const char *content_type, int fd, uint64_t size,
                const char *etag);
/* Answer 200 with what is written to a stream (http/stream.h), until it is over; the connection
 * ends with it. Takes over the caller's reference. */
void reply_stream(struct reply *reply, const char *content_type, struct stream *stream);
/* Forget what was filled so far (closing fd, dropping shared), to answer otherwise. */
void reply_clear(struct reply *reply);

/* The standard reason phrase, or "Unknown". */
const char *reply_reason(int status);
