/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/search: what `docker search` and `podman search` ask, the one thing of the registry's
 * first protocol that is still in use. Without credentials public repositories are found. */
#include "auth/basic.h"
#include "codec/jw.h"
#include "domain/name.h"
#include "domain/repository.h"
#include "registry.h"
#include "web/rights.h"

enum { PAGE = 25, PAGE_MAX = 100 };

struct search_query {
    const char *text;
    int64_t count;
    int64_t page;
};

static const struct field search_fields[] = {
    F_TEXT(struct search_query, text, "q", FIELD_NULLABLE, .max = REPOSITORY_NAME_MAX),
    F_INT(struct search_query, count, "n", FIELD_NULLABLE, .min = 1, .max = INT32_MAX),
    F_INT(struct search_query, page, "page", FIELD_NULLABLE, .min = 1, .max = 1000),
};
static const struct schema search_schema = SCHEMA(struct search_query, search_fields);

static int find_caller(struct call *call, struct identity *who, struct err *err)
{
    struct str header = request_header(call->request, STR("Authorization"));
    struct basic basic;
    if (!header.ptr || !basic_parse(call->arena, header, &basic))
        return 0;
    if (basic_login(call->service->auth, call->arena, &basic, call->now_ms, who,
                    &call->retry_after_s, err) != 0)
        return -1;
    call->identity = arena_memdup(call->arena, who, sizeof *who);
    call->reply->user = who->name;
    return 0;
}

static const char *lower(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text ? text : "");
    for (char *c = out; *c; c++)
        *c = char_lower(*c);
    return out;
}

static int load(struct call *call, const char *text, int64_t skip, int64_t limit, struct list *out,
                struct err *err)
{
    struct repository_filter filter = rights_list_filter(call);
    bool nobody = call->identity->kind == IDENTITY_ANONYMOUS;
    if (nobody && !auth_rules(call->service->auth)->anonymous_access)
        return 0;
    filter.with_public = true;
    filter.details = true;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    return repository_search(tx, call->arena, &filter, text, skip, limit, out, err);
}

static void write_result(struct jw *w, struct arena *arena, const struct repository *row)
{
    jw_begin_object(w);
    jw_member_text(w, "name", arena_printf(arena, "%s/%s", row->namespace_name, row->name));
    jw_member_text(w, "description", row->description ? row->description : "");
    jw_member_bool(w, "is_public", row->is_public);
    jw_member_bool(w, "is_official", false);
    jw_member_bool(w, "is_automated", false);
    jw_member_int(w, "star_count", row->stars);
    jw_member_text(w, "href",
                   arena_printf(arena, "/repository/%s/%s", row->namespace_name, row->name));
    jw_end_object(w);
}

static int search_get(struct call *call, struct err *err)
{
    const struct search_query *query = call->query;
    struct identity who;
    struct list found = {0};
    int64_t size = query->count == 0 ? PAGE : query->count > PAGE_MAX ? PAGE_MAX : query->count;
    int64_t page = query->page ? query->page : 1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (find_caller(call, &who, err) != 0 ||
        load(call, lower(call->arena, query->text), (page - 1) * size, size + 1, &found, err) != 0)
        return -1;
    const struct repository *rows = found.items;
    size_t shown = size_min(found.count, (size_t)size);
    jw_begin_object(&w);
    jw_member_text(&w, "query", query->text ? query->text : "");
    jw_member_int(&w, "num_results", (int64_t)shown);
    jw_member_int(&w, "num_pages", page + (found.count > shown));
    jw_member_int(&w, "page", page);
    jw_member_int(&w, "page_size", size);
    jw_key(&w, "results");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        write_result(&w, call->arena, &rows[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route search_routes[] = {
    {METHOD_GET, "/v1/search", "registry_search", "Find repositories, as docker search does.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .query = &search_schema, .handler = search_get},
};
const struct route_table registry_search_table = ROUTES(search_routes);
