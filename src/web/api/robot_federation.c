/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign identities that may ask for a token of a robot account. The body and the reply are a bare
 * array, as with Quay. */
#include "api.h"
#include "codec/json.h"
#include "codec/jw.h"
#include "people.h"
#include "robot_call.h"

enum { FEDERATION_BODY_MAX = 64 * 1024, FEDERATION_REPLY_MAX = 2 * FEDERATION_BODY_MAX };

static const struct field identity_fields[] = {
    F_TEXT(struct robot_identity, issuer, "issuer", FIELD_REQUIRED, .max = 255),
    F_TEXT(struct robot_identity, subject, "subject", FIELD_REQUIRED, .max = 255),
};
static const struct schema identity_schema = SCHEMA(struct robot_identity, identity_fields);

static void write_identities(struct jw *w, const struct list *list)
{
    const struct robot_identity *all = list->items;
    jw_begin_array(w);
    for (size_t i = 0; i < list->count; i++)
        jw_encode(w, &identity_schema, &all[i]);
    jw_end_array(w);
}

static int reply_identities(struct call *call, const struct list *list, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, FEDERATION_REPLY_MAX);
    write_identities(&w, list);
    return call_reply_json(call, 200, &body, err);
}

static int decode_one(struct call *call, const json_t *item, size_t at, struct robot_identity *out,
                      struct err *err)
{
    if (!json_is_object(item))
        return err_set(err, ERR_INVALID, "[%zu]: must be an object", at);
    if (json_decode(call->arena, &identity_schema, item, out, err) != 0)
        return err_wrap(err, "[%zu].", at);
    return 0;
}

static int read_identities(struct call *call, struct list *out, struct err *err)
{
    json_auto_t *document = NULL;
    if (json_parse(call->raw, FEDERATION_BODY_MAX, &document, err) != 0)
        return -1;
    size_t count = json_array_size(document);
    if (!json_is_array(document) || count > ROBOT_IDENTITIES_MAX)
        return err_set(err, ERR_INVALID, "the body must be an array of at most %d identities",
                       ROBOT_IDENTITIES_MAX);
    struct robot_identity *items = arena_array(call->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        if (decode_one(call, json_array_get(document, i), i, &items[i], err) != 0)
            return -1;
    }
    *out = (struct list){items, count};
    return 0;
}

static int federation_get(struct call *call, struct err *err)
{
    struct robot robot;
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        robot_call_get(call, tx, &robot, err) != 0 ||
        robot_list_identities(tx, call->arena, robot.id, &list, err) != 0)
        return -1;
    return reply_identities(call, &list, err);
}

static const char *config_text(struct call *call, const struct list *list)
{
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, FEDERATION_REPLY_MAX);
    write_identities(&w, list);
    return arena_text(call->arena, buf_str(&text));
}

static int federation_post(struct call *call, struct err *err)
{
    struct robot robot;
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (read_identities(call, &list, err) != 0 || call_begin_write(call, &tx, err) != 0 ||
        robot_call_get(call, tx, &robot, err) != 0 ||
        robot_put_identities(tx, robot.id, &list, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CREATE_ROBOT_FEDERATION, "config", config_text(call, &list),
                   "robot", call_value(call, "robot_shortname"), NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_identities(call, &list, err);
}

static int federation_delete(struct call *call, struct err *err)
{
    struct robot robot;
    struct list none = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || robot_call_get(call, tx, &robot, err) != 0 ||
        robot_put_identities(tx, robot.id, &none, err) != 0 ||
        call_audit(call, tx, err, AUDIT_DELETE_ROBOT_FEDERATION, "robot",
                   call_value(call, "robot_shortname"), NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route robot_federation_routes[] = {
    {METHOD_GET, "/api/v1/user/robots/{robot_shortname}/federation", "getUserRobotFederation",
     "List the foreign identities of a robot account of the user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .handler = federation_get},
    {METHOD_POST, "/api/v1/user/robots/{robot_shortname}/federation", "createUserRobotFederation",
     "Replace the foreign identities of a robot account of the user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .flags = ROUTE_UNRESTRICTED,
     .raw_max = FEDERATION_BODY_MAX, .handler = federation_post},
    {METHOD_DELETE, "/api/v1/user/robots/{robot_shortname}/federation", "deleteUserRobotFederation",
     "Remove the foreign identities of a robot account of the user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .flags = ROUTE_UNRESTRICTED,
     .handler = federation_delete},
    {METHOD_GET, "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation",
     "getOrgRobotFederation", "List the foreign identities of an organization's robot account.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = federation_get},
    {METHOD_POST, "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation",
     "createOrgRobotFederation", "Replace the foreign identities of an organization's robot.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .raw_max = FEDERATION_BODY_MAX, .handler = federation_post},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation",
     "deleteOrgRobotFederation", "Remove the foreign identities of an organization's robot.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = federation_delete},
};
const struct route_table api_robot_federation_table = ROUTES(robot_federation_routes);
