/* SPDX-License-Identifier: Apache-2.0 */
/* Paging. A page is always bounded, also when no `n` was asked for: what is left is behind the
 * Link header, which every client of the protocol follows. */
#include "page.h"

#include "base/uri.h"

static const struct field page_fields[] = {
    F_TEXT(struct page_query, n, "n", 0, .max = 32),
    F_TEXT(struct page_query, last, "last", 0, .max = 512),
    F_TEXT(struct page_query, artifact_type, "artifactType", 0, .max = 255),
};
const struct schema page_query_schema = SCHEMA(struct page_query, page_fields);

int page_limit(const struct call *call, int64_t *out, struct err *err)
{
    const struct page_query *query = call->query;
    int64_t most = call->rules->page_size;
    uint64_t n = 0;
    if (query->n && !str_to_u64(str_of(query->n), INT32_MAX, &n))
        return err_set(err, ERR_INVALID, "n: must be a number of items");
    *out = query->n && (int64_t)n < most ? (int64_t)n : most;
    return 0;
}

void page_link_next(struct call *call, int64_t n, const char *last, const char *extra)
{
    struct buf escaped;
    buf_init(&escaped, 4096);
    uri_encode(&escaped, str_of(last), false);
    reply_headerf(call->reply, "Link", "<%.*s?n=%lld&last=%.*s%s>; rel=\"next\"",
                  STR_FMT(call->request->path), (long long)n, (int)escaped.len,
                  escaped.ptr ? escaped.ptr : "", extra);
    buf_done(&escaped);
}
