/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/user/: signing up. Where mail is sent the new user must confirm the address before
 * the first login, unless the code of an invitation to that address shows that it is his. */
#include "api.h"
#include "auth/auth.h"
#include "domain/account.h"
#include "domain/account_profile.h"
#include "domain/mail_code.h"
#include "user_view.h"
#include "web/caller.h"
#include "web/letters.h"

static const int64_t CONFIRM_MS = INT64_C(7) * 24 * 3600 * 1000;

struct signup_body {
    const char *username;
    const char *password;
    const char *email;
    const char *invite_code;
};

static const struct field signup_fields[] = {
    F_TEXT(struct signup_body, username, "username", FIELD_REQUIRED, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct signup_body, password, "password", FIELD_REQUIRED | FIELD_SECRET, .max = 4096),
    F_TEXT(struct signup_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
    F_TEXT(struct signup_body, invite_code, "invite_code", FIELD_NULLABLE | FIELD_SECRET,
           .max = 255),
};
static const struct schema signup_schema = SCHEMA(struct signup_body, signup_fields);

/* "mail.example.org" is in "example.org", and in itself. */
static bool is_in_domain(struct str host, struct str domain)
{
    if (host.len < domain.len)
        return false;
    size_t before = host.len - domain.len;
    return str_eq_case(str_sub(host, before, domain.len), domain) &&
           (before == 0 || host.ptr[before - 1] == '.');
}

static int check_domain(const struct call *call, struct str email, struct err *err)
{
    const struct texts *blocked = &call->rules->blocked_domains;
    size_t at = (size_t)(str_find_last(email, '@') + 1);
    if (!call_feature(call, FEATURE_BLACKLISTED_EMAILS))
        return 0;
    for (size_t i = 0; i < blocked->count; i++) {
        if (is_in_domain(str_sub(email, at, email.len), str_of(blocked->items[i])))
            return err_set(err, ERR_INVALID,
                           "nobody can sign up with an e-mail address of this domain; ask an "
                           "administrator");
    }
    return 0;
}

static int check(const struct call *call, const struct signup_body *body, struct err *err)
{
    if (!call_feature(call, FEATURE_DIRECT_LOGIN))
        return err_set(err, ERR_NOT_FOUND, "this feature is switched off");
    if (call_feature(call, FEATURE_INVITE_ONLY_USER_CREATION) && !body->invite_code)
        return err_set(err, ERR_INVALID, "Cannot create non-invited user");
    if (account_check_name(str_of(body->username), err) != 0 ||
        account_check_password(str_of(body->password), err) != 0)
        return -1;
    if (body->email)
        return account_check_email(str_of(body->email), err) != 0
                   ? -1
                   : check_domain(call, str_of(body->email), err);
    bool needed = call_feature(call, FEATURE_MAILING) ||
                  call_feature(call, FEATURE_INVITE_ONLY_USER_CREATION);
    return needed ? err_set(err, ERR_INVALID, "Email address is required") : 0;
}

/* The first user may be the superuser whom config.yaml names, as Quay's guides have it. Later such
 * a name is for those to give who administer the registry. */
static int check_power(const struct call *call, struct db_tx *tx, const char *name, struct err *err)
{
    bool any = false;
    if (!identity_name_powerful(auth_rules(call->service->auth), name))
        return 0;
    if (account_any_user(tx, &any, err) != 0)
        return -1;
    return any ? err_set(err, ERR_INVALID,
                         "this name is that of a superuser; an administrator can create it")
               : 0;
}

/* Whether the names are free, and whether he was invited, where that decides: before a password is
 * hashed. */
static int check_state(struct call *call, const struct signup_body *body, bool *invited_out,
                       struct err *err)
{
    struct account other = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int invited = body->invite_code && body->email
                      ? mail_code_invited(tx, body->invite_code, body->email, err)
                      : 0;
    int taken = invited < 0 ? -1
                            : account_find_by_name(tx, call->arena, body->username, &other, err);
    if (taken < 0)
        return -1;
    if (taken > 0)
        return err_set(err, ERR_EXISTS, "The username already exists");
    if (check_power(call, tx, body->username, err) != 0)
        return -1;
    if (!invited && call_feature(call, FEATURE_INVITE_ONLY_USER_CREATION))
        return err_set(err, ERR_INVALID, "Cannot create non-invited user");
    *invited_out = invited > 0;
    return 0;
}

static int create(struct call *call, const struct account_new *in, bool confirm,
                  char code[MAIL_CODE_LEN + 1], struct account *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        account_create_user(tx, call->arena, in, call->now_ms, out, err) != 0)
        return -1;
    if (confirm && (account_set_verified(tx, out->id, false, err) != 0 ||
                    mail_code_create(tx, MAIL_CONFIRM, out->id, NULL, call->now_ms, CONFIRM_MS,
                                     code, err) != 0))
        return -1;
    call->space = *out;
    if (call_audit(call, tx, err, AUDIT_USER_CREATE, "username", out->name, "email", out->email,
                   NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

/* He is signed in at once. */
static int reply_created(struct call *call, const struct account *made, struct err *err)
{
    struct user_view view;
    struct identity identity = identity_of_account(auth_rules(call->service->auth), made);
    call->identity = arena_memdup(call->arena, &identity, sizeof identity);
    call->reply->user = made->name;
    caller_begin_session(call, made->uuid, made->session_epoch);
    if (user_view_load(call, made, &view, err) != 0)
        return -1;
    return user_view_reply(call, &view, err);
}

static int signup_post(struct call *call, struct err *err)
{
    const struct signup_body *body = call->body;
    struct account made;
    bool invited = false;
    char hash[PASSWORD_HASH_SIZE], code[MAIL_CODE_LEN + 1] = "";
    if (check(call, body, err) != 0 || check_state(call, body, &invited, err) != 0 ||
        auth_hash_password(call->service->auth, str_of(body->password), hash, err) != 0)
        return -1;
    bool confirm = call_feature(call, FEATURE_MAILING) && !invited;
    struct account_new in = {
        .name = body->username, .email = body->email, .password_hash = hash, .superuser = false};
    if (create(call, &in, confirm, code, &made, err) != 0)
        return -1;
    if (!confirm)
        return reply_created(call, &made, err);
    letter_confirm(call, made.email, made.name, code);
    reply_bytes(call->reply, 200, "application/json", STR("{\"awaiting_verification\": true}"));
    return 0;
}

static const struct route signup_routes[] = {
    {METHOD_POST, "/api/v1/user/", "createNewUser", "Sign up.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS, .feature = FEATURE_USER_CREATION,
     .body = &signup_schema, .handler = signup_post},
};
const struct route_table api_signup_table = ROUTES(signup_routes);
