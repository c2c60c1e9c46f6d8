/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v2/<name>/tags/list. */
#include "codec/jw.h"
#include "domain/tag.h"
#include "domain/tag_sql.h"
#include "page.h"
#include "registry.h"

static int load(struct call *call, int64_t limit, struct list *out, struct err *err)
{
    const struct page_query *query = call->query;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    /* One more than asked for tells whether a next page exists. */
    return tag_names(tx, call->arena, call->repository.id, query->last ? query->last : "",
                     limit + 1, call->now_ms, out, err);
}

static int tags_list(struct call *call, struct err *err)
{
    int64_t limit;
    struct list page = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (page_limit(call, &limit, err) != 0 || load(call, limit, &page, err) != 0)
        return -1;
    const struct tag_name_row *rows = page.items;
    size_t shown = size_min(page.count, (size_t)limit);
    jw_begin_object(&w);
    jw_member_text(&w, "name", call->name.full);
    jw_key(&w, "tags");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        jw_text(&w, rows[i].name);
    jw_end_array(&w);
    jw_end_object(&w);
    if (page.count > shown && shown > 0)
        page_link_next(call, limit, rows[shown - 1].name, "");
    return call_reply_json(call, 200, &body, err);
}

static const struct route tags_routes[] = {
    {METHOD_GET, "/v2/{repository+}/tags/list", "registry_tags", "List the tags of a repository.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_READ, .find_repository = true,
     .query = &page_query_schema, .handler = tags_list},
};
const struct route_table registry_tags_table = ROUTES(tags_routes);
