/* SPDX-License-Identifier: Apache-2.0 */
/* One repository: showing it, changing it, deleting it. */
#include "domain/repository.h"
#include "api.h"
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/activity.h"
#include "domain/plan.h"
#include "tag_view.h"
#include "web/rights.h"

struct get_query {
    bool stats;
    bool tags;
    bool has_tags;
};

static const struct field get_fields[] = {
    F_BOOL(struct get_query, stats, "includeStats", 0),
    F_BOOL(struct get_query, tags, "includeTags", 0, .seen = offsetof(struct get_query, has_tags)),
};
static const struct schema get_schema = SCHEMA(struct get_query, get_fields);

struct page {
    struct repository_detail detail;
    struct list tags;  /* struct tag_entry */
    struct list stats; /* struct activity_day */
};

static int load(struct call *call, const struct get_query *query, struct page *out, struct err *err)
{
    int64_t id = call->repository.id, window_ms = call->service->manifests.window_ms;
    struct tag_filter filter = {.live = true, .limit = TAG_VIEW_MAP_MAX};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        repository_get_detail(tx, call->arena, id, call->account.id, window_ms, &out->detail,
                              err) != 0)
        return -1;
    bool tags = query->tags || !query->has_tags;
    if (tags && tag_history(tx, call->arena, id, &filter, call->now_ms, &out->tags, err) != 0)
        return -1;
    if (query->stats && activity_list(tx, call->arena, id, call->now_ms, &out->stats, err) != 0)
        return -1;
    return 0;
}

/* Every day has its entry. */
static void write_stats(struct jw *w, const struct list *stats, int64_t now_ms)
{
    const struct activity_day *days = stats->items;
    int64_t today = activity_day_of(now_ms);
    size_t at = 0;
    jw_key(w, "stats");
    jw_begin_array(w);
    for (int64_t day = today - ACTIVITY_DAYS + 1; day <= today; day++) {
        char date[CLOCK_RFC3339_SIZE];
        while (at < stats->count && days[at].day < day)
            at++;
        bool known = at < stats->count && days[at].day == day;
        clock_format_rfc3339(activity_day_ms(day), date);
        jw_begin_object(w);
        jw_key(w, "date");
        jw_slice(w, (struct str){date, strlen("YYYY-MM-DD")});
        jw_member_int(w, "count", known ? days[at].actions : 0);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void write_tags(struct jw *w, const struct list *tags)
{
    const struct tag_entry *rows = tags->items;
    jw_key(w, "tags");
    jw_begin_object(w);
    for (size_t i = 0; i < tags->count; i++) {
        jw_key(w, rows[i].name);
        tag_view_short(w, &rows[i]);
    }
    jw_end_object(w);
}

static int repository_get(struct call *call, struct err *err)
{
    const struct get_query *query = call->query;
    const struct repository *repository = &call->repository;
    struct page page = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (load(call, query, &page, err) != 0)
        return -1;
    bool all = rights_full_access(call);
    jw_begin_object(&w);
    jw_member_text(&w, "namespace", repository->namespace_name);
    jw_member_text(&w, "name", repository->name);
    jw_member_text(&w, "kind", "image");
    jw_member_text(&w, "description", page.detail.description);
    jw_member_bool(&w, "is_public", repository->is_public);
    jw_member_bool(&w, "is_organization", call->space.kind == ACCOUNT_ORGANIZATION);
    jw_member_bool(&w, "is_starred", page.detail.is_starred);
    jw_member_text(&w, "status_token", "");
    jw_member_bool(&w, "trust_enabled", false);
    jw_member_int(&w, "tag_expiration_s", page.detail.tag_expiration_ms / 1000);
    jw_member_bool(&w, "is_free_account", true);
    jw_member_text(&w, "state", repository_state_names[repository->state]);
    jw_member_bool(&w, "can_write", all || call->access & ACCESS_WRITE);
    jw_member_bool(&w, "can_admin", all || call->access & ACCESS_ADMIN);
    if (query->tags || !query->has_tags)
        write_tags(&w, &page.tags);
    if (query->stats)
        write_stats(&w, &page.stats, call->now_ms);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* ---- changes ---- */

static int reply_success(struct call *call)
{
    reply_bytes(call->reply, 200, "application/json", STR("{\"success\": true}"));
    return 0;
}

struct update_body {
    const char *description;
};

static const struct field update_fields[] = {
    F_TEXT(struct update_body, description, "description", FIELD_REQUIRED,
           .max = REPOSITORY_DESCRIPTION_MAX),
};
static const struct schema update_schema = SCHEMA(struct update_body, update_fields);

static int repository_put(struct call *call, struct err *err)
{
    const struct update_body *body = call->body;
    const char *audited = arena_text(
        call->arena, str_clip(str_of(body->description), REPOSITORY_DESCRIPTION_AUDITED_MAX));
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        repository_set_description(tx, call->repository.id, body->description, err) != 0 ||
        call_audit(call, tx, err, AUDIT_SET_REPO_DESCRIPTION, "repo", call->repository.name,
                   "namespace", call->space.name, "description", audited, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_success(call);
}

static int repository_remove(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        repository_delete(tx, call->repository.id, call->now_ms, err) != 0 ||
        call_audit(call, tx, err, AUDIT_DELETE_REPO, "repo", call->repository.name, "namespace",
                   call->space.name, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static const char *const visibilities[] = {"public", "private", NULL};

struct visibility_body {
    const char *visibility;
};

static const struct field visibility_fields[] = {
    F_TEXT(struct visibility_body, visibility, "visibility", FIELD_REQUIRED,
           .values = visibilities),
};
static const struct schema visibility_schema = SCHEMA(struct visibility_body, visibility_fields);

static int set_visibility(struct call *call, struct db_tx *tx, const char *visibility,
                          struct err *err)
{
    bool is_public = strcmp(visibility, "public") == 0;
    if (!is_public && call->repository.is_public &&
        plan_check_private(tx, call->space.id, call->rules->private_max, err) != 0)
        return -1;
    if (repository_set_public(tx, call->repository.id, is_public, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_CHANGE_REPO_VISIBILITY, "repo", call->repository.name,
                      "namespace", call->space.name, "visibility", visibility, NULL);
}

static int visibility_post(struct call *call, struct err *err)
{
    const struct visibility_body *body = call->body;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        set_visibility(call, tx, body->visibility, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return reply_success(call);
}

struct state_body {
    const char *state;
};

static const struct field state_fields[] = {
    F_TEXT(struct state_body, state, "state", FIELD_REQUIRED, .values = repository_state_names),
};
static const struct schema state_schema = SCHEMA(struct state_body, state_fields);

static int state_put(struct call *call, struct err *err)
{
    const struct state_body *body = call->body;
    int state = 0;
    while (strcmp(repository_state_names[state], body->state) != 0)
        state++; /* the schema lets no other in */
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        repository_set_state(tx, call->repository.id, (enum repository_state)state, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CHANGE_REPO_STATE, "repo", call->repository.name,
                   "namespace", call->space.name, "state_changed", body->state, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_success(call);
}

#define REPOSITORY_PATH "/api/v1/repository/{repository+}"

static const struct route repository_routes[] = {
    {METHOD_GET, REPOSITORY_PATH, "getRepo", "Show a repository.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .query = &get_schema,
     .handler = repository_get},
    {METHOD_PUT, REPOSITORY_PATH, "updateRepo", "Describe a repository.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_WRITE,
     .flags = ROUTE_FULL_ACCESS, .body = &update_schema, .body_max = 4 * REPOSITORY_DESCRIPTION_MAX,
     .handler = repository_put},
    {METHOD_DELETE, REPOSITORY_PATH, "deleteRepository", "Delete a repository.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .handler = repository_remove},
    {METHOD_POST, REPOSITORY_PATH "/changevisibility", "changeRepoVisibility",
     "Make a repository public or private.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &visibility_schema, .handler = visibility_post},
    {METHOD_PUT, REPOSITORY_PATH "/changestate", "changeRepoState",
     "Make a repository read-only, or a mirror, or normal again.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .body = &state_schema, .handler = state_put},
};
const struct route_table api_repository_table = ROUTES(repository_routes);
