/* SPDX-License-Identifier: Apache-2.0 */
/* Organizations: making one, what it looks like from outside and inside, changing and deleting it.
 * Who makes one is its first owner. */
#include "domain/organization.h"
#include "api.h"
#include "auth/permission.h"
#include "codec/jw.h"
#include "domain/account_delete.h"
#include "domain/account_profile.h"
#include "people.h"
#include "quota_view.h"
#include "view.h"
#include "web/rights.h"

enum { SECOND_MS = 1000 };

struct organization_body {
    const char *name;
    const char *email;
    const char *contact_email; /* goes before email */
    bool invoice_email;
    const char *invoice_email_address;
    int64_t tag_expiration_s;
};

static const struct field new_fields[] = {
    F_TEXT(struct organization_body, name, "name", FIELD_REQUIRED, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct organization_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
    F_TEXT(struct organization_body, contact_email, "contact_email", FIELD_NULLABLE,
           .max = ACCOUNT_EMAIL_MAX),
};
static const struct schema new_schema = SCHEMA(struct organization_body, new_fields);

static const struct field change_fields[] = {
    F_TEXT(struct organization_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
    F_TEXT(struct organization_body, contact_email, "contact_email", FIELD_NULLABLE,
           .max = ACCOUNT_EMAIL_MAX),
    F_BOOL(struct organization_body, invoice_email, "invoice_email", 0),
    F_TEXT(struct organization_body, invoice_email_address, "invoice_email_address", FIELD_NULLABLE,
           .max = ACCOUNT_EMAIL_MAX),
    F_INT(struct organization_body, tag_expiration_s, "tag_expiration_s", 0, .min = 0,
          .max = INT32_MAX),
};
static const struct schema change_schema = SCHEMA(struct organization_body, change_fields);

/* The address that a body gives, or NULL. */
static const char *address_of(const struct organization_body *body)
{
    const char *address = body->contact_email ? body->contact_email : body->email;
    return address && address[0] ? address : NULL;
}

static int check_may_create(const struct call *call, struct err *err)
{
    const struct identity *who = call->identity;
    if (who->restricted || (call->rules->org_creation_limited && !who->superuser))
        return rights_refuse(call, err);
    return 0;
}

static int create(struct call *call, struct db_tx *tx, const struct account_new *in,
                  struct err *err)
{
    struct account made;
    if (organization_create(tx, call->arena, in, call->account.id, call->now_ms, &made, err) != 0)
        return -1;
    call->space = made;
    return call_audit(call, tx, err, AUDIT_ORG_CREATE, "email", made.email, "namespace", made.name,
                      NULL);
}

static int organization_post(struct call *call, struct err *err)
{
    const struct organization_body *body = call->body;
    struct account_new in = {.name = body->name, .email = address_of(body)};
    if (check_may_create(call, err) != 0)
        return -1;
    if (!in.email && call_feature(call, FEATURE_MAILING))
        return err_set(err, ERR_INVALID, "Email address is required");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || create(call, tx, &in, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_bytes(call->reply, 201, "application/json", STR("\"Created\""));
    return 0;
}

/* What is shown of an organization, and to whom. */
struct shown {
    bool admin;
    bool member; /* or somebody who may read everything */
    struct list teams;
    struct account_profile profile;
    struct quota_shown quota;
};

static void write_team(struct jw *w, const struct team_summary *team, bool can_view)
{
    jw_begin_object(w);
    jw_member_text(w, "name", team->name);
    jw_member_text(w, "description", team->description);
    jw_member_text(w, "role", role_team_name(team->role));
    view_avatar(w, "avatar", team->name, NULL, "team");
    jw_member_bool(w, "can_view", can_view || team->mine);
    jw_member_int(w, "repo_count", team->repositories);
    jw_member_int(w, "member_count", team->members);
    jw_member_bool(w, "is_synced", false);
    jw_end_object(w);
}

static void write_teams(struct jw *w, const struct shown *shown, bool can_view)
{
    const struct team_summary *teams = shown->teams.items;
    jw_key(w, "teams");
    jw_begin_object(w);
    for (size_t i = 0; i < shown->teams.count; i++) {
        jw_key(w, teams[i].name);
        write_team(w, &teams[i], can_view);
    }
    jw_end_object(w);
    jw_key(w, "ordered_teams");
    jw_begin_array(w);
    for (size_t i = 0; i < shown->teams.count; i++)
        jw_text(w, teams[i].name);
    jw_end_array(w);
}

static void write_for_admins(struct call *call, struct jw *w, const struct account_profile *profile)
{
    int64_t expiration_ms = profile->tag_expiration_ms >= 0 ? profile->tag_expiration_ms
                                                            : call->service->manifests.window_ms;
    jw_member_bool(w, "invoice_email", profile->invoice_email);
    jw_member_text(w, "invoice_email_address", profile->invoice_email_address);
    jw_member_int(w, "tag_expiration_s", expiration_ms / SECOND_MS);
    jw_member_bool(w, "is_free_account", true);
}

static int reply_organization(struct call *call, const struct shown *shown, struct err *err)
{
    const struct account *space = &call->space;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "name", space->name);
    jw_member_text(&w, "email", shown->admin && space->email ? space->email : "");
    view_avatar(&w, "avatar", space->name, space->email, "org");
    jw_member_bool(&w, "is_admin", shown->admin);
    jw_member_bool(&w, "is_member", shown->member);
    if (shown->member)
        write_teams(&w, shown, shown->admin || call->identity->readonly_superuser);
    if (shown->admin)
        write_for_admins(call, &w, &shown->profile);
    quota_shown_write(call, &w, &shown->quota);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int load(struct call *call, struct db_tx *tx, struct shown *out, struct err *err)
{
    bool full = rights_full_access(call);
    out->admin = full || call->space_access & NAMESPACE_ADMIN;
    out->member = out->admin || call->space_access & NAMESPACE_MEMBER ||
                  call->identity->readonly_superuser;
    if (out->member &&
        (team_list(tx, call->arena, call->space.id, call->account.id, &out->teams, err) != 0 ||
         quota_shown_load(call, tx, call->space.id, &out->quota, err) != 0))
        return -1;
    return out->admin ? account_profile_get(tx, call->arena, call->space.id, &out->profile, err)
                      : 0;
}

static int organization_get(struct call *call, struct err *err)
{
    struct shown shown = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 || load(call, tx, &shown, err) != 0)
        return -1;
    return reply_organization(call, &shown, err);
}

static int change_email(struct call *call, struct db_tx *tx, struct err *err)
{
    const char *address = address_of(call->body), *old = call->space.email;
    if (!address || (old && strcmp(address, old) == 0))
        return 0;
    if (account_set_email(tx, call->arena, call->space.id, address, err) != 0)
        return -1;
    call->space.email = address;
    return call_audit(call, tx, err, AUDIT_ORG_CHANGE_EMAIL, "email", address, "old_email", old,
                      NULL);
}

static int change_invoicing(struct call *call, struct db_tx *tx, struct account_profile *profile,
                            struct err *err)
{
    const struct organization_body *body = call->body;
    bool flag = call_has(call, "invoice_email"), address = call_has(call, "invoice_email_address");
    if (!flag && !address)
        return 0;
    if (flag)
        profile->invoice_email = body->invoice_email;
    if (address)
        profile->invoice_email_address = body->invoice_email_address;
    return call_audit(call, tx, err, AUDIT_ORG_CHANGE_INVOICING, "invoice_email",
                      profile->invoice_email ? "true" : "false", "invoice_email_address",
                      profile->invoice_email_address, NULL);
}

static int change_tag_expiration(struct call *call, struct db_tx *tx,
                                 struct account_profile *profile, struct err *err)
{
    const struct organization_body *body = call->body;
    if (!call_has(call, "tag_expiration_s") || !call_feature(call, FEATURE_CHANGE_TAG_EXPIRATION))
        return 0;
    profile->tag_expiration_ms = body->tag_expiration_s * SECOND_MS;
    return call_audit(call, tx, err, AUDIT_ORG_CHANGE_TAG_EXPIRATION, "tag_expiration",
                      arena_printf(call->arena, "%lld", (long long)body->tag_expiration_s), NULL);
}

static int organization_put(struct call *call, struct err *err)
{
    const struct organization_body *body = call->body;
    struct shown shown = {0};
    if (body->invoice_email_address && body->invoice_email_address[0] &&
        account_check_email(str_of(body->invoice_email_address), err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || load(call, tx, &shown, err) != 0 ||
        change_email(call, tx, err) != 0 || change_invoicing(call, tx, &shown.profile, err) != 0 ||
        change_tag_expiration(call, tx, &shown.profile, err) != 0 ||
        account_profile_put(tx, call->space.id, &shown.profile, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_organization(call, &shown, err);
}

static int organization_delete(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        account_delete(tx, &call->space, call->now_ms, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_DELETE, "namespace", call->space.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route organization_routes[] = {
    {METHOD_POST, "/api/v1/organization/", "createOrganization", "Create an organization.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .body = &new_schema,
     .handler = organization_post},
    {METHOD_GET, "/api/v1/organization/{orgname}", "getOrganization", "Get an organization.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .handler = organization_get},
    {METHOD_PUT, "/api/v1/organization/{orgname}", "changeOrganizationDetails",
     "Change the address, invoicing and tag expiration of an organization.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &change_schema, .handler = organization_put},
    {METHOD_DELETE, "/api/v1/organization/{orgname}", "deleteAdminedOrganization",
     "Delete an organization with all it has.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_FRESH_LOGIN,
     .handler = organization_delete},
};
const struct route_table api_organization_table = ROUTES(organization_routes);
