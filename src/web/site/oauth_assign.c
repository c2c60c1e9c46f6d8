/* SPDX-License-Identifier: Apache-2.0 */
/* POST /oauth/authorize/assignuser: an administrator of an application prepares a token for
 * somebody else, who finds it among his assigned authorizations and has only to say yes. */
#include "auth/oauth_scope.h"
#include "auth/permission.h"
#include "domain/account.h"
#include "oauth_page.h"
#include "site.h"

static int find_user(struct call *call, struct db_tx *tx, const struct oauth_request *request,
                     struct account *out, struct err *err)
{
    struct account user = {0};
    if (!request->username || !*request->username)
        return err_set(err, ERR_INVALID, "username: missing");
    int found = account_find_by_name(tx, call->arena, request->username, &user, err);
    if (found < 0)
        return -1;
    if (found == 0 || user.kind != ACCOUNT_USER || !user.enabled)
        return err_set(err, ERR_NOT_FOUND, "There is no user of that name");
    *out = user;
    return 0;
}

static int store(struct call *call, struct db_tx *tx, const struct oauth_request *request,
                 const struct account *user, struct err *err)
{
    struct oauth_assignment in = {
        .application_id = request->application.id,
        .redirect_uri = request->redirect_uri,
        .scope = oauth_scope_format(call->arena, request->asked),
        .response_type = request->response_type,
        .client_id = request->client_id,
        .organization = call->space.name,
    };
    return oauth_assignment_create(tx, call->arena, user->id, &in, call->now_ms, err) != 0
               ? -1
               : call_audit(call, tx, err, AUDIT_OAUTH_TOKEN_ASSIGNED, "assigning_user",
                            call->account.name, "assigned_user", user->name, "application_name",
                            request->application.name, "client_id", request->client_id, "scope",
                            in.scope, NULL);
}

/* 1 done, 0 the reply is there, -1. */
static int assign(struct call *call, struct oauth_request *request, struct err *err)
{
    struct account user = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (oauth_request_decode(call, call->request->query, request, err) != 0 ||
        oauth_request_caller(call, request, err) != 0 ||
        oauth_request_check_form(call, request, err) != 0 || call_begin_write(call, &tx, err) != 0)
        return -1;
    request->assignment_uuid = NULL; /* an assignment does not make an administrator */
    int good = oauth_request_check(call, tx, request, err);
    if (good <= 0)
        return good;
    if (request->asked == 0)
        return err_set(err, ERR_NOT_FOUND, "There is no such scope");
    if (find_user(call, tx, request, &user, err) != 0 ||
        store(call, tx, request, &user, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return 1;
}

static int assignuser_post(struct call *call, struct err *err)
{
    struct oauth_request request = {0};
    int done = assign(call, &request, err);
    bool json = request.format && strcmp(request.format, "json") == 0;
    if (done < 0)
        return oauth_page_error(call, json, err);
    return done > 0 ? oauth_page_message(call, json, 200, "Token assigned successfully", err) : 0;
}

static const struct route oauth_assign_routes[] = {
    {METHOD_POST, "/oauth/authorize/assignuser", "oauth_assign",
     "Prepare a token of an application for a user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .flags = ROUTE_ANONYMOUS | ROUTE_NO_CSRF, .feature = FEATURE_ASSIGN_OAUTH_TOKEN,
     .handler = assignuser_post},
};
const struct route_table site_oauth_assign_table = ROUTES(oauth_assign_routes);
