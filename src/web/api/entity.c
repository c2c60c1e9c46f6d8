/* SPDX-License-Identifier: Apache-2.0 */
/* Finding users, robots, teams and organizations by the beginning of their names, for fields of web
 * pages that complete what is typed. Teams and robots are found by who belongs to them. */
#include "domain/entity.h"
#include "api.h"
#include "auth/permission.h"
#include "codec/jw.h"
#include "people.h"
#include "view.h"
#include "web/rights.h"

struct entity_query {
    const char *namespace_name;
    bool teams;
    bool organizations;
};

static const struct field entity_fields[] = {
    F_TEXT(struct entity_query, namespace_name, "namespace", 0, .max = ACCOUNT_NAME_MAX),
    F_BOOL(struct entity_query, teams, "includeTeams", 0),
    F_BOOL(struct entity_query, organizations, "includeOrgs", 0),
};
static const struct schema entity_schema = SCHEMA(struct entity_query, entity_fields);

/* What was found, and what the caller is in the namespace. */
struct found {
    struct account space; /* id 0: none was given, or it is nothing to the caller */
    unsigned access;      /* namespace_bit there */
    struct list teams;
    struct list accounts;
};

static int load_space(struct call *call, struct db_tx *tx, struct found *found, struct err *err)
{
    const struct entity_query *query = call->query;
    if (!query->namespace_name || !query->namespace_name[0])
        return 0;
    int known = account_find_by_name(tx, call->arena, query->namespace_name, &found->space, err);
    if (known < 0)
        return -1;
    if (known == 0 ||
        permission_on_namespace(tx, call->identity, found->space.id, &found->access, err) != 0)
        return known == 0 ? 0 : -1;
    if (rights_full_access(call))
        found->access = NAMESPACE_ALL;
    return 0;
}

static int search(struct call *call, struct db_tx *tx, struct found *found, struct err *err)
{
    const struct entity_query *query = call->query;
    bool organization = found->space.kind == ACCOUNT_ORGANIZATION;
    bool member = found->access & NAMESPACE_MEMBER;
    struct entity_search what = {
        .prefix = call_value(call, "prefix"),
        .exact = !call->rules->partial_autocomplete,
        .robots_of = member ? found->space.name : NULL,
        .organization_id = organization && member ? found->space.id : 0,
    };
    if (what.organization_id && query->teams &&
        entity_find_teams(tx, call->arena, &what, &found->teams, err) != 0)
        return -1;
    return entity_find_accounts(tx, call->arena, &what, &found->accounts, err);
}

static void write_team(struct jw *w, const struct entity *team)
{
    jw_begin_object(w);
    jw_member_text(w, "name", team->name);
    jw_member_text(w, "kind", "team");
    jw_member_bool(w, "is_org_member", true);
    view_avatar(w, "avatar", team->name, NULL, "team");
    jw_end_object(w);
}

static void write_account(struct jw *w, const struct entity *who, bool organization)
{
    bool robot = who->kind == ACCOUNT_ROBOT;
    jw_begin_object(w);
    jw_member_text(w, "name", who->name);
    jw_member_text(w, "kind", "user");
    jw_member_bool(w, "is_robot", robot);
    if (organization)
        jw_member_bool(w, "is_org_member", robot || who->member);
    view_avatar(w, "avatar", who->name, who->email, view_account_kind(who->kind));
    jw_end_object(w);
}

static void write_organization(struct jw *w, const struct account *space)
{
    jw_begin_object(w);
    jw_member_text(w, "name", space->name);
    jw_member_text(w, "kind", "org");
    jw_member_bool(w, "is_org_member", true);
    view_avatar(w, "avatar", space->name, space->email, "org");
    jw_end_object(w);
}

static bool shows_organization(const struct call *call, const struct found *found)
{
    const struct entity_query *query = call->query;
    return query->organizations && found->space.kind == ACCOUNT_ORGANIZATION &&
           found->access & NAMESPACE_ADMIN &&
           str_starts(str_of(found->space.name), str_of(call_value(call, "prefix")));
}

static int reply(struct call *call, const struct found *found, struct err *err)
{
    enum { BODY_MAX = 64 * 1024 };
    const struct entity *teams = found->teams.items, *accounts = found->accounts.items;
    bool organization = found->space.kind == ACCOUNT_ORGANIZATION;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "results");
    jw_begin_array(&w);
    for (size_t i = 0; i < found->teams.count; i++)
        write_team(&w, &teams[i]);
    for (size_t i = 0; i < found->accounts.count; i++)
        write_account(&w, &accounts[i], organization);
    if (shows_organization(call, found))
        write_organization(&w, &found->space);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int entities_get(struct call *call, struct err *err)
{
    struct found found = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        load_space(call, tx, &found, err) != 0 || search(call, tx, &found, err) != 0)
        return -1;
    return reply(call, &found, err);
}

static const struct route entity_routes[] = {
    {METHOD_GET, "/api/v1/entities/{prefix}", "getMatchingEntities",
     "Find users, robots and teams by the beginning of their names.", .auth = ROUTE_API,
     .errors = ERRORS_API, .query = &entity_schema, .handler = entities_get},
};
const struct route_table api_entity_table = ROUTES(entity_routes);
