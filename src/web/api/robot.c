/* SPDX-License-Identifier: Apache-2.0 */
/* The robot accounts of a user or an organization: the same handlers for both, on call->space.
 * Their tokens are shown to who administers them, and to nobody else. */
#include "api.h"
#include "auth/permission.h"
#include "auth/robot_login.h"
#include "codec/json.h"
#include "people.h"
#include "robot_call.h"
#include "view.h"
#include "web/rights.h"

enum { ROBOT_BODY_MAX = 1024 * 1024, ROBOT_REPLY_MAX = 2 * ROBOT_BODY_MAX };

struct robots_query {
    bool permissions;
    const char *token; /* NULL counts as true */
    int64_t limit;     /* 0: all */
};

static const char *const truths[] = {"true", "True", "1", "false", "False", "0", NULL};

static const struct field robots_fields[] = {
    F_BOOL(struct robots_query, permissions, "permissions", 0),
    F_TEXT(struct robots_query, token, "token", 0, .values = truths),
    F_INT(struct robots_query, limit, "limit", 0, .min = 1, .max = DB_WHOLE_MAX),
};
static const struct schema robots_schema = SCHEMA(struct robots_query, robots_fields);

struct robot_body {
    const char *description;
    struct json_t *metadata;
};

static const struct field robot_fields[] = {
    F_TEXT(struct robot_body, description, "description", FIELD_NULLABLE,
           .max = ROBOT_DESCRIPTION_MAX),
    F_JSON(struct robot_body, metadata, "unstructured_metadata", FIELD_NULLABLE),
};
static const struct schema robot_schema = SCHEMA(struct robot_body, robot_fields);

/* What a list shows of each. */
struct shown {
    bool token;
    bool permissions;
    struct people_links teams, repositories;
};

static const struct seal_key *key_of(const struct call *call)
{
    return &auth_secrets(call->service->auth)->store;
}

int robot_call_get(struct call *call, struct db_tx *tx, struct robot *out, struct err *err)
{
    const char *name = robot_name(call->arena, call->space.name,
                                  call_value(call, "robot_shortname"));
    int found = robot_find(tx, call->arena, name, out, err);
    if (found == 0 || (found > 0 && out->owner_id != call->space.id))
        return err_set(err, ERR_INVALID, "Could not find robot with username: %.200s", name);
    return found < 0 ? -1 : 0;
}

/* The members that every robot has; the object stays open. */
static void begin_robot(struct jw *w, const struct robot *robot)
{
    jw_begin_object(w);
    jw_member_text(w, "name", robot->name);
    view_date(w, "created", robot->created_ms);
    view_date(w, "last_accessed", robot->last_accessed_ms);
    jw_member_text(w, "description", robot->description);
}

static void write_robot(struct call *call, struct jw *w, const struct robot *robot,
                        struct shown *shown)
{
    begin_robot(w, robot);
    if (shown->token)
        jw_member_text(w, "token", robot_token(call->arena, key_of(call), robot));
    if (shown->permissions) {
        people_write_teams(w, "teams", &shown->teams, robot->name);
        people_write_names(w, "repositories", &shown->repositories, robot->name);
    }
    jw_end_object(w);
}

static int load_links(struct call *call, struct db_tx *tx, struct shown *shown, struct err *err)
{
    struct list teams = {0}, repositories = {0};
    if (!shown->permissions)
        return 0;
    if (robot_list_teams(tx, call->arena, call->space.id, &teams, err) != 0 ||
        robot_list_repositories(tx, call->arena, call->space.id, &repositories, err) != 0)
        return -1;
    shown->teams = people_links_of(&teams);
    shown->repositories = people_links_of(&repositories);
    return 0;
}

static int robots_get(struct call *call, struct err *err)
{
    const struct robots_query *query = call->query;
    bool admin = call->space_access & NAMESPACE_ADMIN || rights_full_access(call);
    bool token = !query->token || char_lower(query->token[0]) == 't' || query->token[0] == '1';
    struct shown shown = {.token = admin && token, .permissions = admin && query->permissions};
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        robot_list(tx, call->arena, call->space.id, NULL, query->limit, &list, err) != 0 ||
        load_links(call, tx, &shown, err) != 0)
        return -1;
    const struct robot *robots = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "robots");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_robot(call, &w, &robots[i], &shown);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* One robot with its token; its metadata unless the token was just renewed. */
static int reply_robot(struct call *call, int status, const struct robot *robot, bool metadata,
                       struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, ROBOT_REPLY_MAX);
    begin_robot(&w, robot);
    jw_member_text(&w, "token", robot_token(call->arena, key_of(call), robot));
    if (metadata) {
        jw_key(&w, "unstructured_metadata");
        jw_raw(&w, str_of(robot->metadata));
    }
    jw_end_object(&w);
    return call_reply_json(call, status, &body, err);
}

static int read_metadata(struct call *call, json_t *value, const char **out, struct err *err)
{
    if (!value)
        return 0;
    if (!json_is_object(value))
        return err_set(err, ERR_INVALID, "unstructured_metadata: must be an object");
    char *text = json_dumps(value, JSON_COMPACT);
    *out = arena_strdup(call->arena, text);
    free(text);
    return 0;
}

static int read_body(struct call *call, struct robot_new *out, struct err *err)
{
    struct robot_body body = {0};
    json_auto_t *document = NULL;
    if (str_trim(call->raw).len == 0)
        return 0;
    if (json_parse(call->raw, ROBOT_BODY_MAX, &document, err) != 0 ||
        json_decode(call->arena, &robot_schema, document, &body, err) != 0 ||
        read_metadata(call, body.metadata, &out->metadata, err) != 0)
        return -1;
    out->description = body.description;
    return 0;
}

static int robot_put(struct call *call, struct err *err)
{
    struct robot_new in = {.owner = &call->space,
                           .short_name = call_value(call, "robot_shortname")};
    struct robot made;
    const char *name = robot_name(call->arena, call->space.name, in.short_name);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!robot_login_allowed(auth_rules(call->service->auth), name))
        return err_set(err, ERR_INVALID,
                       "Robot accounts have been disabled. Please contact your "
                       "administrator.");
    if (read_body(call, &in, err) != 0 || call_begin_write(call, &tx, err) != 0 ||
        robot_create(tx, call->arena, key_of(call), &in, call->now_ms, &made, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CREATE_ROBOT, "robot", in.short_name, "description",
                   made.description, "unstructured_metadata", made.metadata, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_robot(call, 201, &made, true, err);
}

static int robot_get(struct call *call, struct err *err)
{
    struct robot robot;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        robot_call_get(call, tx, &robot, err) != 0)
        return -1;
    return reply_robot(call, 200, &robot, true, err);
}

static int robot_remove(struct call *call, struct err *err)
{
    struct robot robot;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || robot_call_get(call, tx, &robot, err) != 0 ||
        robot_delete(tx, robot.id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_DELETE_ROBOT, "robot", call_value(call, "robot_shortname"),
                   NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static int robot_regenerate(struct call *call, struct err *err)
{
    struct robot robot;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || robot_call_get(call, tx, &robot, err) != 0 ||
        robot_renew_token(tx, call->arena, key_of(call), &robot, err) != 0 ||
        call_audit(call, tx, err, AUDIT_REGENERATE_ROBOT_TOKEN, "robot",
                   call_value(call, "robot_shortname"), NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_robot(call, 200, &robot, false, err);
}

static int robot_permissions(struct call *call, struct err *err)
{
    struct robot robot;
    struct list rights = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        robot_call_get(call, tx, &robot, err) != 0 ||
        robot_list_rights(tx, call->arena, robot.id, &rights, err) != 0)
        return -1;
    return people_reply_rights(call, &rights, err);
}

static const struct route robot_routes[] = {
    {METHOD_GET, "/api/v1/user/robots", "getUserRobots", "List the user's robot accounts.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .query = &robots_schema,
     .handler = robots_get},
    {METHOD_PUT, "/api/v1/user/robots/{robot_shortname}", "createUserRobot",
     "Create a robot account of the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_UNRESTRICTED, .raw_max = ROBOT_BODY_MAX,
     .handler = robot_put},
    {METHOD_GET, "/api/v1/user/robots/{robot_shortname}", "getUserRobot",
     "Get a robot account of the user with its token.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .handler = robot_get},
    {METHOD_DELETE, "/api/v1/user/robots/{robot_shortname}", "deleteUserRobot",
     "Delete a robot account of the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_UNRESTRICTED, .handler = robot_remove},
    {METHOD_POST, "/api/v1/user/robots/{robot_shortname}/regenerate", "regenerateUserRobotToken",
     "Give a robot account of the user a new token.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_UNRESTRICTED, .handler = robot_regenerate},
    {METHOD_GET, "/api/v1/user/robots/{robot_shortname}/permissions", "getUserRobotPermissions",
     "List what a robot account of the user has rights on.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .handler = robot_permissions},
    {METHOD_GET, "/api/v1/organization/{orgname}/robots", "getOrgRobots",
     "List the robot accounts of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_MEMBER, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .query = &robots_schema, .handler = robots_get},
    {METHOD_PUT, "/api/v1/organization/{orgname}/robots/{robot_shortname}", "createOrgRobot",
     "Create a robot account of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .raw_max = ROBOT_BODY_MAX,
     .handler = robot_put},
    {METHOD_GET, "/api/v1/organization/{orgname}/robots/{robot_shortname}", "getOrgRobot",
     "Get a robot account of an organization with its token.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = robot_get},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/robots/{robot_shortname}", "deleteOrgRobot",
     "Delete a robot account of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .handler = robot_remove},
    {METHOD_POST, "/api/v1/organization/{orgname}/robots/{robot_shortname}/regenerate",
     "regenerateOrgRobotToken", "Give a robot account of an organization a new token.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = robot_regenerate},
    {METHOD_GET, "/api/v1/organization/{orgname}/robots/{robot_shortname}/permissions",
     "getOrgRobotPermissions", "List what a robot account of an organization has rights on.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = robot_permissions},
};
const struct route_table api_robot_table = ROUTES(robot_routes);
