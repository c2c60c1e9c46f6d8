/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in with a browser, and out. A new session begins at each sign-in, so that nothing an
 * attacker may have planted in the old one counts afterwards. */
#include "api.h"
#include "auth/basic.h"
#include "base/str.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "web/caller.h"

struct signin_body {
    const char *username;
    const char *password;
};

static const struct field signin_fields[] = {
    F_TEXT(struct signin_body, username, "username", FIELD_REQUIRED, .max = BASIC_USERNAME_MAX),
    F_TEXT(struct signin_body, password, "password", FIELD_REQUIRED | FIELD_SECRET, .max = 4096),
};
static const struct schema signin_schema = SCHEMA(struct signin_body, signin_fields);

static const struct field verify_fields[] = {
    F_TEXT(struct signin_body, password, "password", FIELD_REQUIRED | FIELD_SECRET, .max = 4096),
};
static const struct schema verify_schema = SCHEMA(struct signin_body, verify_fields);

static int reply_success(struct call *call)
{
    reply_bytes(call->reply, 200, "application/json", STR("{\"success\": true}"));
    return 0;
}

static int reply_failure(struct call *call, const char *message, struct err *err)
{
    enum { BODY_MAX = 1024 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_bool(&w, "needsEmailVerification", false);
    jw_member_bool(&w, "invalidCredentials", true);
    jw_member_text(&w, "message", message);
    jw_end_object(&w);
    return call_reply_json(call, 403, &body, err);
}

/* 1 right, 0 wrong (the reply says so), -1. */
static int check(struct call *call, const char *username, const char *password, struct err *err)
{
    struct identity who;
    if (basic_login_user(call->service->auth, call->arena, username, str_of(password), call->now_ms,
                         &who, &call->retry_after_s, err) != 0) {
        if (err->code != ERR_UNAUTHORIZED)
            return -1;
        const char *message = arena_strdup(call->arena, err->msg);
        return reply_failure(call, message, err);
    }
    caller_begin_session(call, who.uuid);
    return 1;
}

static int signin_post(struct call *call, struct err *err)
{
    const struct signin_body *body = call->body;
    int right = check(call, body->username, body->password, err);
    return right > 0 ? reply_success(call) : right;
}

static int verify_post(struct call *call, struct err *err)
{
    const struct signin_body *body = call->body;
    int right = check(call, call->account.name, body->password, err);
    return right > 0 ? reply_success(call) : right;
}

/* Ends all sessions of the user, wherever they are. */
static int signout_post(struct call *call, struct err *err)
{
    if (call->account.id) {
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        if (db_begin(call->service->db, DB_WRITE, &tx, err) != 0 ||
            account_end_sessions(tx, call->account.id, err) != 0 ||
            call_audit(call, tx, err, AUDIT_LOGOUT_SUCCESS, NULL) != 0 || db_commit(&tx, err) != 0)
            return -1;
    }
    caller_begin_session(call, NULL);
    return reply_success(call);
}

static const struct route signin_routes[] = {
    {METHOD_POST, "/api/v1/signin", "signinUser", "Sign in and begin a session.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_WHILE_READ_ONLY,
     .feature = FEATURE_DIRECT_LOGIN, .body = &signin_schema, .handler = signin_post},
    {METHOD_POST, "/api/v1/signin/verify", "verifyUser", "Give the password again.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SIGNED_IN,
     .flags = ROUTE_WHILE_READ_ONLY, .body = &verify_schema, .handler = verify_post},
    {METHOD_POST, "/api/v1/signout", "logout", "End all sessions of the user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_WHILE_READ_ONLY,
     .handler = signout_post},
};
const struct route_table api_signin_table = ROUTES(signin_routes);
