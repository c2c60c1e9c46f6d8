/* SPDX-License-Identifier: Apache-2.0 */
/* Paging of the registry's lists: `n` and `last` in the query, Link: rel="next" in the reply. */
#pragma once

#include "web/call.h"

struct page_query {
    const char *n; /* a number, as text: NULL and "0" mean different things */
    const char *last;
    const char *artifact_type; /* referrers only */
};

extern const struct schema page_query_schema;

/* How many items this reply may hold: `n`, at most the page size. ERR_INVALID when n is no number.
 */
int page_limit(const struct call *call, int64_t *out, struct err *err);
/* Add the Link header that leads to the page after `last`. `extra` is appended to the query as it
 * is ("&artifactType=..."); "" for none. */
void page_link_next(struct call *call, int64_t n, const char *last, const char *extra);
