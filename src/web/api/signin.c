/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in with a browser, and out. A new session begins at each sign-in, so that nothing an
 * attacker may have planted in the old one counts afterwards. */
#include "signin.h"
#include "api.h"
#include "auth/basic.h"
#include "base/quote.h"
#include "base/str.h"
#include "codec/jw.h"
#include "domain/account_profile.h"
#include "domain/mail_code.h"
#include "web/caller.h"
#include "web/letters.h"

enum { RESEND_MS = 10 * 60 * 1000 }; /* between two mails with a code to confirm */

static const int64_t CONFIRM_MS = INT64_C(7) * 24 * 3600 * 1000;

struct signin_body {
    const char *username;
    const char *password;
    const char *invite_code; /* of an invitation by mail: confirms the address that it went to */
};

static const struct field signin_fields[] = {
    F_TEXT(struct signin_body, username, "username", FIELD_REQUIRED, .max = BASIC_USERNAME_MAX),
    F_TEXT(struct signin_body, password, "password", FIELD_REQUIRED | FIELD_SECRET, .max = 4096),
    F_TEXT(struct signin_body, invite_code, "invite_code", FIELD_NULLABLE | FIELD_SECRET,
           .max = 255),
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

static int reply_failure(struct call *call, const char *message, bool unverified, struct err *err)
{
    enum { BODY_MAX = 1024 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_bool(&w, "needsEmailVerification", unverified);
    jw_member_bool(&w, "invalidCredentials", !unverified);
    jw_member_text(&w, "message", message);
    jw_end_object(&w);
    return call_reply_json(call, 403, &body, err);
}

/* Clients of old show the body as it is. */
static int reply_locked(struct call *call, const char *message)
{
    reply_headerf(call->reply, "Retry-After", "%lld", (long long)call->retry_after_s);
    reply_bytes(call->reply, 429, "text/html; charset=utf-8", str_of(message));
    return 0;
}

/* A sign-in in the audit log, where config.yaml wants it there. What cannot be written fails the
 * sign-in: nobody shall come in unseen. */
static int audit(struct call *call, const struct account *user, const char *typed,
                 const char *failure, struct err *err)
{
    struct str agent = request_header(call->request, STR("User-Agent"));
    const char *agent_text = agent.ptr && utf8_valid(agent) ? arena_text(call->arena, agent) : NULL;
    const struct account before = call->space;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call->rules->read_only ||
        !(failure ? call->rules->audit.login_failures : call->rules->audit.logins))
        return 0;
    call->space = *user; /* in whose log it is; nobody's when the name is unknown */
    int written = db_begin(call->service->db, DB_WRITE_RELAXED, &tx, err) != 0 ? -1
                  : failure ? call_audit(call, tx, err, AUDIT_LOGIN_FAILURE, "type", "quayauth",
                                         "kind", "user", "useragent", agent_text, "username", typed,
                                         "message", failure, NULL)
                            : call_audit(call, tx, err, AUDIT_LOGIN_SUCCESS, "type", "quayauth",
                                         "kind", "user", "useragent", agent_text, NULL);
    call->space = before;
    return written != 0 ? -1 : db_commit(&tx, err);
}

/* The user of a name or an address; all zero when there is none. */
static int find_user(struct call *call, const char *typed, struct account *out, struct err *err)
{
    struct account user = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = strchr(typed, '@') ? account_find_by_email(tx, call->arena, typed, &user, err)
                                   : account_find_by_name(tx, call->arena, typed, &user, err);
    if (found < 0)
        return -1;
    *out = found > 0 && user.kind == ACCOUNT_USER ? user : (struct account){0};
    return 0;
}

/* Right password, but the address is not confirmed: the mail may have been lost. */
static int send_again(struct call *call, const struct account *user, struct err *err)
{
    char code[MAIL_CODE_LEN + 1];
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!user->email || call->rules->read_only)
        return 0;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int recent = mail_code_recent(tx, MAIL_CONFIRM, user->id, call->now_ms - RESEND_MS, err);
    if (recent != 0)
        return recent < 0 ? -1 : 0;
    if (mail_code_create(tx, MAIL_CONFIRM, user->id, NULL, call->now_ms, CONFIRM_MS, code, err) !=
            0 ||
        db_commit(&tx, err) != 0)
        return -1;
    letter_confirm(call, user->email, user->name, code);
    return 0;
}

static int refuse(struct call *call, const char *typed, struct err *err)
{
    struct account user;
    const char *message = arena_strdup(call->arena, err->msg);
    enum err_code code = err->code;
    if (code != ERR_UNAUTHORIZED && code != ERR_TOO_MANY && code != ERR_CONFLICT)
        return -1;
    if (find_user(call, typed, &user, err) != 0 || audit(call, &user, typed, message, err) != 0)
        return -1;
    if (code == ERR_TOO_MANY)
        return reply_locked(call, message);
    bool unverified = code == ERR_CONFLICT;
    if (unverified && send_again(call, &user, err) != 0)
        return -1;
    return reply_failure(call, message, unverified, err);
}

/* Who gives the right password and the code of an invitation to his address has read the mailbox:
 * 1 the address is confirmed now, 0 not, -1. */
static int confirm_by_invite(struct call *call, const struct signin_body *body, struct err *err)
{
    struct account user;
    if (!body->invite_code || call->rules->read_only)
        return 0;
    if (find_user(call, body->username, &user, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!user.email || call_begin_write(call, &tx, err) != 0)
        return user.email ? -1 : 0;
    int invited = mail_code_invited(tx, body->invite_code, user.email, err);
    if (invited <= 0)
        return invited;
    if (account_set_verified(tx, user.id, true, err) != 0 ||
        mail_code_cancel(tx, MAIL_CONFIRM, user.id, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return 1;
}

static int login(struct call *call, const struct signin_body *body, struct identity *who,
                 struct err *err)
{
    return basic_login_user(call->service->auth, call->arena, body->username,
                            str_of(body->password), call->now_ms, who, &call->retry_after_s, err);
}

/* The same once more, when the one thing that was missing has come: 0, or -1 with *err as it was or
 * as it is now. */
static int login_confirmed(struct call *call, const struct signin_body *body, struct identity *who,
                           struct err *err)
{
    struct err failed = {0};
    if (err->code != ERR_CONFLICT)
        return -1;
    int confirmed = confirm_by_invite(call, body, &failed);
    if (confirmed < 0)
        *err = failed;
    return confirmed > 0 ? login(call, body, who, err) : -1;
}

static int conduct(struct call *call, const struct signin_body *body, struct err *err)
{
    struct identity who;
    if (login(call, body, &who, err) != 0 && login_confirmed(call, body, &who, err) != 0)
        return refuse(call, body->username, err);
    struct account user = {.id = who.account_id};
    call->identity = arena_memdup(call->arena, &who, sizeof who);
    call->reply->user = who.name;
    if (audit(call, &user, body->username, NULL, err) != 0)
        return -1;
    caller_begin_session(call, who.uuid, who.session_epoch);
    return reply_success(call);
}

int signin_conduct(struct call *call, const char *typed, const char *password, struct err *err)
{
    struct signin_body body = {.username = typed, .password = password};
    return conduct(call, &body, err);
}

static int signin_post(struct call *call, struct err *err)
{
    const struct signin_body *body = call->body;
    return conduct(call, body, err);
}

static int verify_post(struct call *call, struct err *err)
{
    const struct signin_body *body = call->body;
    return signin_conduct(call, call->account.name, body->password, err);
}

/* Ends all sessions of the user, wherever they are. */
static int signout_post(struct call *call, struct err *err)
{
    if (call->account.id) {
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        if (call_begin_write(call, &tx, err) != 0 ||
            account_end_sessions(tx, call->account.id, err) != 0 ||
            call_audit(call, tx, err, AUDIT_LOGOUT_SUCCESS, NULL) != 0 || db_commit(&tx, err) != 0)
            return -1;
    }
    caller_begin_session(call, NULL, 0);
    return reply_success(call);
}

static const struct route signin_routes[] = {
    {METHOD_POST, "/api/v1/signin", "signinUser", "Sign in and begin a session.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_WHILE_READ_ONLY,
     .feature = FEATURE_DIRECT_LOGIN, .body = &signin_schema, .handler = signin_post},
    {METHOD_POST, "/api/v1/signin/verify", "verifyUser", "Give the password again.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .flags = ROUTE_WHILE_READ_ONLY, .body = &verify_schema, .handler = verify_post},
    {METHOD_POST, "/api/v1/signout", "logout", "End all sessions of the user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_WHILE_READ_ONLY,
     .handler = signout_post},
};
const struct route_table api_signin_table = ROUTES(signin_routes);
