/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a file with an audit log. A job makes it; when it is there, an entry of the audit log
 * says from where it can be fetched, and whoever the request names is told. */
#include "api.h"
#include "codec/jw.h"
#include "domain/audit_export.h"
#include "log_query.h"
#include "net/outside.h"

struct export_body {
    const char *callback_url;
    const char *callback_email;
};

static const struct field export_fields[] = {
    F_TEXT(struct export_body, callback_url, "callback_url", FIELD_NULLABLE, .max = 2048),
    F_TEXT(struct export_body, callback_email, "callback_email", FIELD_NULLABLE, .max = 254),
};
static const struct schema export_schema = SCHEMA(struct export_body, export_fields);

/* What the host's address is, is looked at when it is called: no request waits for that, and none
 * can ask this registry what names mean inside. */
static int check(const struct call *call, struct export_body *body, struct err *err)
{
    struct err why = {0};
    body->callback_url = body->callback_url && *body->callback_url ? body->callback_url : NULL;
    body->callback_email = body->callback_email && *body->callback_email ? body->callback_email
                                                                         : NULL;
    if (body->callback_url &&
        outside_check(&call->rules->hosts_allowed, body->callback_url, &why) != 0)
        return err_set(err, ERR_INVALID, "Invalid callback URL");
    if (!body->callback_email)
        return 0;
    if (!call->service->mailer)
        return err_set(err, ERR_INVALID, "callback_email: this registry sends no mail");
    if (mail_check(&(struct mail){body->callback_email, "export", ""}, &why) != 0)
        return err_set(err, ERR_INVALID, "Invalid callback e-mail");
    return 0;
}

/* Who is told by mail or by a call follows a link that the asker must not have chosen. */
static const char *base_url(const struct call *call, const struct export_body *body)
{
    if (!body->callback_url && !body->callback_email)
        return call_base_url(call);
    return arena_printf(call->arena, "%s://%s", call->rules->scheme, call->rules->hostname);
}

static int ask(struct call *call, const struct audit_filter *filter, const struct export_body *body,
               char uuid[UUID_SIZE], struct err *err)
{
    struct audit_export in = {
        .namespace_id = call->space.id,
        .repository_id = filter->repository_id,
        .performer_id = call->account.id,
        .start_ms = filter->start_ms,
        .end_ms = filter->end_ms,
        .callback_url = body->callback_url,
        .callback_email = body->callback_email,
        .base_url = base_url(call, body),
    };
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        audit_export_ask(tx, &in, call->now_ms, uuid, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int export_post(struct call *call, struct err *err)
{
    struct audit_filter filter;
    struct export_body callbacks = *(const struct export_body *)call->body;
    char uuid[UUID_SIZE];
    if (check(call, &callbacks, err) != 0 || log_query_filter(call, &filter, err) < 0)
        return -1;
    log_query_settle(call);
    if (ask(call, &filter, &callbacks, uuid, err) != 0)
        return -1;
    return call_reply_text(call, 200, "export_id", uuid, err);
}

#define EXPORT                                                                                     \
    .auth = ROUTE_API, .errors = ERRORS_API, .query = &log_query_schema, .body = &export_schema,   \
    .handler = export_post, .feature = FEATURE_LOG_EXPORT

static const struct route export_routes[] = {
    {METHOD_POST, "/api/v1/user/exportlogs", "exportUserLogs",
     "Export the audit log of the caller.", EXPORT, .right = RIGHT_USER_ADMIN},
    {METHOD_POST, "/api/v1/organization/{orgname}/exportlogs", "exportOrgLogs",
     "Export the audit log of an organization.", EXPORT, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER},
    {METHOD_POST, "/api/v1/repository/{repository+}/exportlogs", "exportRepoLogs",
     "Export the audit log of a repository.", EXPORT, .right = RIGHT_REPO_ADMIN,
     .find_repository = true, .flags = ROUTE_FULL_ACCESS},
};
const struct route_table api_log_export_table = ROUTES(export_routes);
