/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth applications of an organization. Who only reads (a read-only superuser) sees neither the
 * client secret nor where tokens are sent to. */
#include "application.h"

#include "api.h"
#include "auth/permission.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "view.h"
#include "web/rights.h"

enum { URI_BYTES = 2048, TEXT_BYTES = 16 * 1024, REPLY_MAX = 16 * 1024 * 1024 };

static const struct field create_fields[] = {
    F_TEXT(struct oauth_application_info, name, "name", FIELD_REQUIRED, .max = 255),
    F_TEXT(struct oauth_application_info, redirect_uri, "redirect_uri", FIELD_NULLABLE,
           .max = URI_BYTES),
    F_TEXT(struct oauth_application_info, application_uri, "application_uri", FIELD_NULLABLE,
           .max = URI_BYTES),
    F_TEXT(struct oauth_application_info, description, "description", FIELD_NULLABLE,
           .max = TEXT_BYTES),
    F_TEXT(struct oauth_application_info, avatar_email, "avatar_email", FIELD_NULLABLE,
           .max = ACCOUNT_EMAIL_MAX),
};
static const struct schema create_schema = SCHEMA(struct oauth_application_info, create_fields);

static const struct field update_fields[] = {
    F_TEXT(struct oauth_application_info, name, "name", FIELD_REQUIRED, .max = 255),
    F_TEXT(struct oauth_application_info, redirect_uri, "redirect_uri", FIELD_REQUIRED,
           .max = URI_BYTES),
    F_TEXT(struct oauth_application_info, application_uri, "application_uri", FIELD_REQUIRED,
           .max = URI_BYTES),
    F_TEXT(struct oauth_application_info, description, "description", FIELD_NULLABLE,
           .max = TEXT_BYTES),
    F_TEXT(struct oauth_application_info, avatar_email, "avatar_email", FIELD_NULLABLE,
           .max = ACCOUNT_EMAIL_MAX),
};
static const struct schema update_schema = SCHEMA(struct oauth_application_info, update_fields);

int application_get(struct call *call, struct db_tx *tx, struct oauth_application *out,
                    struct err *err)
{
    struct oauth_application application;
    int found = oauth_application_find(tx, call->arena, call_value(call, "client_id"), &application,
                                       err);
    if (found < 0)
        return -1;
    if (found == 0 || application.organization_id != call->space.id)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    *out = application;
    return 0;
}

static const struct seal_key *key_of(const struct call *call)
{
    return &auth_secrets(call->service->auth)->store;
}

static void write_application(struct call *call, struct jw *w,
                              const struct oauth_application *application)
{
    bool admin = call->space_access & NAMESPACE_ADMIN || rights_full_access(call);
    jw_begin_object(w);
    jw_member_text(w, "name", application->name);
    jw_member_text(w, "description", application->description);
    jw_member_text(w, "application_uri", application->application_uri);
    jw_member_text(w, "client_id", application->client_id);
    jw_member_text(w, "client_secret",
                   admin ? oauth_application_secret(call->arena, key_of(call), application) : NULL);
    jw_member_text(w, "redirect_uri", admin ? application->redirect_uri : NULL);
    jw_member_text(w, "avatar_email", admin ? application->avatar_email : NULL);
    jw_end_object(w);
}

static int reply_application(struct call *call, const struct oauth_application *application,
                             struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    write_application(call, &w, application);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

static int application_list(struct call *call, struct err *err)
{
    struct list list;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        oauth_application_list(tx, call->arena, call->space.id, 0, 0, &list, err) != 0)
        return -1;
    const struct oauth_application *items = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "applications");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_application(call, &w, &items[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

/* What was left out is empty. */
static struct oauth_application_info info_of(const struct call *call)
{
    struct oauth_application_info info = *(const struct oauth_application_info *)call->body;
    info.description = info.description ? info.description : "";
    info.application_uri = info.application_uri ? info.application_uri : "";
    info.redirect_uri = info.redirect_uri ? info.redirect_uri : "";
    return info;
}

static int audit(struct call *call, struct db_tx *tx, enum audit_kind kind,
                 const struct oauth_application *application, struct err *err)
{
    return call_audit(call, tx, err, kind, "application_name", application->name, "client_id",
                      application->client_id, NULL);
}

static int application_create(struct call *call, struct err *err)
{
    struct oauth_application_info info = info_of(call);
    struct oauth_application made;
    struct str secret = oauth_application_draw_secret(call->arena, key_of(call));
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        oauth_application_create(tx, call->arena, call->space.id, &info, secret, &made, err) != 0 ||
        audit(call, tx, AUDIT_CREATE_APPLICATION, &made, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return reply_application(call, &made, err);
}

static int application_show(struct call *call, struct err *err)
{
    struct oauth_application application;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        application_get(call, tx, &application, err) != 0)
        return -1;
    return reply_application(call, &application, err);
}

static int application_update(struct call *call, struct err *err)
{
    struct oauth_application_info info = info_of(call);
    struct oauth_application application;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        application_get(call, tx, &application, err) != 0 ||
        oauth_application_update(tx, application.id, &info, err) != 0)
        return -1;
    application.name = info.name;
    application.description = info.description;
    application.application_uri = info.application_uri;
    application.redirect_uri = info.redirect_uri;
    application.avatar_email = info.avatar_email;
    if (audit(call, tx, AUDIT_UPDATE_APPLICATION, &application, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_application(call, &application, err);
}

static int application_delete(struct call *call, struct err *err)
{
    struct oauth_application application;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        application_get(call, tx, &application, err) != 0 ||
        oauth_application_delete(tx, application.id, err) != 0 ||
        audit(call, tx, AUDIT_DELETE_APPLICATION, &application, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static int application_reset(struct call *call, struct err *err)
{
    struct oauth_application application;
    struct str secret = oauth_application_draw_secret(call->arena, key_of(call));
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        application_get(call, tx, &application, err) != 0 ||
        oauth_application_set_secret(tx, application.id, secret, err) != 0 ||
        audit(call, tx, AUDIT_RESET_APPLICATION_CLIENT_SECRET, &application, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    application.secret_sealed = secret;
    return reply_application(call, &application, err);
}

static int reply_information(struct call *call, const struct oauth_application *application,
                             const struct account *organization, unsigned access, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "name", application->name);
    jw_member_text(&w, "description", application->description);
    jw_member_text(&w, "uri", application->application_uri);
    view_avatar(&w, "avatar", application->name, application->avatar_email, "app");
    jw_key(&w, "organization");
    jw_begin_object(&w);
    jw_member_text(&w, "name", organization->name);
    bool admin = access & NAMESPACE_ADMIN;
    jw_member_text(&w, "email", admin && organization->email ? organization->email : "");
    view_avatar(&w, "avatar", organization->name, organization->email, "org");
    jw_member_bool(&w, "is_admin", admin);
    jw_member_bool(&w, "is_member", access & NAMESPACE_MEMBER);
    jw_end_object(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* Anybody may know what asks him for a token. */
static int information_get(struct call *call, struct err *err)
{
    struct oauth_application application;
    struct account organization = {0};
    unsigned access = 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = oauth_application_find(tx, call->arena, call_value(call, "client_id"), &application,
                                       err);
    if (found > 0)
        found = account_find_by_id(tx, call->arena, application.organization_id, &organization,
                                   err);
    if (found < 0)
        return -1;
    if (found == 0 || organization.kind != ACCOUNT_ORGANIZATION)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    if (permission_on_namespace(tx, call->identity, organization.id, &access, err) != 0)
        return -1;
    return reply_information(call, &application, &organization, access, err);
}

static const struct route application_routes[] = {
    {METHOD_GET, "/api/v1/organization/{orgname}/applications", "getOrganizationApplications",
     "List the OAuth applications of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .handler = application_list},
    {METHOD_POST, "/api/v1/organization/{orgname}/applications", "createOrganizationApplication",
     "Register an OAuth application.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .body = &create_schema,
     .handler = application_create},
    {METHOD_GET, "/api/v1/organization/{orgname}/applications/{client_id}",
     "getOrganizationApplication", "Show an OAuth application.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = application_show},
    {METHOD_PUT, "/api/v1/organization/{orgname}/applications/{client_id}",
     "updateOrganizationApplication", "Change an OAuth application.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &update_schema, .handler = application_update},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/applications/{client_id}",
     "deleteOrganizationApplication", "Delete an OAuth application with its tokens.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = application_delete},
    {METHOD_POST, "/api/v1/organization/{orgname}/applications/{client_id}/resetclientsecret",
     "resetOrganizationApplicationClientSecret", "Give an OAuth application a new client secret.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = application_reset},
    {METHOD_GET, "/api/v1/app/{client_id}", "getApplicationInformation",
     "Say what an OAuth application is.", .auth = ROUTE_API, .errors = ERRORS_API,
     .handler = information_get},
};
const struct route_table api_application_table = ROUTES(application_routes);
