/* SPDX-License-Identifier: Apache-2.0 */
/* Users, as superusers manage them. Other superusers are not theirs to change: that is what the
 * configuration and the command line are for. */
#include "api.h"
#include "auth/client_key.h"
#include "auth/password.h"
#include "base/rand.h"
#include "codec/jw.h"
#include "domain/account_delete.h"
#include "domain/mail_code.h"
#include "people.h"
#include "superuser_list.h"
#include "view.h"
#include "web/letters.h"

enum { BODY_MAX = 16 * 1024, PASSWORD_LEN = 32 };

struct new_body {
    const char *username;
    const char *email;
};
static const struct field new_fields[] = {
    F_TEXT(struct new_body, username, "username", FIELD_REQUIRED, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct new_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
};
static const struct schema new_schema = SCHEMA(struct new_body, new_fields);

struct change_body {
    const char *password;
    const char *email;
    bool enabled;
};
static const struct field change_fields[] = {
    F_TEXT(struct change_body, password, "password", FIELD_NULLABLE | FIELD_SECRET, .max = 256),
    F_TEXT(struct change_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
    F_BOOL(struct change_body, enabled, "enabled", 0),
};
static const struct schema change_schema = SCHEMA(struct change_body, change_fields);

static void write_members(struct call *call, struct jw *w, const struct account *user)
{
    struct identity who = identity_of_account(auth_rules(call->service->auth), user);
    jw_member_text(w, "kind", "user");
    jw_member_text(w, "name", user->name);
    jw_member_text(w, "username", user->name);
    jw_member_text(w, "email", user->email);
    jw_member_bool(w, "verified", user->verified);
    view_avatar(w, "avatar", user->name, user->email, "user");
    jw_member_bool(w, "super_user", who.superuser);
    jw_member_bool(w, "global_readonly_super_user", who.readonly_superuser);
    jw_member_bool(w, "enabled", user->enabled);
}

static void write_user(struct call *call, struct jw *w, const struct account *user,
                       const struct quota_shown *quota)
{
    jw_begin_object(w);
    write_members(call, w, user);
    quota_shown_write(call, w, quota);
    jw_end_object(w);
}

/* `password`: a new one, that is shown in its encrypted form too; NULL: none. */
static int reply_user(struct call *call, const struct account *user, const char *password,
                      struct err *err)
{
    struct quota_shown quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        quota_shown_load(call, tx, user->id, &quota, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    write_members(call, &w, user);
    quota_shown_write(call, &w, &quota);
    if (password)
        jw_member_text(&w, "encrypted_password",
                       client_key_make(call->service->auth, call->arena, str_of(password)));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int users_list(struct call *call, struct err *err)
{
    return superuser_list_reply(call, ACCOUNT_USER, "users", write_user, err);
}

static int create(struct call *call, const struct account_new *in, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        account_create_user(tx, call->arena, in, call->now_ms, &call->space, err) != 0 ||
        call_audit(call, tx, err, AUDIT_USER_CREATE, "email", in->email, "username", in->name,
                   "superuser", call->account.name, NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int users_post(struct call *call, struct err *err)
{
    const struct new_body *in = call->body;
    char password[PASSWORD_LEN + 1], hash[PASSWORD_HASH_SIZE];
    if (!in->email && call_feature(call, FEATURE_MAILING))
        return err_set(err, ERR_INVALID, "email: is required, as this registry sends mail");
    if (account_check_name(str_of(in->username), err) != 0 ||
        (in->email && account_check_email(str_of(in->email), err) != 0))
        return -1;
    rand_token(password, PASSWORD_LEN);
    if (auth_hash_password(call->service->auth, str_of(password), hash, err) != 0)
        return -1;
    struct account_new user = {.name = in->username, .email = in->email, .password_hash = hash};
    if (create(call, &user, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "username", in->username);
    jw_member_text(&w, "email", in->email);
    jw_member_text(&w, "password", password);
    jw_member_text(&w, "encrypted_password",
                   client_key_make(call->service->auth, call->arena, str_of(password)));
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

/* call->space becomes the user, whom entries of the audit log are then about. */
static int find(struct call *call, struct db_tx *tx, struct err *err)
{
    struct account user = {0};
    if (superuser_list_find(call, tx, call_value(call, "username"), ACCOUNT_USER, &user, err) != 0)
        return -1;
    call->space = user;
    return 0;
}

static int find_changeable(struct call *call, struct db_tx *tx, struct err *err)
{
    if (find(call, tx, err) != 0)
        return -1;
    struct identity who = identity_of_account(auth_rules(call->service->auth), &call->space);
    if (who.superuser || who.readonly_superuser)
        return err_set(err, ERR_INVALID, "a superuser cannot be changed or deleted here");
    return 0;
}

static int user_get(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 || find(call, tx, err) != 0)
        return -1;
    return reply_user(call, &call->space, NULL, err);
}

static int change_password(struct call *call, struct db_tx *tx, const char *hash, struct err *err)
{
    int64_t id = call->space.id;
    if (!hash)
        return 0;
    if (account_set_password(tx, id, hash, err) != 0 || account_end_sessions(tx, id, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_PASSWORD, "username", call->space.name,
                      "superuser", call->account.name, NULL);
}

static int change_email(struct call *call, struct db_tx *tx, const char *email, struct err *err)
{
    const char *old = call->space.email;
    if (!email)
        return 0;
    if (account_set_email(tx, call->arena, call->space.id, email, err) != 0)
        return -1;
    call->space.email = email;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_EMAIL, "username", call->space.name, "email",
                      email, "old_email", old, "superuser", call->account.name, NULL);
}

static int change_enabled(struct call *call, struct db_tx *tx, bool enabled, struct err *err)
{
    if (!call_has(call, "enabled") || enabled == call->space.enabled)
        return 0;
    if (account_set_enabled(tx, call->space.id, enabled, err) != 0)
        return -1;
    call->space.enabled = enabled;
    return call_audit(call, tx, err, enabled ? AUDIT_USER_ENABLE : AUDIT_USER_DISABLE, "username",
                      call->space.name, "superuser", call->account.name, NULL);
}

static int user_put(struct call *call, struct err *err)
{
    const struct change_body *body = call->body;
    char hash[PASSWORD_HASH_SIZE];
    const char *new_hash = body->password ? hash : NULL;
    if (body->password &&
        (account_check_password(str_of(body->password), err) != 0 ||
         auth_hash_password(call->service->auth, str_of(body->password), hash, err) != 0))
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find_changeable(call, tx, err) != 0 ||
        change_password(call, tx, new_hash, err) != 0 ||
        change_email(call, tx, body->email, err) != 0 ||
        change_enabled(call, tx, body->enabled, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return reply_user(call, &call->space, body->password, err);
}

static int user_delete(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find_changeable(call, tx, err) != 0 ||
        account_delete(tx, &call->space, call->now_ms, err) != 0 ||
        call_audit(call, tx, err, AUDIT_USER_DELETE, "username", call->space.name, "superuser",
                   call->account.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static int recovery_post(struct call *call, struct err *err)
{
    char code[MAIL_CODE_LEN + 1];
    if (!call_feature(call, FEATURE_SUPER_USERS))
        return err_set(err, ERR_NOT_FOUND, "this feature is switched off");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, err) != 0)
        return -1;
    if (!call->space.email)
        return err_set(err, ERR_INVALID, "the user has no e-mail address");
    if (mail_code_create(tx, MAIL_RECOVER, call->space.id, NULL, call->now_ms,
                         call->rules->recovery_ms, code, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    letter_recovery(call, call->space.email, call->space.name, code);
    return call_reply_text(call, 200, "email", call->space.email, err);
}

#define USERS "/api/v1/superuser/users/"
#define READ                                                                                       \
    .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER,                             \
    .feature = FEATURE_SUPER_USERS, .flags = ROUTE_READONLY_SUPERUSER | ROUTE_FRESH_LOGIN
#define WRITE                                                                                      \
    .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER, .flags = ROUTE_FRESH_LOGIN

static const struct route superuser_user_routes[] = {
    {METHOD_GET, USERS, "listAllUsers", "List all users.", READ, .query = &superuser_list_schema,
     .handler = users_list},
    {METHOD_POST, USERS, "createInstallUser", "Create a user with a random password.", WRITE,
     .feature = FEATURE_SUPER_USERS, .body = &new_schema, .handler = users_post},
    {METHOD_GET, USERS "{username}", "getInstallUser", "Get any user.", READ, .handler = user_get},
    {METHOD_PUT, USERS "{username}", "changeInstallUser",
     "Change the password or address of a user, or disable him.", WRITE,
     .feature = FEATURE_SUPER_USERS, .body = &change_schema, .handler = user_put},
    {METHOD_DELETE, USERS "{username}", "deleteInstallUser", "Delete a user.", WRITE,
     .feature = FEATURE_SUPER_USERS, .handler = user_delete},
    /* Quay spells this one in the plural. */
    {METHOD_POST, "/api/v1/superusers/users/{username}/sendrecovery",
     "sendInstallUserRecoveryEmail", "Send a user the mail for forgotten passwords.", WRITE,
     .feature = FEATURE_MAILING, .handler = recovery_post},
};
const struct route_table api_superuser_user_table = ROUTES(superuser_user_routes);
