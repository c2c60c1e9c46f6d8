/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for consent. */
#include "oauth_request.h"

#include "auth/basic.h"
#include "auth/oauth_redirect.h"
#include "auth/oauth_scope.h"
#include "auth/permission.h"
#include "codec/form.h"
#include "domain/account.h"
#include "domain/oauth_code.h"

static const struct field request_fields[] = {
    F_TEXT(struct oauth_request, client_id, "client_id", FIELD_REQUIRED, .max = 255),
    F_TEXT(struct oauth_request, redirect_uri, "redirect_uri", FIELD_REQUIRED,
           .max = OAUTH_REDIRECT_MAX),
    F_TEXT(struct oauth_request, scope, "scope", FIELD_REQUIRED, .max = 255),
    F_TEXT(struct oauth_request, response_type, "response_type", 0, .max = 64),
    F_TEXT(struct oauth_request, state, "state", 0, .max = 2048),
    F_TEXT(struct oauth_request, challenge, "code_challenge", 0, .max = 255),
    F_TEXT(struct oauth_request, challenge_method, "code_challenge_method", 0, .max = 64),
    F_TEXT(struct oauth_request, format, "format", 0, .max = 16),
    F_TEXT(struct oauth_request, assignment_uuid, "assignment_uuid", 0, .max = 64),
    F_TEXT(struct oauth_request, csrf_token, "_csrf_token", FIELD_SECRET, .max = 128),
    F_TEXT(struct oauth_request, username, "username", 0, .max = ACCOUNT_NAME_MAX),
};
static const struct schema request_schema = SCHEMA(struct oauth_request, request_fields);

static const struct field format_fields[] = {
    F_TEXT(struct oauth_request, format, "format", 0, .max = 16),
};
static const struct schema format_schema = SCHEMA(struct oauth_request, format_fields);

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

int oauth_request_decode(struct call *call, struct str text, struct oauth_request *out,
                         struct err *err)
{
    struct oauth_request request = {0};
    /* First of all, in which form an error is told. */
    if (form_decode(call->arena, &format_schema, text, out, err) != 0 ||
        form_decode(call->arena, &request_schema, text, &request, err) != 0)
        return -1;
    if (!or_null(request.response_type))
        request.response_type = "code";
    request.state = or_null(request.state);
    request.challenge = or_null(request.challenge);
    request.challenge_method = or_null(request.challenge_method);
    request.assignment_uuid = or_null(request.assignment_uuid);
    request.wants_token = strcmp(request.response_type, "token") == 0;
    request.asked = oauth_scope_asked(str_of(request.scope));
    if (request.asked & OAUTH_SUPER_USER && !call_feature(call, FEATURE_SUPER_USERS))
        request.asked = 0; /* there is no such scope then */
    *out = request;
    return 0;
}

static int refuse_caller(struct err *err)
{
    return err_set(err, ERR_UNAUTHORIZED, "Sign in first");
}

static int by_password(struct call *call, struct err *err)
{
    struct basic basic;
    struct identity who;
    struct str header = request_header(call->request, STR("Authorization"));
    if (!basic_parse(call->arena, header, &basic) || basic.kind != BASIC_USER)
        return refuse_caller(err);
    if (basic_login(call->service->auth, call->arena, &basic, call->now_ms, &who,
                    &call->retry_after_s, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = account_find_by_id(tx, call->arena, who.account_id, &call->account, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_caller(err);
    call->identity = arena_memdup(call->arena, &who, sizeof who);
    call->reply->user = who.name;
    return 0;
}

int oauth_request_caller(struct call *call, struct oauth_request *request, struct err *err)
{
    if (call->identity->browser)
        return 0;
    if (call->identity->kind != IDENTITY_ANONYMOUS)
        return refuse_caller(err);
    request->with_password = true;
    return by_password(call, err);
}

static bool is_direct(const struct call *call, const char *client_id)
{
    const struct texts *direct = &call->rules->oauth_direct_clients;
    for (size_t i = 0; i < direct->count; i++) {
        if (strcmp(direct->items[i], client_id) == 0)
            return true;
    }
    return false;
}

int oauth_request_check_form(struct call *call, const struct oauth_request *request,
                             struct err *err)
{
    struct str header = request_header(call->request, STR("X-CSRF-Token"));
    struct str token = header.len ? header : str_of(request->csrf_token);
    if (request->with_password && is_direct(call, request->client_id))
        return 0;
    if (!call->session.nonce[0] ||
        !session_csrf_ok(auth_secrets(call->service->auth), &call->session, token))
        return err_set(err, ERR_CSRF, "CSRF token was invalid or missing.");
    return 0;
}

static int find_application(struct call *call, struct db_tx *tx, struct oauth_request *request,
                            struct err *err)
{
    int found = oauth_application_find(tx, call->arena, request->client_id, &request->application,
                                       err);
    if (found > 0)
        found = account_find_by_id(tx, call->arena, request->application.organization_id,
                                   &call->space, err);
    if (found < 0)
        return -1;
    /* What the command line made for a user asks nobody. */
    if (found == 0 || call->space.kind != ACCOUNT_ORGANIZATION)
        return err_set(err, ERR_NOT_FOUND, "There is no such application");
    return permission_on_namespace(tx, call->identity, call->space.id, &call->space_access, err);
}

/* Our own page that shows a token is always fine: see /oauth/localapp. */
static bool is_local(const struct call *call, const char *uri)
{
    const char *local = arena_printf(call->arena, "%s/oauth/localapp", call_base_url(call));
    return strcmp(uri, local) == 0;
}

/* 1 good, 0 sent back, -1. */
static int check_redirect(struct call *call, const struct oauth_request *request, struct err *err)
{
    const char *registered = request->application.redirect_uri;
    if (oauth_redirect_allowed(str_of(registered), str_of(request->redirect_uri)) ||
        is_local(call, request->redirect_uri))
        return 1;
    if (!oauth_redirect_allowed(str_of(registered), str_of(registered)))
        return err_set(err, ERR_INVALID,
                       "redirect_uri is not within the address that the application registered");
    oauth_request_redirect(
        call, oauth_redirect_with(call->arena, registered, "error", "redirect_uri_mismatch", NULL));
    return 0;
}

static bool is_for(const struct oauth_assignment *assignment, const struct oauth_request *request)
{
    return assignment->application_id == request->application.id &&
           oauth_scope_asked(str_of(assignment->scope)) == request->asked &&
           strcmp(assignment->redirect_uri, request->redirect_uri) == 0 &&
           strcmp(assignment->response_type, request->response_type) == 0;
}

static int find_assignment(struct call *call, struct db_tx *tx, struct oauth_request *request,
                           struct err *err)
{
    struct oauth_assignment assignment;
    if (!request->assignment_uuid || !call_feature(call, FEATURE_ASSIGN_OAUTH_TOKEN))
        return 0;
    int found = oauth_assignment_find(tx, call->arena, call->account.id, request->assignment_uuid,
                                      &assignment, err);
    if (found > 0 && is_for(&assignment, request))
        request->assignment = assignment;
    return found < 0 ? -1 : 0;
}

/* A proof key that we do not understand, or that the answer would not be bound to, is refused: the
 * application counts on it. */
static bool is_proof_ok(const struct oauth_request *request)
{
    if (!request->challenge)
        return !request->challenge_method;
    return !request->wants_token && request->challenge_method &&
           strcmp(request->challenge_method, "S256") == 0 &&
           oauth_code_challenge_ok(str_of(request->challenge));
}

int oauth_request_check(struct call *call, struct db_tx *tx, struct oauth_request *request,
                        struct err *err)
{
    if (find_application(call, tx, request, err) != 0)
        return -1;
    int good = check_redirect(call, request, err);
    if (good <= 0)
        return good;
    if (find_assignment(call, tx, request, err) != 0)
        return -1;
    if (!request->assignment.id && !(call->space_access & NAMESPACE_ADMIN))
        return err_set(err, ERR_DENIED,
                       "Only administrators of %.100s may let this application in, or those whom "
                       "they have assigned a token",
                       call->space.name);
    if (!request->wants_token && strcmp(request->response_type, "code") != 0) {
        oauth_request_redirect_error(call, request, "unsupported_response_type");
        return 0;
    }
    if (!is_proof_ok(request)) {
        oauth_request_redirect_error(call, request, "invalid_request");
        return 0;
    }
    return 1;
}

void oauth_request_redirect(struct call *call, const char *uri)
{
    reply_header(call->reply, "Location", uri);
    reply_header(call->reply, "Referrer-Policy", "no-referrer");
    reply_header(call->reply, "Cache-Control", "no-store");
    reply_status(call->reply, 302);
}

void oauth_request_redirect_error(struct call *call, const struct oauth_request *request,
                                  const char *error)
{
    oauth_request_redirect(call, oauth_redirect_with(call->arena, request->redirect_uri, "error",
                                                     error, "state", request->state, NULL));
}
