/* SPDX-License-Identifier: Apache-2.0 */
/* Organizations, as superusers manage them, and taking over a namespace. */
#include "api.h"
#include "codec/jw.h"
#include "domain/account_delete.h"
#include "domain/account_profile.h"
#include "domain/organization.h"
#include "people.h"
#include "superuser_list.h"
#include "view.h"

enum { BODY_MAX = 16 * 1024 };

struct organization_body {
    const char *name;
    const char *email;
};
static const struct field organization_fields[] = {
    F_TEXT(struct organization_body, name, "name", FIELD_NULLABLE, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct organization_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
};
static const struct schema organization_schema = SCHEMA(struct organization_body,
                                                        organization_fields);

static void write_organization(struct call *call, struct jw *w, const struct account *organization,
                               const struct quota_shown *quota)
{
    jw_begin_object(w);
    jw_member_text(w, "name", organization->name);
    jw_member_text(w, "email", organization->email);
    view_avatar(w, "avatar", organization->name, organization->email, "org");
    quota_shown_write(call, w, quota);
    jw_end_object(w);
}

static int organizations_list(struct call *call, struct err *err)
{
    return superuser_list_reply(call, ACCOUNT_ORGANIZATION, "organizations", write_organization,
                                err);
}

/* call->space becomes the organization. */
static int find(struct call *call, struct db_tx *tx, struct err *err)
{
    struct account found = {0};
    if (superuser_list_find(call, tx, call_value(call, "name"), ACCOUNT_ORGANIZATION, &found,
                            err) != 0)
        return -1;
    call->space = found;
    return 0;
}

static int rename_to(struct call *call, struct db_tx *tx, const char *name, struct err *err)
{
    const char *old = call->space.name;
    if (!name || strcmp(name, old) == 0)
        return 0;
    if (account_rename(tx, call->arena, &call->space, name, err) != 0)
        return -1;
    call->space.name = name;
    return call_audit(call, tx, err, AUDIT_ORG_CHANGE_NAME, "old_name", old, "new_name", name,
                      "superuser", call->account.name, NULL);
}

static int change_email(struct call *call, struct db_tx *tx, const char *email, struct err *err)
{
    const char *old = call->space.email;
    if (!email)
        return 0;
    if (account_set_email(tx, call->arena, call->space.id, email, err) != 0)
        return -1;
    call->space.email = email;
    return call_audit(call, tx, err, AUDIT_ORG_CHANGE_EMAIL, "email", email, "old_email", old,
                      "superuser", call->account.name, NULL);
}

static int organization_put(struct call *call, struct err *err)
{
    const struct organization_body *in = call->body;
    struct quota_shown quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, err) != 0 ||
        rename_to(call, tx, in->name, err) != 0 || change_email(call, tx, in->email, err) != 0 ||
        quota_shown_load(call, tx, call->space.id, &quota, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    write_organization(call, &w, &call->space, &quota);
    return call_reply_json(call, 200, &body, err);
}

static int organization_delete(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, err) != 0 ||
        account_delete(tx, &call->space, call->now_ms, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_DELETE, "namespace", call->space.name, "superuser",
                   call->account.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static int find_namespace(struct call *call, struct db_tx *tx, struct err *err)
{
    struct account found = {0};
    int known = account_find_by_name(tx, call->arena, call_value(call, "namespace"), &found, err);
    if (known < 0)
        return -1;
    if (known == 0 || (found.kind != ACCOUNT_USER && found.kind != ACCOUNT_ORGANIZATION))
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    struct identity who = identity_of_account(auth_rules(call->service->auth), &found);
    if (who.superuser || who.readonly_superuser)
        return err_set(err, ERR_INVALID, "a superuser's namespace cannot be taken over");
    call->space = found;
    return 0;
}

static int take_post(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find_namespace(call, tx, err) != 0)
        return -1;
    bool user = call->space.kind == ACCOUNT_USER;
    int taken = user ? account_convert(tx, call->space.id, call->account.id, err)
                     : organization_take(tx, call->arena, call->space.id, call->account.id, err);
    const char *id = arena_printf(call->arena, "%lld", (long long)call->space.id);
    if (taken != 0 ||
        call_audit(call, tx, err, AUDIT_TAKE_OWNERSHIP, "entity_id", id, "namespace",
                   call->space.name, "was_user", user ? "true" : "false", "superuser",
                   call->account.name, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return call_reply_text(call, 200, "namespace", call->space.name, err);
}

#define ORGANIZATIONS "/api/v1/superuser/organizations/"
#define SUPERUSER                                                                                  \
    .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER,                             \
    .feature = FEATURE_SUPER_USERS

static const struct route superuser_organization_routes[] = {
    {METHOD_GET, ORGANIZATIONS, "listAllOrganizations", "List all organizations.", SUPERUSER,
     .flags = ROUTE_READONLY_SUPERUSER | ROUTE_FRESH_LOGIN, .query = &superuser_list_schema,
     .handler = organizations_list},
    {METHOD_PUT, ORGANIZATIONS "{name}", "changeOrganization", "Rename an organization.", SUPERUSER,
     .flags = ROUTE_FRESH_LOGIN, .body = &organization_schema, .handler = organization_put},
    {METHOD_DELETE, ORGANIZATIONS "{name}", "deleteOrganization", "Delete an organization.",
     SUPERUSER, .flags = ROUTE_FRESH_LOGIN, .handler = organization_delete},
    {METHOD_POST, "/api/v1/superuser/takeownership/{namespace}", "takeOwnership",
     "Become an administrator of an organization, or turn a user into one.", SUPERUSER,
     .flags = ROUTE_FRESH_LOGIN, .handler = take_post},
};
const struct route_table api_superuser_organization_table = ROUTES(superuser_organization_routes);
