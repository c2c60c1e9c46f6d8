/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things by name: all kinds at once, or repositories page by page. */
#include "domain/search.h"
#include "api.h"
#include "codec/jw.h"
#include "domain/repository.h"
#include "view.h"
#include "web/rights.h"

enum { QUERY_MAX = 255, ALL_REPOSITORIES = 10 };

/* How well something fits; what fits best comes first. */
enum score { SCORE_PART = 1, SCORE_PREFIX = 2, SCORE_WHOLE = 3 };

struct all_query {
    const char *text;
};

static const struct field all_fields[] = {
    F_TEXT(struct all_query, text, "query", FIELD_NULLABLE, .max = QUERY_MAX),
};
static const struct schema all_schema = SCHEMA(struct all_query, all_fields);

struct repository_query {
    const char *text;
    int64_t page;
    bool usage;
};

static const struct field repository_fields[] = {
    F_TEXT(struct repository_query, text, "query", FIELD_NULLABLE, .max = QUERY_MAX),
    F_INT(struct repository_query, page, "page", 0, .min = 1, .max = 1000000),
    F_BOOL(struct repository_query, usage, "includeUsage", 0),
};
static const struct schema repository_schema = SCHEMA(struct repository_query, repository_fields);

static const char *kind_name(int64_t kind)
{
    return kind == ACCOUNT_ORGANIZATION ? "organization" : kind == ACCOUNT_ROBOT ? "robot" : "user";
}

/* A user or an organization, with the members that follow a key or stand in an array. */
static void write_namespace(struct jw *w, struct arena *arena, const char *name, const char *email,
                            int64_t kind, int64_t score)
{
    jw_begin_object(w);
    jw_member_text(w, "title", kind == ACCOUNT_ORGANIZATION ? "org" : "user");
    jw_member_text(w, "kind", kind_name(kind));
    view_avatar(w, "avatar", name, email, view_account_kind(kind));
    jw_member_text(w, "name", name);
    jw_member_int(w, "score", score);
    jw_member_text(w, "href", arena_printf(arena, "/%s/%s", kind_name(kind), name));
    jw_end_object(w);
}

static void write_robot(struct jw *w, struct arena *arena, const struct search_entity *robot,
                        int64_t score)
{
    bool organization = robot->owner_kind == ACCOUNT_ORGANIZATION;
    const char *plus = strchr(robot->name, '+');
    jw_begin_object(w);
    jw_member_text(w, "title", "robot");
    jw_member_text(w, "kind", "robot");
    jw_member_text(w, "avatar", NULL);
    jw_member_text(w, "name", robot->name);
    jw_member_text(w, "short_name", plus ? plus + 1 : robot->name);
    jw_member_int(w, "score", score);
    jw_member_text(w, "href",
                   arena_printf(arena, "/%s/%s?tab=robots&showRobot=%s",
                                organization ? "organization" : "user", robot->owner, robot->name));
    jw_end_object(w);
}

static void write_team(struct jw *w, struct arena *arena, const struct search_entity *team,
                       int64_t score)
{
    jw_begin_object(w);
    jw_member_text(w, "kind", "team");
    jw_member_text(w, "name", team->name);
    jw_key(w, "organization");
    write_namespace(w, arena, team->owner, team->email, ACCOUNT_ORGANIZATION, score);
    view_avatar(w, "avatar", team->name, NULL, "team");
    jw_member_int(w, "score", score);
    jw_member_text(w, "href",
                   arena_printf(arena, "/organization/%s/teams/%s", team->owner, team->name));
    jw_end_object(w);
}

static void write_entity(struct jw *w, struct arena *arena, const struct search_entity *entity,
                         int64_t score)
{
    if (entity->kind == 0)
        write_team(w, arena, entity, score);
    else if (entity->kind == ACCOUNT_ROBOT)
        write_robot(w, arena, entity, score);
    else
        write_namespace(w, arena, entity->name, entity->email, entity->kind, score);
}

static void write_repository(struct jw *w, struct arena *arena, const struct repository *row,
                             bool usage)
{
    jw_begin_object(w);
    jw_member_text(w, "kind", "repository");
    jw_member_text(w, "title", "repo");
    jw_key(w, "namespace");
    write_namespace(w, arena, row->namespace_name, NULL, row->namespace_kind, row->score);
    jw_member_text(w, "name", row->name);
    jw_member_text(w, "description", row->description);
    jw_member_bool(w, "is_public", row->is_public);
    jw_member_int(w, "score", row->score);
    jw_member_text(w, "href",
                   arena_printf(arena, "/repository/%s/%s", row->namespace_name, row->name));
    if (usage) {
        jw_key(w, "last_modified");
        if (row->last_modified_ms)
            jw_int(w, row->last_modified_ms / 1000);
        else
            jw_null(w);
        jw_member_int(w, "stars", row->stars);
        jw_member_int(w, "popularity", row->popularity);
    }
    jw_end_object(w);
}

static int load_repositories(struct call *call, struct db_tx *tx, const char *text, int64_t skip,
                             int64_t limit, struct list *out, struct err *err)
{
    struct repository_filter filter = rights_list_filter(call);
    filter.with_public = true;
    filter.details = true;
    return repository_search(tx, call->arena, &filter, text, skip, limit, out, err);
}

static int64_t score_of(const struct search_entity *entity, const char *text)
{
    const char *plus = strchr(entity->name, '+');
    return strcmp(plus ? plus + 1 : entity->name, text) == 0 ? SCORE_WHOLE : SCORE_PREFIX;
}

struct results {
    struct list repositories, entities;
    const char *text;
};

/* Those with that score: the kinds mixed, in the order in which they were found. */
static void write_scored(struct jw *w, struct arena *arena, const struct results *results,
                         int64_t score)
{
    const struct search_entity *entities = results->entities.items;
    const struct repository *rows = results->repositories.items;
    for (size_t i = 0; i < results->entities.count; i++) {
        if (score_of(&entities[i], results->text) == score)
            write_entity(w, arena, &entities[i], score);
    }
    for (size_t i = 0; i < results->repositories.count; i++) {
        if (rows[i].score == score)
            write_repository(w, arena, &rows[i], false);
    }
}

/* Names are small letters. */
static const char *lower(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text ? text : "");
    for (char *c = out; *c; c++)
        *c = char_lower(*c);
    return out;
}

static int find_all(struct call *call, struct results *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!out->text[0])
        return 0;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        search_entities(tx, call->arena, call->account.id, out->text, &out->entities, err) != 0)
        return -1;
    return load_repositories(call, tx, out->text, 0, ALL_REPOSITORIES, &out->repositories, err);
}

static int all_get(struct call *call, struct err *err)
{
    const struct all_query *query = call->query;
    struct results results = {.text = lower(call->arena, query->text)};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (find_all(call, &results, err) != 0)
        return -1;
    jw_begin_object(&w);
    jw_key(&w, "results");
    jw_begin_array(&w);
    for (int64_t score = SCORE_WHOLE; score >= SCORE_PART; score--)
        write_scored(&w, call->arena, &results, score);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int find_page(struct call *call, const char *text, int64_t page, struct list *out,
                     struct err *err)
{
    int64_t size = call->rules->search_page;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    return load_repositories(call, tx, lower(call->arena, text), (page - 1) * size, size + 1, out,
                             err);
}

static int repositories_get(struct call *call, struct err *err)
{
    const struct repository_query *query = call->query;
    int64_t size = call->rules->search_page, last = call->rules->search_pages_max;
    int64_t page = query->page < 1 ? 1 : query->page > last ? last : query->page;
    struct list found = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (find_page(call, query->text, page, &found, err) != 0)
        return -1;
    const struct repository *rows = found.items;
    size_t shown = size_min(found.count, (size_t)size);
    jw_begin_object(&w);
    jw_key(&w, "results");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        write_repository(&w, call->arena, &rows[i], query->usage);
    jw_end_array(&w);
    jw_member_bool(&w, "has_additional", found.count > shown && page < last);
    jw_member_int(&w, "page", page);
    jw_member_int(&w, "page_size", size);
    jw_member_int(&w, "start_index", (page - 1) * size);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route search_routes[] = {
    {METHOD_GET, "/api/v1/find/all", "conductSearch", "Find users, teams, robots, repositories.",
     .auth = ROUTE_API, .errors = ERRORS_API, .query = &all_schema, .handler = all_get},
    {METHOD_GET, "/api/v1/find/repositories", "conductRepoSearch", "Find repositories.",
     .auth = ROUTE_API, .errors = ERRORS_API, .query = &repository_schema,
     .handler = repositories_get},
};
const struct route_table api_search_table = ROUTES(search_routes);
