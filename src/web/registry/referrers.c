/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v2/<name>/referrers/<digest>: signatures, SBOMs and other manifests about a manifest. */
#include "domain/referrer.h"

#include "base/uri.h"
#include "codec/jw.h"
#include "domain/media_type.h"
#include "page.h"
#include "registry.h"

static int load(struct call *call, int64_t limit, struct list *out, struct err *err)
{
    const struct page_query *query = call->query;
    struct digest subject, last;
    if (digest_parse(str_of(call_value(call, "digest")), &subject, err) != 0)
        return -1;
    if (query->last && digest_parse(str_of(query->last), &last, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    /* The protocol has no "not found" here: what is not there yet has no referrers. */
    int found = repository_find(tx, call->arena, &call->name, &call->repository, err);
    if (found <= 0)
        return found;
    return referrer_list(tx, call->arena, call->repository.id, &subject, query->artifact_type,
                         query->last ? &last : NULL, limit + 1, out, err);
}

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

static void link_next(struct call *call, int64_t limit, const struct referrer *last_shown)
{
    const struct page_query *query = call->query;
    char digest[DIGEST_TEXT_SIZE];
    struct buf filter;
    buf_init(&filter, 2048);
    if (query->artifact_type) {
        buf_add_text(&filter, "&artifactType=");
        uri_encode(&filter, str_of(query->artifact_type), false);
    }
    digest_format(&last_shown->digest, digest);
    page_link_next(call, limit, digest, filter.ptr ? filter.ptr : "");
    buf_done(&filter);
}

static int referrers_get(struct call *call, struct err *err)
{
    int64_t limit;
    struct list page = {0};
    const struct page_query *query = call->query;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (!call->rules->referrers)
        return err_set(err, ERR_NOT_FOUND, "the referrers API is switched off here");
    if (page_limit(call, &limit, err) != 0 || load(call, limit, &page, err) != 0)
        return -1;
    const struct referrer *rows = page.items;
    size_t shown = size_min(page.count, (size_t)limit);
    jw_begin_object(&w);
    jw_member_int(&w, "schemaVersion", 2);
    jw_member_text(&w, "mediaType", MEDIA_OCI_INDEX);
    jw_key(&w, "manifests");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        write_descriptor(&w, &rows[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    if (page.count > shown && shown > 0)
        link_next(call, limit, &rows[shown - 1]);
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
