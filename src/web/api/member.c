/* SPDX-License-Identifier: Apache-2.0 */
/* The people of an organization: members with their teams, and collaborators without any. */
#include "api.h"
#include "codec/jw.h"
#include "people.h"
#include "view.h"

static void begin_person(struct jw *w, const struct member_link *who)
{
    jw_begin_object(w);
    jw_member_text(w, "name", who->account);
    jw_member_text(w, "kind", who->kind == ACCOUNT_ROBOT ? "robot" : "user");
    view_avatar(w, "avatar", who->account, who->email, view_account_kind(who->kind));
}

/* The account of the links that come next, or NULL behind the last. */
static const struct member_link *peek(const struct people_links *links)
{
    return links->at < links->count ? &links->items[links->at] : NULL;
}

static int members_get(struct call *call, struct err *err)
{
    struct list team_list = {0}, repository_list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        member_list_teams(tx, call->arena, call->space.id, 0, &team_list, err) != 0 ||
        member_list_repositories(tx, call->arena, call->space.id, 0, &repository_list, err) != 0)
        return -1;
    struct people_links teams = people_links_of(&team_list);
    struct people_links repositories = people_links_of(&repository_list);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "members");
    jw_begin_array(&w);
    for (const struct member_link *who; (who = peek(&teams)) != NULL;) {
        begin_person(&w, who);
        people_write_teams(&w, "teams", &teams, who->account);
        people_write_names(&w, "repositories", &repositories, who->account);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int collaborators_get(struct call *call, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        member_list_collaborators(tx, call->arena, call->space.id, &list, err) != 0)
        return -1;
    struct people_links repositories = people_links_of(&list);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "collaborators");
    jw_begin_array(&w);
    for (const struct member_link *who; (who = peek(&repositories)) != NULL;) {
        begin_person(&w, who);
        people_write_names(&w, "repositories", &repositories, who->account);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* The account that the path names: 1 a member or with rights in the organization, 0 not, -1. */
static int find_member(struct call *call, struct db_tx *tx, struct account *who, struct list *teams,
                       struct list *repositories, struct err *err)
{
    int found = people_find(call, tx, call_value(call, "membername"), who, err);
    if (found <= 0)
        return found;
    if (member_list_teams(tx, call->arena, call->space.id, who->id, teams, err) != 0 ||
        member_list_repositories(tx, call->arena, call->space.id, who->id, repositories, err) != 0)
        return -1;
    return teams->count > 0;
}

static int member_get(struct call *call, struct err *err)
{
    struct account who;
    struct list team_list = {0}, repository_list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = find_member(call, tx, &who, &team_list, &repository_list, err);
    if (found <= 0)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "Not Found");
    struct people_links teams = people_links_of(&team_list);
    struct people_links repositories = people_links_of(&repository_list);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    begin_person(&w, teams.items);
    people_write_teams(&w, "teams", &teams, who.name);
    people_write_names(&w, "repositories", &repositories, who.name);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int member_delete(struct call *call, struct err *err)
{
    struct account who;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = people_find(call, tx, call_value(call, "membername"), &who, err);
    int removed = found > 0 ? member_remove(tx, call->space.id, who.id, err) : found;
    if (removed == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    if (removed < 0 || team_check_admin_left(tx, call->space.id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_REMOVE_TEAM_MEMBER, "member", who.name, "team", NULL,
                   NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route member_routes[] = {
    {METHOD_GET, "/api/v1/organization/{orgname}/members", "getOrganizationMembers",
     "List the members of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .handler = members_get},
    {METHOD_GET, "/api/v1/organization/{orgname}/members/{membername}", "getOrganizationMember",
     "Get a member of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .handler = member_get},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/members/{membername}",
     "removeOrganizationMember", "Remove somebody from all teams and repositories.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = member_delete},
    {METHOD_GET, "/api/v1/organization/{orgname}/collaborators", "getOrganizationCollaborators",
     "List users with rights on repositories who are no members.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = collaborators_get},
};
const struct route_table api_member_table = ROUTES(member_routes);
