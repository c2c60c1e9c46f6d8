/* SPDX-License-Identifier: Apache-2.0 */
/* Making and listing repositories. */
#include "api.h"
#include "auth/oauth_scope.h"
#include "auth/permission.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "domain/plan.h"
#include "domain/repository.h"
#include "page_token.h"
#include "quota_view.h"
#include "web/rights.h"

enum { PAGE = 100 };

static const char *const kinds[] = {"image", NULL};
static const char *const visibilities[] = {"public", "private", NULL};

struct create_body {
    const char *repository;
    const char *namespace_name;
    const char *visibility;
    const char *description;
    const char *kind;
};

static const struct field create_fields[] = {
    F_TEXT(struct create_body, repository, "repository", FIELD_REQUIRED,
           .max = REPOSITORY_NAME_MAX),
    F_TEXT(struct create_body, namespace_name, "namespace", FIELD_NULLABLE, .max = NAMESPACE_MAX),
    F_TEXT(struct create_body, visibility, "visibility", FIELD_REQUIRED, .values = visibilities),
    F_TEXT(struct create_body, description, "description", FIELD_REQUIRED,
           .max = REPOSITORY_DESCRIPTION_MAX),
    F_TEXT(struct create_body, kind, "repo_kind", FIELD_NULLABLE, .values = kinds),
};
static const struct schema create_schema = SCHEMA(struct create_body, create_fields);

/* Fills call->space: the namespace that is named, or the caller's own. */
static int check_creator(struct call *call, const struct create_body *body, struct err *err)
{
    unsigned access = 0;
    if (!call->account.id && !body->namespace_name)
        return err_set(err, ERR_INVALID, "namespace: is missing");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    call->space = call->account;
    int found = body->namespace_name
                    ? account_find_by_name(tx, call->arena, body->namespace_name, &call->space, err)
                    : 1;
    if (found < 0)
        return -1;
    if (found == 0 || call->space.kind == ACCOUNT_ROBOT) {
        call->space = (struct account){0};
        return rights_full_access(call) ? err_set(err, ERR_NOT_FOUND, "Not Found")
                                        : rights_refuse(call, err);
    }
    if (permission_on_namespace(tx, call->identity, call->space.id, &access, err) != 0)
        return -1;
    if (!(access & NAMESPACE_CREATE) && !rights_full_access(call))
        return rights_refuse(call, err);
    return 0;
}

static int create(struct call *call, const struct create_body *body, struct err *err)
{
    struct repository_new in = {
        .namespace_id = call->space.id,
        .creator_id = call->account.id,
        .name = call->name.path,
        .description = body->description,
        .is_public = strcmp(body->visibility, "public") == 0,
    };
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    if (!in.is_public && plan_check_private(tx, call->space.id, call->rules->private_max, err) != 0)
        return -1;
    int64_t id = repository_create_for(tx, &in, call->now_ms, err);
    if (id < 0)
        return -1;
    call->repository.id = id;
    if (call_audit(call, tx, err, AUDIT_CREATE_REPO, "repo", in.name, "namespace", call->space.name,
                   NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int repository_post(struct call *call, struct err *err)
{
    enum { REPLY_MAX = 4096 };
    const struct create_body *body = call->body;
    struct name_rules rules = {.nested = call->rules->nested_names};
    if (check_creator(call, body, err) != 0)
        return -1;
    const char *full = arena_printf(call->arena, "%s/%s", call->space.name, body->repository);
    if (name_parse_repository(call->arena, str_of(full), &rules, &call->name, err) != 0 ||
        create(call, body, err) != 0)
        return -1;
    _cleanup_buf_ struct buf reply;
    struct jw w = {.buf = &reply};
    buf_init(&reply, REPLY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "namespace", call->space.name);
    jw_member_text(&w, "name", call->name.path);
    jw_member_text(&w, "kind", "image");
    jw_end_object(&w);
    return call_reply_json(call, 201, &reply, err);
}

struct list_query {
    const char *next_page;
    const char *namespace_name;
    bool starred;
    bool with_public;
    bool last_modified;
    bool popularity;
    const char *kind;
};

static const struct field list_fields[] = {
    F_TEXT(struct list_query, next_page, "next_page", 0, .max = PAGE_TOKEN_MAX),
    F_TEXT(struct list_query, namespace_name, "namespace", 0, .max = NAMESPACE_MAX),
    F_BOOL(struct list_query, starred, "starred", 0),
    F_BOOL(struct list_query, with_public, "public", 0),
    F_BOOL(struct list_query, last_modified, "last_modified", 0),
    F_BOOL(struct list_query, popularity, "popularity", 0),
    F_TEXT(struct list_query, kind, "repo_kind", 0, .values = kinds),
};
static const struct schema list_schema = SCHEMA(struct list_query, list_fields);

static int load_page(struct call *call, const struct list_query *query, struct list *out,
                     struct err *err)
{
    struct repository_name last;
    struct str rest = str_of(page_token_read(call, query->next_page)), first;
    struct repository_filter filter = rights_list_filter(call);
    bool more = str_cut(&rest, '/', &first) && rest.ptr;
    filter.with_public = query->with_public;
    filter.starred = query->starred;
    filter.namespace_name = query->starred ? NULL : query->namespace_name;
    filter.details = true;
    if (more)
        last = (struct repository_name){NULL, arena_text(call->arena, first),
                                        arena_text(call->arena, rest)};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    return repository_list(tx, call->arena, &filter, more ? &last : NULL, PAGE + 1, out, err);
}

static void write_row(struct jw *w, const struct call *call, const struct list_query *query,
                      const struct repository *row)
{
    jw_begin_object(w);
    jw_member_text(w, "namespace", row->namespace_name);
    jw_member_text(w, "name", row->name);
    jw_member_text(w, "description", row->description);
    jw_member_bool(w, "is_public", row->is_public);
    jw_member_text(w, "kind", "image");
    jw_member_text(w, "state", repository_state_names[row->state]);
    if (query->last_modified) {
        jw_key(w, "last_modified");
        if (row->last_modified_ms)
            jw_int(w, row->last_modified_ms / 1000);
        else
            jw_null(w);
    }
    if (query->popularity)
        jw_member_int(w, "popularity", row->popularity);
    if (call->account.id)
        jw_member_bool(w, "is_starred", row->is_starred);
    quota_shown_write_repository(call, w, row->used_bytes, row->quota_bytes);
    jw_end_object(w);
}

static int repository_list_get(struct call *call, struct err *err)
{
    const struct list_query *query = call->query;
    struct list page = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (!query->namespace_name && !query->starred && !query->with_public)
        return err_set(err, ERR_INVALID, "namespace, starred or public is required");
    if (query->starred && !call->account.id)
        return err_set(err, ERR_INVALID, "starred: nobody is signed in");
    if (load_page(call, query, &page, err) != 0)
        return -1;
    const struct repository *rows = page.items;
    size_t shown = size_min(page.count, PAGE);
    jw_begin_object(&w);
    jw_key(&w, "repositories");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        write_row(&w, call, query, &rows[i]);
    jw_end_array(&w);
    if (page.count > shown) {
        const struct repository *end = &rows[shown - 1];
        const char *cursor = arena_printf(call->arena, "%s/%s", end->namespace_name, end->name);
        jw_member_text(&w, "next_page", page_token_make(call, cursor));
    }
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

#define LIST_PATH "/api/v1/repository"

static const struct route repository_list_routes[] = {
    {METHOD_POST, LIST_PATH, "createRepo", "Create a repository.", .auth = ROUTE_API,
     .errors = ERRORS_API, .body = &create_schema, .body_max = 4 * REPOSITORY_DESCRIPTION_MAX,
     .handler = repository_post},
    {METHOD_GET, LIST_PATH, "listRepos", "List the repositories the caller may see.",
     .auth = ROUTE_API, .errors = ERRORS_API, .query = &list_schema,
     .handler = repository_list_get},
};
const struct route_table api_repository_list_table = ROUTES(repository_list_routes);
