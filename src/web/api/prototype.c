/* SPDX-License-Identifier: Apache-2.0 */
/* The default permissions of an organization, which Quay calls prototypes. */
#include "api.h"
#include "codec/jw.h"
#include "domain/default_permission.h"
#include "people.h"
#include "view.h"

struct entity_body {
    const char *name;
    const char *kind;
};

struct prototype_body {
    const char *role;
    struct entity_body delegate;
    struct entity_body activating_user; /* name NULL: anybody */
};

static const char *const delegate_kinds[] = {"user", "team", NULL};

static const struct field delegate_fields[] = {
    F_TEXT(struct entity_body, name, "name", FIELD_REQUIRED, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct entity_body, kind, "kind", FIELD_REQUIRED, .values = delegate_kinds),
};
static const struct schema delegate_schema = SCHEMA(struct entity_body, delegate_fields);

static const struct field activating_fields[] = {
    F_TEXT(struct entity_body, name, "name", FIELD_REQUIRED, .max = ACCOUNT_NAME_MAX),
};
static const struct schema activating_schema = SCHEMA(struct entity_body, activating_fields);

static const struct field prototype_fields[] = {
    F_TEXT(struct prototype_body, role, "role", FIELD_REQUIRED, .values = role_names),
    F_OBJECT(struct prototype_body, delegate, "delegate", FIELD_REQUIRED, &delegate_schema),
    F_OBJECT(struct prototype_body, activating_user, "activating_user", FIELD_NULLABLE,
             &activating_schema),
};
static const struct schema prototype_schema = SCHEMA(struct prototype_body, prototype_fields);

static const struct field role_fields[] = {
    F_TEXT(struct prototype_body, role, "role", FIELD_REQUIRED, .values = role_names),
};
static const struct schema role_schema = SCHEMA(struct prototype_body, role_fields);

static void write_account(struct jw *w, const char *name, const char *email, int64_t kind,
                          bool member)
{
    jw_begin_object(w);
    jw_member_text(w, "name", name);
    jw_member_bool(w, "is_robot", kind == ACCOUNT_ROBOT);
    jw_member_text(w, "kind", "user");
    jw_member_bool(w, "is_org_member", member || kind == ACCOUNT_ROBOT);
    view_avatar(w, "avatar", name, email, view_account_kind(kind));
    jw_end_object(w);
}

static void write_rule(struct jw *w, const struct default_permission *rule)
{
    jw_begin_object(w);
    jw_key(w, "activating_user");
    if (rule->creator)
        write_account(w, rule->creator, rule->creator_email, rule->creator_kind,
                      rule->creator_member);
    else
        jw_null(w);
    jw_key(w, "delegate");
    if (rule->team) {
        jw_begin_object(w);
        jw_member_text(w, "name", rule->team);
        jw_member_text(w, "kind", "team");
        view_avatar(w, "avatar", rule->team, NULL, "team");
        jw_end_object(w);
    } else {
        write_account(w, rule->account, rule->account_email, rule->account_kind,
                      rule->account_member);
    }
    jw_member_text(w, "role", role_name(rule->role));
    jw_member_text(w, "id", rule->uuid);
    jw_end_object(w);
}

static int prototypes_get(struct call *call, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        default_permission_list(tx, call->arena, call->space.id, &list, err) != 0)
        return -1;
    const struct default_permission *rules = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "prototypes");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_rule(&w, &rules[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int reply_rule(struct call *call, const struct default_permission *rule, struct err *err)
{
    enum { BODY_MAX = 16 * 1024 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    write_rule(&w, rule);
    return call_reply_json(call, 200, &body, err);
}

static int audit(struct call *call, struct db_tx *tx, enum audit_kind kind,
                 const struct default_permission *rule, const char *original_role, struct err *err)
{
    const char *delegate = rule->team ? "delegate_team" : "delegate_user";
    return call_audit(call, tx, err, kind, "prototypeid", rule->uuid, "activating_username",
                      rule->creator, "role", role_name(rule->role), delegate,
                      rule->team ? rule->team : rule->account,
                      original_role ? "original_role" : NULL, original_role, NULL);
}

static int find_delegate(struct call *call, struct db_tx *tx, const struct entity_body *who,
                         struct default_permission_new *out, struct err *err)
{
    struct account account;
    struct team team;
    if (strcmp(who->kind, "user") == 0) {
        if (people_get(call, tx, who->name, &account, err) != 0)
            return -1;
        out->account_id = account.id;
        return 0;
    }
    int found = team_find(tx, call->arena, call->space.id, who->name, &team, err);
    if (found == 0)
        return err_set(err, ERR_INVALID, "Unknown team %.200s", who->name);
    out->team_id = team.id;
    return found < 0 ? -1 : 0;
}

static int make(struct call *call, struct db_tx *tx, const struct prototype_body *body,
                struct default_permission *out, struct err *err)
{
    struct default_permission_new in = {.organization_id = call->space.id,
                                        .role = role_parse(body->role)};
    struct account creator = {0};
    const char *uuid;
    if ((body->activating_user.name &&
         people_get(call, tx, body->activating_user.name, &creator, err) != 0) ||
        find_delegate(call, tx, &body->delegate, &in, err) != 0)
        return -1;
    in.creator_id = creator.id;
    if (default_permission_create(tx, call->arena, &in, &uuid, err) != 0)
        return -1;
    return default_permission_find(tx, call->arena, call->space.id, uuid, out, err) < 0 ? -1 : 0;
}

static int prototypes_post(struct call *call, struct err *err)
{
    struct default_permission rule = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || make(call, tx, call->body, &rule, err) != 0 ||
        audit(call, tx, AUDIT_CREATE_PROTOTYPE_PERMISSION, &rule, NULL, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_rule(call, &rule, err);
}

static int get_rule(struct call *call, struct db_tx *tx, struct default_permission *out,
                    struct err *err)
{
    int found = default_permission_find(tx, call->arena, call->space.id,
                                        call_value(call, "prototypeid"), out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return found < 0 ? -1 : 0;
}

static int prototype_put(struct call *call, struct err *err)
{
    const struct prototype_body *body = call->body;
    struct default_permission rule;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || get_rule(call, tx, &rule, err) != 0)
        return -1;
    const char *original = role_name(rule.role);
    rule.role = role_parse(body->role);
    if (default_permission_set_role(tx, rule.id, rule.role, err) != 0 ||
        audit(call, tx, AUDIT_MODIFY_PROTOTYPE_PERMISSION, &rule, original, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_rule(call, &rule, err);
}

static int prototype_delete(struct call *call, struct err *err)
{
    struct default_permission rule;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || get_rule(call, tx, &rule, err) != 0 ||
        default_permission_delete(tx, rule.id, err) != 0 ||
        audit(call, tx, AUDIT_DELETE_PROTOTYPE_PERMISSION, &rule, NULL, err) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route prototype_routes[] = {
    {METHOD_GET, "/api/v1/organization/{orgname}/prototypes", "getOrganizationPrototypePermissions",
     "List the default permissions of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .handler = prototypes_get},
    {METHOD_POST, "/api/v1/organization/{orgname}/prototypes",
     "createOrganizationPrototypePermission", "Add a default permission.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &prototype_schema, .handler = prototypes_post},
    {METHOD_PUT, "/api/v1/organization/{orgname}/prototypes/{prototypeid}",
     "updateOrganizationPrototypePermission", "Change the role of a default permission.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &role_schema, .handler = prototype_put},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/prototypes/{prototypeid}",
     "deleteOrganizationPrototypePermission", "Remove a default permission.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = prototype_delete},
};
const struct route_table api_prototype_table = ROUTES(prototype_routes);
