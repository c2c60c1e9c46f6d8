/* SPDX-License-Identifier: Apache-2.0 */
/* Rights on a repository: of users and robots, and of the organization's teams. */
#include "api.h"
#include "codec/jw.h"
#include "domain/grant.h"
#include "domain/grant_holder.h"
#include "people.h"
#include "view.h"

struct role_body {
    const char *role;
};

static const struct field role_fields[] = {
    F_TEXT(struct role_body, role, "role", FIELD_REQUIRED, .values = role_names),
};
static const struct schema role_schema = SCHEMA(struct role_body, role_fields);

static bool of_organization(const struct call *call)
{
    return call->space.kind == ACCOUNT_ORGANIZATION;
}

static void write_holder(struct jw *w, const struct grant_holder *holder, bool organization)
{
    jw_begin_object(w);
    jw_member_text(w, "role", role_name(holder->role));
    jw_member_text(w, "name", holder->name);
    if (holder->kind == 0) {
        view_avatar(w, "avatar", holder->name, NULL, "team");
    } else {
        bool robot = holder->kind == ACCOUNT_ROBOT;
        jw_member_bool(w, "is_robot", robot);
        view_avatar(w, "avatar", holder->name, holder->email, view_account_kind(holder->kind));
        if (organization)
            jw_member_bool(w, "is_org_member", holder->member || robot);
    }
    jw_end_object(w);
}

static int reply_holder(struct call *call, const struct grant_holder *holder, struct err *err)
{
    enum { BODY_MAX = 8192 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    write_holder(&w, holder, of_organization(call));
    return call_reply_json(call, 200, &body, err);
}

static int reply_holders(struct call *call, const struct list *list, struct err *err)
{
    const struct grant_holder *holders = list->items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "permissions");
    jw_begin_object(&w);
    for (size_t i = 0; i < list->count; i++) {
        jw_key(&w, holders[i].name);
        write_holder(&w, &holders[i], of_organization(call));
    }
    jw_end_object(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int users_get(struct call *call, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        grant_holder_list_accounts(tx, call->arena, call->repository.id, &list, err) != 0)
        return -1;
    return reply_holders(call, &list, err);
}

static int teams_get(struct call *call, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        grant_holder_list_teams(tx, call->arena, call->repository.id, &list, err) != 0)
        return -1;
    return reply_holders(call, &list, err);
}

/* What is asked for is not there: with Quay that is a bad request. */
static int check_found(int found, struct err *err)
{
    if (found == 0)
        return err_set(err, ERR_INVALID, "there is no such permission on this repository");
    return found < 0 ? -1 : 0;
}

/* The account that the path names, and its right. */
static int get_user_holder(struct call *call, struct db_tx *tx, struct account *who,
                           struct grant_holder *out, struct err *err)
{
    if (people_get(call, tx, call_value(call, "username"), who, err) != 0)
        return -1;
    return check_found(
        grant_holder_find_account(tx, call->arena, call->repository.id, who->id, out, err), err);
}

static int user_get(struct call *call, struct err *err)
{
    struct account who;
    struct grant_holder holder;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        get_user_holder(call, tx, &who, &holder, err) != 0)
        return -1;
    return reply_holder(call, &holder, err);
}

static int user_put(struct call *call, struct err *err)
{
    const struct role_body *body = call->body;
    struct account who;
    struct grant_holder holder;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        people_get(call, tx, call_value(call, "username"), &who, err) != 0)
        return -1;
    if (who.id == call->space.id)
        return err_set(err, ERR_INVALID, "Namespace owner must always be admin.");
    if (people_check_robot(call, &who, err) != 0 ||
        grant_put_account(tx, call->repository.id, who.id, role_parse(body->role), err) != 0 ||
        get_user_holder(call, tx, &who, &holder, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CHANGE_REPO_PERMISSION, "username", who.name, "repo",
                   call->repository.name, "namespace", call->space.name, "role", body->role,
                   NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_holder(call, &holder, err);
}

static int user_delete(struct call *call, struct err *err)
{
    struct account who;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        people_get(call, tx, call_value(call, "username"), &who, err) != 0 ||
        check_found(grant_delete_account(tx, call->repository.id, who.id, err), err) != 0 ||
        call_audit(call, tx, err, AUDIT_DELETE_REPO_PERMISSION, "username", who.name, "repo",
                   call->repository.name, "namespace", call->space.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static int reply_roles(struct call *call, const struct list *list, bool owner, struct err *err)
{
    const struct grant_reason *reasons = list->items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "permissions");
    jw_begin_array(&w);
    for (size_t i = 0; i < list->count + owner; i++) {
        bool all = i == list->count || reasons[i].team_role == TEAM_ADMIN;
        jw_begin_object(&w);
        jw_member_text(&w, "role", role_name(all ? ROLE_ADMIN : reasons[i].role));
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* All rights of somebody, also those through teams. */
static int user_transitive(struct call *call, struct err *err)
{
    struct account who;
    struct list reasons = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = people_find(call, tx, call_value(call, "username"), &who, err);
    if (found < 0 || (found && grant_list_reasons(tx, call->arena, who.id, call->repository.id,
                                                  call->space.id, &reasons, err) != 0))
        return -1;
    bool owner = found && who.id == call->space.id;
    if (reasons.count == 0 && !owner)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return reply_roles(call, &reasons, owner, err);
}

static int get_team(struct call *call, struct db_tx *tx, struct team *out, struct err *err)
{
    int found = team_find(tx, call->arena, call->space.id, call_value(call, "teamname"), out, err);
    if (found == 0)
        return err_set(err, ERR_INVALID, "%.200s has no team of this name", call->space.name);
    return found < 0 ? -1 : 0;
}

static int get_team_holder(struct call *call, struct db_tx *tx, struct team *team,
                           struct grant_holder *out, struct err *err)
{
    if (get_team(call, tx, team, err) != 0)
        return -1;
    return check_found(
        grant_holder_find_team(tx, call->arena, call->repository.id, team->id, out, err), err);
}

static int team_get(struct call *call, struct err *err)
{
    struct team team;
    struct grant_holder holder;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        get_team_holder(call, tx, &team, &holder, err) != 0)
        return -1;
    return reply_holder(call, &holder, err);
}

static int team_put(struct call *call, struct err *err)
{
    const struct role_body *body = call->body;
    struct team team;
    struct grant_holder holder;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || get_team(call, tx, &team, err) != 0 ||
        grant_put_team(tx, call->repository.id, team.id, role_parse(body->role), err) != 0 ||
        get_team_holder(call, tx, &team, &holder, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CHANGE_REPO_PERMISSION, "team", team.name, "repo",
                   call->repository.name, "role", body->role, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_holder(call, &holder, err);
}

static int team_delete_right(struct call *call, struct err *err)
{
    struct team team;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || get_team(call, tx, &team, err) != 0 ||
        check_found(grant_delete_team(tx, call->repository.id, team.id, err), err) != 0 ||
        call_audit(call, tx, err, AUDIT_DELETE_REPO_PERMISSION, "team", team.name, "repo",
                   call->repository.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route permission_routes[] = {
    {METHOD_GET, "/api/v1/repository/{repository+}/permissions/user/", "listRepoUserPermissions",
     "List the users and robots with rights on a repository.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = users_get},
    {METHOD_GET, "/api/v1/repository/{repository+}/permissions/user/{username}",
     "getUserPermissions", "Get the right of a user or robot.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = user_get},
    {METHOD_PUT, "/api/v1/repository/{repository+}/permissions/user/{username}",
     "changeUserPermissions", "Give a user or robot a right.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .body = &role_schema, .handler = user_put},
    {METHOD_DELETE, "/api/v1/repository/{repository+}/permissions/user/{username}",
     "deleteUserPermissions", "Take the right of a user or robot away.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .handler = user_delete},
    {METHOD_GET, "/api/v1/repository/{repository+}/permissions/user/{username}/transitive",
     "getUserTransitivePermission", "List all rights of a user, also those through teams.",
     .auth = ROUTE_API, .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = user_transitive},
    {METHOD_GET, "/api/v1/repository/{repository+}/permissions/team/", "listRepoTeamPermissions",
     "List the teams with rights on a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = teams_get},
    {METHOD_GET, "/api/v1/repository/{repository+}/permissions/team/{teamname}",
     "getTeamPermissions", "Get the right of a team.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = team_get},
    {METHOD_PUT, "/api/v1/repository/{repository+}/permissions/team/{teamname}",
     "changeTeamPermissions", "Give a team a right.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &role_schema, .handler = team_put},
    {METHOD_DELETE, "/api/v1/repository/{repository+}/permissions/team/{teamname}",
     "deleteTeamPermissions", "Take the right of a team away.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .handler = team_delete_right},
};
const struct route_table api_permission_table = ROUTES(permission_routes);
