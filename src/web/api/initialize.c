/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/user/initialize: the first user of a new registry, made without a login. It works
 * once, while there are no users, and only when config.yaml says FEATURE_USER_INITIALIZE. */
#include "api.h"
#include "auth/client_key.h"
#include "auth/oauth_scope.h"
#include "auth/password.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "domain/oauth_application.h"
#include "domain/oauth_token.h"

struct initialize_body {
    const char *username;
    const char *password;
    const char *email;
    bool access_token;
};

static const struct field initialize_fields[] = {
    F_TEXT(struct initialize_body, username, "username", FIELD_REQUIRED, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct initialize_body, password, "password", FIELD_REQUIRED | FIELD_SECRET, .max = 256),
    F_TEXT(struct initialize_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
    F_BOOL(struct initialize_body, access_token, "access_token", FIELD_NULLABLE),
};
static const struct schema initialize_schema = SCHEMA(struct initialize_body, initialize_fields);

static int check(struct call *call, const struct initialize_body *body, struct err *err)
{
    if (!call->rules->user_initialize)
        return err_set(err, ERR_NOT_FOUND, "FEATURE_USER_INITIALIZE is not enabled");
    if (account_check_name(str_of(body->username), err) != 0 ||
        account_check_password(str_of(body->password), err) != 0)
        return -1;
    return body->email ? account_check_email(str_of(body->email), err) : 0;
}

static int check_first(struct db_tx *tx, struct err *err)
{
    bool any;
    if (account_any_user(tx, &any, err) != 0)
        return -1;
    return any ? err_set(err, ERR_INVALID, "Cannot initialize user in a non-empty database") : 0;
}

/* Before a password is hashed: nobody shall have that done for nothing, again and again. */
static int check_early(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(call->service->db, DB_READ, &tx, err) != 0 ? -1 : check_first(tx, err);
}

/* The first token: all that the first user may, for two hours and a half, as with Quay. */
static int create_token(struct call *call, struct db_tx *tx, const struct account *user,
                        char token[OAUTH_TOKEN_LEN + 1], struct err *err)
{
    struct oauth_token_new in = {
        .account_id = user->id,
        .name = "User initialization",
        .scope = oauth_scope_format(call->arena, OAUTH_ALL),
        .lifetime_ms = INT64_C(9000) * 1000,
    };
    if (oauth_application_internal(tx, call->arena, user->id, &in.application_id, err) != 0)
        return -1;
    return oauth_token_create(tx, &in, call->now_ms, token, err);
}

/* `token` NULL: none is wanted. */
static int create(struct call *call, const struct account_new *user, char *token, struct err *err)
{
    struct account made;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || check_first(tx, err) != 0)
        return -1;
    if (account_create_user(tx, call->arena, user, call->now_ms, &made, err) != 0)
        return -1;
    call->space = made;
    if ((token && create_token(call, tx, &made, token, err) != 0) ||
        call_audit(call, tx, err, AUDIT_USER_CREATE, "username", made.name, "email", made.email,
                   NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int initialize_post(struct call *call, struct err *err)
{
    enum { BODY_MAX = 2048 };
    const struct initialize_body *body = call->body;
    char hash[PASSWORD_HASH_SIZE], token[OAUTH_TOKEN_LEN + 1] = "";
    if (check(call, body, err) != 0 || check_early(call, err) != 0 ||
        auth_hash_password(call->service->auth, str_of(body->password), hash, err) != 0)
        return -1;
    struct account_new user = {
        .name = body->username, .email = body->email, .password_hash = hash, .superuser = false};
    if (create(call, &user, body->access_token ? token : NULL, err) != 0)
        return -1;
    _cleanup_buf_ struct buf reply;
    struct jw w = {.buf = &reply};
    buf_init(&reply, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "username", body->username);
    jw_member_text(&w, "email", body->email);
    jw_member_text(&w, "encrypted_password",
                   client_key_make(call->service->auth, call->arena, str_of(body->password)));
    if (body->access_token)
        jw_member_text(&w, "access_token", token);
    jw_end_object(&w);
    return call_reply_json(call, 200, &reply, err);
}

static const struct route initialize_routes[] = {
    {METHOD_POST, "/api/v1/user/initialize", "user_initialize", "Create the first user.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .body = &initialize_schema, .body_max = 16 * 1024,
     .handler = initialize_post},
};
const struct route_table api_initialize_table = ROUTES(initialize_routes);
