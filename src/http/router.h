/* SPDX-License-Identifier: Apache-2.0 */
/* Maps (method, raw path) to a row of the caller. Patterns are literals with captures:
 * "{x}" is one segment, "{x+}" one or more (repository names contain '/'); what follows a greedy
 * capture anchors from the right, so that "/v2/{repository+}/blobs/{digest}" finds the last
 * "/blobs/". Matching is done on the raw path; each captured segment is then percent-decoded once
 * and refused when it holds NUL, '/' from an escape, or is empty. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "http/request.h"

enum { ROUTE_CAPTURES_MAX = 6 };

struct router;

struct route_match {
    const void *row;  /* NULL when nothing matched */
    unsigned allowed; /* bit (1 << method) for each method the path has; 0: unknown path */
    const char *names[ROUTE_CAPTURES_MAX];
    const char *values[ROUTE_CAPTURES_MAX]; /* decoded, NUL-terminated, in the arena */
    size_t captures;
};

/* An empty router, and its end. Rows are the caller's. Once filled it is read by any thread. */
struct router *router_new(void);
void router_free(struct router *router);
DEFINE_CLEANUP(struct router, router_free)

/* Add a row. ERR_EXISTS when method and pattern are taken or ambiguous, ERR_INVALID for a bad
 * pattern. A row for GET serves HEAD too unless HEAD has its own. */
int router_add(struct router *router, enum method method, const char *pattern, const void *row,
               struct err *err);
/* Find the row. Returns false when path or method is unknown; *out tells which by `allowed`. */
bool router_find(const struct router *router, struct arena *arena, enum method method,
                 struct str path, struct route_match *out);
/* The value of a capture, or NULL. */
const char *route_value(const struct route_match *match, const char *name);
