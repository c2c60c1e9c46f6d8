/* SPDX-License-Identifier: Apache-2.0 */
/* Stars of the signed-in user. */
#include "api.h"
#include "auth/permission.h"
#include "domain/star.h"
#include "page_token.h"
#include "view.h"

enum { PAGE_SIZE = 100 };

struct starred_query {
    const char *next_page;
};

static const struct field starred_query_fields[] = {
    F_TEXT(struct starred_query, next_page, "next_page", 0, .max = PAGE_TOKEN_MAX),
};
static const struct schema starred_query_schema = SCHEMA(struct starred_query,
                                                         starred_query_fields);

struct star_body {
    const char *namespace_name;
    const char *repository;
};

static const struct field star_fields[] = {
    F_TEXT(struct star_body, namespace_name, "namespace", FIELD_REQUIRED, .max = NAMESPACE_MAX),
    F_TEXT(struct star_body, repository, "repository", FIELD_REQUIRED, .max = REPOSITORY_NAME_MAX),
};
static const struct schema star_schema = SCHEMA(struct star_body, star_fields);

static void write_star(struct jw *w, const struct star *star)
{
    jw_begin_object(w);
    jw_member_text(w, "namespace", star->namespace_name);
    jw_member_text(w, "name", star->name);
    jw_member_text(w, "description", star->description ? star->description : "");
    jw_member_bool(w, "is_public", star->is_public);
    jw_end_object(w);
}

static int reply_list(struct call *call, const struct list *list, struct err *err)
{
    enum { BODY_MAX = 16 * 1024 * 1024 };
    const struct star *stars = list->items;
    size_t count = size_min(list->count, PAGE_SIZE);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "repositories");
    jw_begin_array(&w);
    for (size_t i = 0; i < count; i++)
        write_star(&w, &stars[i]);
    jw_end_array(&w);
    if (list->count > PAGE_SIZE) {
        long long last = (long long)stars[count - 1].repository_id;
        jw_member_text(&w, "next_page",
                       page_token_make(call, arena_printf(call->arena, "%lld", last)));
    }
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int starred_get(struct call *call, struct err *err)
{
    const struct starred_query *query = call->query;
    const char *cursor = page_token_read(call, query->next_page);
    uint64_t before;
    struct list list = {0};
    if (!cursor || !str_to_u64(str_of(cursor), INT64_MAX, &before))
        before = INT64_MAX;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        star_list(tx, call->arena, call->account.id, (int64_t)before, PAGE_SIZE + 1, &list, err) !=
            0)
        return -1;
    return reply_list(call, &list, err);
}

/* One that the user may not read is as good as none. */
static int find_readable(struct call *call, struct db_tx *tx, const struct star_body *body,
                         struct repository *out, struct err *err)
{
    struct repository_name name = {.namespace_name = body->namespace_name,
                                   .path = body->repository};
    struct permission_decision found;
    if (permission_decide(auth_rules(call->service->auth), tx, call->arena, call->identity, &name,
                          &found, err) != 0)
        return -1;
    if (!found.repository.id || !(found.access & ACCESS_READ))
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    *out = found.repository;
    return 0;
}

static int star_post(struct call *call, struct err *err)
{
    enum { REPLY_MAX = 2048 };
    const struct star_body *in = call->body;
    struct repository repository = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        find_readable(call, tx, in, &repository, err) != 0 ||
        star_put(tx, call->account.id, repository.id, call->now_ms, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "namespace", in->namespace_name);
    jw_member_text(&w, "repository", in->repository);
    jw_end_object(&w);
    return call_reply_json(call, 201, &body, err);
}

/* A star is the user's own, whatever has become of his rights on the repository. */
static int star_remove(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        star_delete(tx, call->account.id, call->repository.id, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static const struct route starred_routes[] = {
    {METHOD_GET, "/api/v1/user/starred", "listStarredRepos", "List the repositories with a star.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .query = &starred_query_schema, .handler = starred_get},
    {METHOD_POST, "/api/v1/user/starred", "createStar", "Star a repository.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .body = &star_schema, .handler = star_post},
    {METHOD_DELETE, "/api/v1/user/starred/{repository+}", "deleteStar", "Take back a star.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .handler = star_remove},
};
const struct route_table api_starred_table = ROUTES(starred_routes);
