/* SPDX-License-Identifier: Apache-2.0 */
/* All route tables compiled for look-up, each route with its number: the label it is counted by. */
#pragma once

#include "http/router.h"
#include "web/route.h"

struct route_index;

struct route_row {
    const struct route *route;
    size_t number; /* index into route_index_labels */
};

/* ERR_EXISTS or ERR_INVALID when the tables do not fit together: a bug. */
int route_index_new(struct route_index **out, struct err *err);
/* NULL is fine. */
void route_index_free(struct route_index *index);
DEFINE_CLEANUP(struct route_index, route_index_free)

/* Find the row of a request: match->row is a struct route_row, or NULL. */
void route_index_find(const struct route_index *index, struct arena *arena, enum method method,
                      struct str path, struct route_match *match);
/* The ids of all routes in the order of their numbers, then "none" and NULL. Lives as long as the
 * index. */
const char *const *route_index_labels(const struct route_index *index);
/* The number of requests that matched no route. */
size_t route_index_none(const struct route_index *index);
