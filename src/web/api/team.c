/* SPDX-License-Identifier: Apache-2.0 */
/* The teams of an organization: making, changing and deleting them, and what rights they have. */
#include "api.h"
#include "codec/jw.h"
#include "people.h"
#include "team_call.h"
#include "view.h"

struct team_body {
    const char *role;
    const char *description; /* NULL: stays as it is */
};

static const struct field team_fields[] = {
    F_TEXT(struct team_body, role, "role", FIELD_REQUIRED, .values = role_team_names),
    F_TEXT(struct team_body, description, "description", FIELD_NULLABLE,
           .max = TEAM_DESCRIPTION_MAX),
};
static const struct schema team_schema = SCHEMA(struct team_body, team_fields);

static int create(struct call *call, struct db_tx *tx, const struct team_body *body,
                  struct err *err)
{
    struct team team = {
        .organization_id = call->space.id,
        .name = call_value(call, "teamname"),
        .role = role_team_parse(body->role),
        .description = body->description,
    };
    if (team_create(tx, &team, err) < 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_ORG_CREATE_TEAM, "team", team.name, NULL);
}

static int change(struct call *call, struct db_tx *tx, struct team *team,
                  const struct team_body *body, struct err *err)
{
    int64_t role = role_team_parse(body->role);
    bool new_role = role != team->role;
    bool new_text = body->description && strcmp(body->description, team->description) != 0;
    team->role = role;
    team->description = new_text ? body->description : team->description;
    if (team_change(tx, team, err) != 0 ||
        team_check_admin_left(tx, team->organization_id, err) != 0)
        return -1;
    if (new_text && call_audit(call, tx, err, AUDIT_ORG_SET_TEAM_DESCRIPTION, "team", team->name,
                               "description", team->description, NULL) != 0)
        return -1;
    return new_role ? call_audit(call, tx, err, AUDIT_ORG_SET_TEAM_ROLE, "team", team->name, "role",
                                 body->role, NULL)
                    : 0;
}

static int team_put(struct call *call, struct err *err)
{
    enum { BODY_MAX = 4096 };
    const struct team_body *body = call->body;
    const char *name = call_value(call, "teamname");
    struct team team;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = team_call_find(call, tx, &team, err);
    if (found < 0 ||
        (found ? change(call, tx, &team, body, err) : create(call, tx, body, err)) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    _cleanup_buf_ struct buf reply;
    struct jw w = {.buf = &reply};
    buf_init(&reply, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "name", name);
    jw_member_bool(&w, "can_view", true);
    jw_member_text(&w, "role", body->role);
    view_avatar(&w, "avatar", name, NULL, "team");
    jw_member_bool(&w, "new_team", !found);
    jw_end_object(&w);
    return call_reply_json(call, 200, &reply, err);
}

static int team_remove(struct call *call, struct err *err)
{
    struct team team;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = team_call_find(call, tx, &team, err);
    if (found == 0)
        return err_set(err, ERR_INVALID, "the organization has no team of this name");
    if (found < 0 || team_delete(tx, team.id, err) != 0 ||
        team_check_admin_left(tx, team.organization_id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_DELETE_TEAM, "team", team.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static int team_permissions(struct call *call, struct err *err)
{
    struct team team;
    struct list rights = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        team_call_get(call, tx, &team, err) != 0 ||
        team_list_rights(tx, call->arena, team.id, &rights, err) != 0)
        return -1;
    return people_reply_rights(call, &rights, err);
}

static const struct route team_routes[] = {
    {METHOD_PUT, "/api/v1/organization/{orgname}/team/{teamname}", "updateOrganizationTeam",
     "Create a team, or change its role and description.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .body = &team_schema,
     .handler = team_put},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/team/{teamname}", "deleteOrganizationTeam",
     "Delete a team.", .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .handler = team_remove},
    {METHOD_GET, "/api/v1/organization/{orgname}/team/{teamname}/permissions",
     "getOrganizationTeamPermissions", "List the repositories a team has rights on.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = team_permissions},
};
const struct route_table api_team_table = ROUTES(team_routes);
