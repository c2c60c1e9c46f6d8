/* SPDX-License-Identifier: Apache-2.0 */
/* What applications may do in a user's name: the tokens that he gave them, and those that were
 * prepared for him and wait for his yes. */
#include "api.h"
#include "codec/jw.h"
#include "domain/oauth_assignment.h"
#include "domain/oauth_token.h"
#include "oauth_view.h"
#include "view.h"

enum { REPLY_MAX = 16 * 1024 * 1024 };

static void write_authorization(struct jw *w, const struct oauth_token_row *token)
{
    struct oauth_view application = {
        .name = token->application_name,
        .description = token->description,
        .uri = token->application_uri,
        .avatar_email = token->avatar_email,
        .organization = token->organization,
        .organization_email = token->organization_email,
    };
    jw_begin_object(w);
    oauth_view_application(w, &application);
    oauth_view_scopes(w, token->scope);
    jw_member_text(w, "uuid", token->uuid);
    jw_end_object(w);
}

static int authorizations_list(struct call *call, struct err *err)
{
    struct list list;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        oauth_token_list_of_account(tx, call->arena, call->account.id, call->now_ms, 0, 0, &list,
                                    err) != 0)
        return -1;
    const struct oauth_token_row *items = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "authorizations");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_authorization(&w, &items[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int get_own(struct call *call, struct db_tx *tx, struct oauth_token_row *out,
                   struct err *err)
{
    int found = oauth_token_get_of_account(tx, call->arena, call->account.id,
                                           call_value(call, "access_token_uuid"), call->now_ms, out,
                                           err);
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "Not Found") : found < 0 ? -1 : 0;
}

static int authorization_get(struct call *call, struct err *err)
{
    struct oauth_token_row token;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 || get_own(call, tx, &token, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    write_authorization(&w, &token);
    return call_reply_json(call, 200, &body, err);
}

static int authorization_delete(struct call *call, struct err *err)
{
    struct oauth_token_row token;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || get_own(call, tx, &token, err) != 0 ||
        oauth_token_delete(tx, token.id, err) < 0 ||
        call_audit(call, tx, err, AUDIT_OAUTH_TOKEN_REVOKED, "application_name",
                   token.application_name, "client_id", token.client_id, "token_uuid", token.uuid,
                   NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static void write_assignment(struct jw *w, const struct oauth_assignment *assignment)
{
    struct oauth_view application = {
        .name = assignment->application_name,
        .description = assignment->description,
        .uri = assignment->application_uri,
        .avatar_email = assignment->avatar_email,
        .organization = assignment->organization,
        .organization_email = assignment->organization_email,
        .client_id = assignment->client_id,
    };
    jw_begin_object(w);
    oauth_view_application(w, &application);
    jw_member_text(w, "uuid", assignment->uuid);
    jw_member_text(w, "redirectUri", assignment->redirect_uri);
    oauth_view_scopes(w, assignment->scope);
    jw_member_text(w, "responseType", assignment->response_type);
    jw_end_object(w);
}

static int assignments_list(struct call *call, struct err *err)
{
    struct list list;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        oauth_assignment_list(tx, call->arena, call->account.id, 0, 0, &list, err) != 0)
        return -1;
    const struct oauth_assignment *items = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "authorizations");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_assignment(&w, &items[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int assignment_delete(struct call *call, struct err *err)
{
    struct oauth_assignment assignment;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = oauth_assignment_find(tx, call->arena, call->account.id,
                                      call_value(call, "assigned_authorization_uuid"), &assignment,
                                      err);
    if (found <= 0)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "Not Found");
    if (oauth_assignment_delete(tx, call->arena, call->account.id, &assignment, err) < 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static const struct route authorization_routes[] = {
    {METHOD_GET, "/api/v1/user/authorizations", "listUserAuthorizations",
     "List the tokens that applications have of the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .handler = authorizations_list},
    {METHOD_GET, "/api/v1/user/authorizations/{access_token_uuid}", "getUserAuthorization",
     "Show one of them.", .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .handler = authorization_get},
    {METHOD_DELETE, "/api/v1/user/authorizations/{access_token_uuid}", "deleteUserAuthorization",
     "Revoke one of them.", .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .handler = authorization_delete},
    {METHOD_GET, "/api/v1/user/assignedauthorization", "listAssignedAuthorizations",
     "List the tokens that were prepared for the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .feature = FEATURE_ASSIGN_OAUTH_TOKEN, .handler = assignments_list},
    {METHOD_DELETE, "/api/v1/user/assignedauthorization/{assigned_authorization_uuid}",
     "deleteAssignedAuthorization", "Decline one of them.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .feature = FEATURE_ASSIGN_OAUTH_TOKEN,
     .handler = assignment_delete},
};
const struct route_table api_authorization_table = ROUTES(authorization_routes);
