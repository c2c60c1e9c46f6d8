/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v2/_catalog: the repositories that the caller may see. */
#include "auth/oauth_scope.h"
#include "codec/jw.h"
#include "page.h"
#include "registry.h"

static int parse_last(struct call *call, const char *last, struct repository_name *name,
                      struct err *err)
{
    struct str rest = str_of(last), first;
    if (!str_cut(&rest, '/', &first) || !rest.ptr)
        return err_set(err, ERR_INVALID, "last: must be a repository of the page before");
    name->full = last;
    name->namespace_name = arena_text(call->arena, first);
    name->path = arena_text(call->arena, rest);
    return 0;
}

static int load(struct call *call, int64_t limit, struct list *out, struct err *err)
{
    const struct page_query *query = call->query;
    const struct identity *who = call->identity;
    bool reads = who->scopes & (OAUTH_REPO_READ | OAUTH_REPO_WRITE | OAUTH_REPO_ADMIN);
    struct repository_name last;
    struct repository_filter filter = {
        .viewer_id = reads ? who->account_id : 0,
        .with_public = call->rules->public_catalog,
        .all = reads && (who->superuser || who->readonly_superuser),
    };
    bool sees_nothing = !filter.viewer_id && !filter.with_public && !filter.all;
    if (sees_nothing || limit == 0)
        return 0;
    if (query->last && parse_last(call, query->last, &last, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    return repository_list(tx, call->arena, &filter, query->last ? &last : NULL, limit + 1, out,
                           err);
}

static int catalog_get(struct call *call, struct err *err)
{
    int64_t limit;
    struct list page = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (page_limit(call, &limit, err) != 0 || load(call, limit, &page, err) != 0)
        return -1;
    const struct repository *rows = page.items;
    size_t shown = size_min(page.count, (size_t)limit);
    const char *name = NULL;
    jw_begin_object(&w);
    jw_key(&w, "repositories");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++) {
        name = arena_printf(call->arena, "%s/%s", rows[i].namespace_name, rows[i].name);
        jw_text(&w, name);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    if (page.count > shown && name)
        page_link_next(call, limit, name, "");
    return call_reply_json(call, 200, &body, err);
}

static const struct route catalog_routes[] = {
    {METHOD_GET, "/v2/_catalog", "registry_catalog", "List the repositories the caller may see.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .query = &page_query_schema,
     .handler = catalog_get},
};
const struct route_table registry_catalog_table = ROUTES(catalog_routes);
