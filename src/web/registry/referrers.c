/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v2/<name>/referrers/<digest>: signatures, SBOMs and other manifests about a manifest. */
#include "domain/referrer.h"

#include "base/uri.h"
#include "codec/jw.h"
#include "domain/media_type.h"
#include "page.h"
#include "registry.h"

/* Annotations may be as large as a manifest, so that a page is bounded by its bytes as well (4 MiB
 * is what clients read of an index), and rows are fetched a few at a time. */
enum { PAGE_BYTES = 4 * 1024 * 1024, BATCH = 8 };

/* What a page holds so far. */
struct page {
    int64_t count, limit;
    struct digest last; /* shown, or asked for; len 0: none */
    bool more;          /* there is a next page */
};

static void write_descriptor(struct jw *w, const struct referrer *row)
{
    char digest[DIGEST_TEXT_SIZE];
    digest_format(&row->digest, digest);
    jw_begin_object(w);
    jw_member_text(w, "mediaType", row->media_type);
    jw_member_text(w, "digest", digest);
    jw_member_int(w, "size", row->size);
    if (row->artifact_type)
        jw_member_text(w, "artifactType", row->artifact_type);
    if (row->annotations) {
        jw_key(w, "annotations");
        jw_raw(w, str_of(row->annotations));
    }
    jw_end_object(w);
}

/* Whether the row still fits; a first one always does. */
static bool has_room(const struct page *page, const struct jw *w, const struct referrer *row)
{
    size_t size = row->annotations ? strlen(row->annotations) : 0;
    return page->count < page->limit && (page->count == 0 || w->buf->len + size <= PAGE_BYTES);
}

static int write_rows(struct call *call, struct db_tx *tx, const struct digest *subject,
                      struct page *page, struct jw *w, struct err *err)
{
    const struct page_query *query = call->query;
    struct list batch;
    do {
        batch = (struct list){0};
        if (referrer_list(tx, call->arena, call->repository.id, subject, query->artifact_type,
                          page->last.len ? &page->last : NULL, BATCH, &batch, err) != 0)
            return -1;
        const struct referrer *rows = batch.items;
        for (size_t i = 0; i < batch.count; i++) {
            page->more = !has_room(page, w, &rows[i]);
            if (page->more)
                return 0;
            write_descriptor(w, &rows[i]);
            page->last = rows[i].digest;
            page->count++;
        }
    } while (batch.count == BATCH);
    return 0;
}

static int write_page(struct call *call, struct page *page, struct jw *w, struct err *err)
{
    const struct page_query *query = call->query;
    struct digest subject;
    if (digest_parse(str_of(call_value(call, "digest")), &subject, err) != 0)
        return -1;
    if (query->last && digest_parse(str_of(query->last), &page->last, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    /* The protocol has no "not found" here: what is not there yet has no referrers. */
    int found = call->repository.id
                    ? 1
                    : repository_find(tx, call->arena, &call->name, &call->repository, err);
    return found > 0 ? write_rows(call, tx, &subject, page, w, err) : found;
}

static void link_next(struct call *call, const struct page *page)
{
    const struct page_query *query = call->query;
    char digest[DIGEST_TEXT_SIZE];
    struct buf filter;
    buf_init(&filter, 2048);
    if (query->artifact_type) {
        buf_add_text(&filter, "&artifactType=");
        uri_encode(&filter, str_of(query->artifact_type), false);
    }
    digest_format(&page->last, digest);
    page_link_next(call, page->limit, digest, filter.ptr ? filter.ptr : "");
    buf_done(&filter);
}

static int referrers_get(struct call *call, struct err *err)
{
    struct page page = {0};
    const struct page_query *query = call->query;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (!call->rules->referrers)
        return err_set(err, ERR_NOT_FOUND, "the referrers API is switched off here");
    jw_begin_object(&w);
    jw_member_int(&w, "schemaVersion", 2);
    jw_member_text(&w, "mediaType", MEDIA_OCI_INDEX);
    jw_key(&w, "manifests");
    jw_begin_array(&w);
    if (page_limit(call, &page.limit, err) != 0 || write_page(call, &page, &w, err) != 0)
        return -1;
    jw_end_array(&w);
    jw_end_object(&w);
    if (page.more && page.count > 0)
        link_next(call, &page);
    if (query->artifact_type)
        reply_header(call->reply, "OCI-Filters-Applied", "artifactType");
    return call_reply(call, 200, MEDIA_OCI_INDEX, &body, err);
}

static const struct route referrers_routes[] = {
    {METHOD_GET, "/v2/{repository+}/referrers/{digest}", "registry_referrers",
     "List the manifests that refer to a manifest.", .auth = ROUTE_BEARER, .errors = ERRORS_OCI,
     .need = ACCESS_READ, .query = &page_query_schema, .handler = referrers_get},
};
const struct route_table registry_referrers_table = ROUTES(referrers_routes);
