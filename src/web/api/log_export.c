/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a file with an audit log. A job makes it; when it is there, an entry of the audit log
 * says from where it can be fetched. */
#include "api.h"
#include "codec/jw.h"
#include "domain/audit_export.h"
#include "log_query.h"

struct export_body {
    const char *callback_url;
    const char *callback_email;
};

static const struct field export_fields[] = {
    F_TEXT(struct export_body, callback_url, "callback_url", FIELD_NULLABLE, .max = 2048),
    F_TEXT(struct export_body, callback_email, "callback_email", FIELD_NULLABLE, .max = 254),
};
static const struct schema export_schema = SCHEMA(struct export_body, export_fields);

static int check(const struct export_body *body, struct err *err)
{
    if (body->callback_url && body->callback_url[0])
        return err_set(err, ERR_INVALID,
                       "callback_url: this registry calls nobody; leave it out, and look for the"
                       " entry export_logs_success in the log");
    if (body->callback_email && body->callback_email[0])
        return err_set(err, ERR_INVALID,
                       "callback_email: this registry sends no mail about exports; leave it out,"
                       " and look for the entry export_logs_success in the log");
    return 0;
}

static int ask(struct call *call, const struct audit_filter *filter, char uuid[UUID_SIZE],
               struct err *err)
{
    struct audit_export in = {
        .namespace_id = call->space.id,
        .repository_id = filter->repository_id,
        .performer_id = call->account.id,
        .start_ms = filter->start_ms,
        .end_ms = filter->end_ms,
        .base_url = call_base_url(call),
    };
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_WRITE, &tx, err) != 0 ||
        audit_export_ask(tx, &in, call->now_ms, uuid, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int export_post(struct call *call, struct err *err)
{
    enum { BODY_MAX = 1024 };
    struct audit_filter filter;
    char uuid[UUID_SIZE];
    if (check(call->body, err) != 0 || log_query_filter(call, &filter, err) < 0)
        return -1;
    log_query_settle(call);
    if (ask(call, &filter, uuid, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "export_id", uuid);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
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
