/* SPDX-License-Identifier: Apache-2.0 */
/* /oauth/authorize and the forms of its page: an application asks a user for a token, who says yes
 * or no. Flows of RFC 6749, 4.1 (code) and 4.2 (implicit), with Quay's names for errors. */
#include "auth/oauth_redirect.h"
#include "auth/oauth_scope.h"
#include "base/uri.h"
#include "domain/oauth_code.h"
#include "domain/oauth_expire.h"
#include "domain/oauth_token.h"
#include "oauth_page.h"
#include "site.h"

enum { SECOND_MS = 1000 };

static bool is_json(const struct oauth_request *request)
{
    return request->format && strcmp(request->format, "json") == 0;
}

/* The fragment is not sent to any server: only the page sees the token. */
static const char *token_address(struct call *call, const struct oauth_request *request,
                                 const char *token)
{
    const char *address = oauth_redirect_with(call->arena, request->redirect_uri, "scope",
                                              oauth_scope_format(call->arena, request->asked),
                                              "state", request->state, NULL);
    _cleanup_buf_ struct buf text;
    buf_init(&text, OAUTH_FORM_MAX * 4);
    buf_printf(&text, "%s#access_token=%s&token_type=Bearer&expires_in=%lld", address, token,
               (long long)OAUTH_TOKEN_LIFETIME_S);
    if (request->state) {
        buf_add_text(&text, "&state=");
        uri_encode(&text, str_of(request->state), false);
    }
    return arena_text(call->arena, buf_str(&text));
}

static int make_token(struct call *call, struct db_tx *tx, const struct oauth_request *request,
                      const char **address_out, struct err *err)
{
    char text[OAUTH_TOKEN_LEN + 1];
    struct oauth_token_new in = {
        .application_id = request->application.id,
        .account_id = call->account.id,
        .scope = oauth_scope_format(call->arena, request->asked),
        .lifetime_ms = OAUTH_TOKEN_LIFETIME_S * SECOND_MS,
    };
    if (oauth_token_create(tx, &in, call->now_ms, text, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CREATE_OAUTH_API_TOKEN, "application_name",
                   request->application.name, "client_id", request->client_id, "scope", in.scope,
                   NULL) != 0)
        return -1;
    *address_out = token_address(call, request, text);
    return 0;
}

static int make_code(struct call *call, struct db_tx *tx, const struct oauth_request *request,
                     const char **address_out, struct err *err)
{
    char text[OAUTH_CODE_LEN + 1];
    struct oauth_code in = {
        .application_id = request->application.id,
        .account_id = call->account.id,
        .scope = oauth_scope_format(call->arena, request->asked),
        .redirect_uri = request->redirect_uri,
        .challenge = request->challenge,
    };
    if (oauth_code_create(tx, &in, call->now_ms, text, err) != 0)
        return -1;
    *address_out = oauth_redirect_with(call->arena, request->redirect_uri, "code", text, "state",
                                       request->state, NULL);
    return 0;
}

/* The user has said yes. An assignment is used up; when somebody else was quicker with it, the
 * permission that it gave is gone too. */
static int grant(struct call *call, struct db_tx **tx, const struct oauth_request *request,
                 struct err *err)
{
    const char *address;
    if (call->rules->read_only)
        return err_set(err, ERR_READ_ONLY, "the registry is in read-only mode");
    if (oauth_expire(*tx, call->now_ms, err) != 0)
        return -1;
    int used = !request->assignment.id ? 1
                                       : oauth_assignment_delete(*tx, call->arena, call->account.id,
                                                                 &request->assignment, err);
    if (used <= 0)
        return used < 0 ? -1 : err_set(err, ERR_DENIED, "This assignment has been used");
    int made = request->wants_token ? make_token(call, *tx, request, &address, err)
                                    : make_code(call, *tx, request, &address, err);
    if (made != 0 || db_commit(tx, err) != 0)
        return -1;
    oauth_request_redirect(call, address);
    return 0;
}

/* 1 when the user has let the application have all of this before, 0, -1. */
static int is_granted(struct call *call, struct db_tx *tx, const struct oauth_request *request,
                      struct err *err)
{
    struct list list;
    unsigned had = 0;
    if (oauth_token_list_scopes(tx, call->arena, request->application.id, call->account.id,
                                call->now_ms, &list, err) != 0)
        return -1;
    const struct oauth_token_scope *items = list.items;
    for (size_t i = 0; i < list.count; i++)
        had |= oauth_scope_parse(str_of(items[i].scope));
    return (oauth_scope_parse(str_of(request->scope)) & ~had) == 0;
}

/* 1: ask; 0: the reply is there, as the answer is known or nothing can be asked; -1. */
static int look(struct call *call, struct oauth_request *request, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int good = oauth_request_check(call, tx, request, err);
    if (good <= 0)
        return good;
    if (request->asked == 0)
        return err_set(err, ERR_NOT_FOUND, "There is no such scope");
    if (request->assignment_uuid)
        return 1;
    int granted = is_granted(call, tx, request, err);
    db_end(&tx);
    if (granted <= 0)
        return granted < 0 ? -1 : 1;
    return call_begin_write(call, &tx, err) != 0 ? -1 : grant(call, &tx, request, err);
}

static int authorize_get(struct call *call, struct err *err)
{
    struct oauth_request request = {0};
    int result = oauth_request_decode(call, call->request->query, &request, err);
    if (result == 0)
        result = oauth_request_caller(call, &request, err);
    if (result == 0)
        result = look(call, &request, err);
    if (result < 0)
        return oauth_page_error(call, is_json(&request), err);
    return result > 0 ? oauth_page_consent(call, &request, err) : 0;
}

/* What both forms check before anything else. */
static int read_form(struct call *call, struct oauth_request *request, struct err *err)
{
    return oauth_request_decode(call, call->raw, request, err) != 0 ||
                   oauth_request_caller(call, request, err) != 0 ||
                   oauth_request_check_form(call, request, err) != 0
               ? -1
               : 0;
}

static int allow(struct call *call, struct oauth_request *request, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (read_form(call, request, err) != 0 || call_begin_write(call, &tx, err) != 0)
        return -1;
    int good = oauth_request_check(call, tx, request, err);
    if (good <= 0)
        return good;
    if (request->asked == 0) {
        oauth_request_redirect_error(call, request, "invalid_scope");
        return 0;
    }
    return grant(call, &tx, request, err);
}

static int authorizeapp_post(struct call *call, struct err *err)
{
    struct oauth_request request = {0};
    return allow(call, &request, err) == 0 ? 0 : oauth_page_error(call, is_json(&request), err);
}

static int deny(struct call *call, struct oauth_request *request, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (read_form(call, request, err) != 0 || db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int good = oauth_request_check(call, tx, request, err);
    if (good > 0)
        oauth_request_redirect_error(call, request, "authorization_denied");
    return good < 0 ? -1 : 0;
}

static int denyapp_post(struct call *call, struct err *err)
{
    struct oauth_request request = {0};
    return deny(call, &request, err) == 0 ? 0 : oauth_page_error(call, is_json(&request), err);
}

static const struct route oauth_authorize_routes[] = {
    {METHOD_GET, "/oauth/authorize", "oauth_authorize",
     "Ask the user whether an application may have a token.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_PAGE, .handler = authorize_get},
    {METHOD_POST, "/oauth/authorizeapp", "oauth_allow", "The user's yes.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_NO_CSRF, .raw_max = OAUTH_FORM_MAX,
     .handler = authorizeapp_post},
    {METHOD_POST, "/oauth/denyapp", "oauth_deny", "The user's no.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_NO_CSRF | ROUTE_WHILE_READ_ONLY,
     .raw_max = OAUTH_FORM_MAX, .handler = denyapp_post},
};
const struct route_table site_oauth_authorize_table = ROUTES(oauth_authorize_routes);
