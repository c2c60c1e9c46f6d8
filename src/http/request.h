/* SPDX-License-Identifier: Apache-2.0 */
/* A parsed request, as the application sees it. All slices point into memory that lives as long
 * as the request. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_OPTIONS,
    METHOD_COUNT,
};

enum { HEADERS_MAX = 64, BODY_LENGTH_CHUNKED = -1 };

struct header {
    struct str name; /* as received; compare without case */
    struct str value;
};

struct request {
    struct arena *arena; /* lives until the reply has been sent and `done` was called */
    enum method method;
    struct str target; /* as received */
    struct str path;   /* raw, not decoded; always starts with '/' */
    struct str query;  /* raw, without '?'; empty when absent */
    struct header headers[HEADERS_MAX];
    size_t header_count;
    int version_minor;   /* HTTP/1.0 or HTTP/1.1 */
    int64_t body_length; /* 0: no body; BODY_LENGTH_CHUNKED: unknown before its end */
    bool keep_alive;
    bool tls;
    const char *remote; /* the peer's address, without port */
    struct str host;    /* of the Host header, with port; empty on HTTP/1.0 without */
    unsigned reactor;   /* which reactor owns the connection: 0 to reactors - 1 */
    uint64_t id;        /* counts up over the process's life */
    int64_t started_us; /* clock_mono_us() when the first byte of the head was read */
    uint64_t body_received;
    void *app; /* the application's, NULL at first */
};

/* The value of a header, or an empty slice with NULL ptr. The first one where repeated; headers
 * that must not repeat (RFC 9110) have been refused already. */
struct str request_header(const struct request *request, struct str name);
/* As above, every occurrence: start *index at 0. False when there are no more. */
bool request_next_header(const struct request *request, struct str name, size_t *index,
                         struct str *value_out);

/* "GET" and so on. */
const char *method_name(enum method method);
bool method_parse(struct str text, enum method *out);
