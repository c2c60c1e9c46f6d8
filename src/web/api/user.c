/* SPDX-License-Identifier: Apache-2.0 */
/* Users: what is shown of them, and what they change about themselves. All members of one PUT are
 * changed together, or none is. */
#include "api.h"
#include "auth/auth.h"
#include "domain/account_delete.h"
#include "domain/mail_code.h"
#include "password_change.h"
#include "user_view.h"
#include "web/caller.h"
#include "web/letters.h"

enum { SECOND_MS = 1000, TAG_EXPIRATION_MAX_S = 10 * 366 * 24 * 3600 };

static const int64_t CHANGE_CODE_MS = INT64_C(24) * 3600 * 1000;

struct user_body {
    const char *username;
    const char *password;
    const char *email;
    bool invoice_email;
    const char *invoice_email_address;
    int64_t tag_expiration_s;
    const char *given_name;
    const char *family_name;
    const char *company;
    const char *location;
};

static const struct field user_fields[] = {
    F_TEXT(struct user_body, username, "username", FIELD_NULLABLE, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct user_body, password, "password", FIELD_NULLABLE | FIELD_SECRET, .max = 4096),
    F_TEXT(struct user_body, email, "email", FIELD_NULLABLE, .max = ACCOUNT_EMAIL_MAX),
    F_BOOL(struct user_body, invoice_email, "invoice_email", 0),
    F_TEXT(struct user_body, invoice_email_address, "invoice_email_address", FIELD_NULLABLE,
           .max = ACCOUNT_EMAIL_MAX),
    F_INT(struct user_body, tag_expiration_s, "tag_expiration_s", 0, .min = 0,
          .max = TAG_EXPIRATION_MAX_S),
    F_TEXT(struct user_body, given_name, "given_name", FIELD_NULLABLE,
           .max = ACCOUNT_NAME_PART_MAX),
    F_TEXT(struct user_body, family_name, "family_name", FIELD_NULLABLE,
           .max = ACCOUNT_NAME_PART_MAX),
    F_TEXT(struct user_body, company, "company", FIELD_NULLABLE, .max = ACCOUNT_NAME_PART_MAX),
    F_TEXT(struct user_body, location, "location", FIELD_NULLABLE, .max = ACCOUNT_NAME_PART_MAX),
};
static const struct schema user_schema = SCHEMA(struct user_body, user_fields);

static int reply_user(struct call *call, const struct account *user, struct err *err)
{
    struct user_view view;
    if (user_view_load(call, user, &view, err) != 0)
        return -1;
    return user_view_reply(call, &view, err);
}

static int user_get(struct call *call, struct err *err)
{
    return reply_user(call, &call->account, err);
}

static int find_user(struct call *call, const char *name, struct account *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = account_find_by_name(tx, call->arena, name, out, err);
    if (found < 0)
        return -1;
    if (found == 0 || out->kind != ACCOUNT_USER)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return 0;
}

static int users_get(struct call *call, struct err *err)
{
    struct account user = {0};
    if (find_user(call, call_value(call, "username"), &user, err) != 0)
        return -1;
    return reply_user(call, &user, err);
}

/* One change on its way: what was asked, and what is to be told when it has been made. */
struct change {
    struct call *call;
    const struct user_body *body;
    struct account_profile profile;
    const char *hash; /* of the new password; NULL: it stays */
    bool new_email;   /* another one was given */
    char code[MAIL_CODE_LEN + 1];
};

static bool mails(const struct call *call)
{
    return call_feature(call, FEATURE_MAILING);
}

/* The first of all, as the name is what the others' entries of the audit log will be read by. */
static int change_name(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    const char *old = call->account.name, *name = change->body->username;
    if (!name || strcmp(name, old) == 0 || !call_feature(call, FEATURE_USER_RENAME))
        return 0;
    if (identity_name_powerful(auth_rules(call->service->auth), name))
        return err_set(err, ERR_INVALID, "this name is that of a superuser");
    if (account_rename(tx, call->arena, &call->account, name, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_NAME, "old_username", old, NULL);
}

static int change_email(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    const struct account *user = &call->account;
    struct account other = {0};
    const char *email = change->body->email;
    if (!change->new_email)
        return 0;
    int taken = account_find_by_email(tx, call->arena, email, &other, err);
    if (taken < 0)
        return -1;
    if (taken > 0)
        return err_set(err, ERR_EXISTS, "the e-mail address is taken");
    if (mails(call)) {
        if (mail_code_cancel(tx, MAIL_CHANGE, user->id, err) != 0)
            return -1;
        return mail_code_create(tx, MAIL_CHANGE, user->id, email, call->now_ms, CHANGE_CODE_MS,
                                change->code, err);
    }
    if (account_set_email(tx, call->arena, user->id, email, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_EMAIL, "email", email, "old_email",
                      user->email, NULL);
}

static int change_password(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    return change->hash ? password_change_apply(call, tx, change->hash, err) : 0;
}

static int change_invoicing(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    struct account_profile *profile = &change->profile;
    bool address = call_has(call, "invoice_email_address"), flag = call_has(call, "invoice_email");
    if (flag)
        profile->invoice_email = change->body->invoice_email;
    if (address)
        profile->invoice_email_address = change->body->invoice_email_address;
    if (!flag && !address)
        return 0;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_INVOICING, "invoice_email",
                      profile->invoice_email ? "true" : "false", "invoice_email_address",
                      profile->invoice_email_address, NULL);
}

static int change_tag_expiration(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    int64_t seconds = change->body->tag_expiration_s;
    if (!call_has(call, "tag_expiration_s") || !call_feature(call, FEATURE_CHANGE_TAG_EXPIRATION))
        return 0;
    change->profile.tag_expiration_ms = seconds * SECOND_MS;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_TAG_EXPIRATION, "tag_expiration",
                      arena_printf(call->arena, "%lld", (long long)seconds), NULL);
}

/* null empties a member, and answers the question after it. */
static bool take_text(struct call *call, const char *member, const char *text, const char **out)
{
    if (!call_has(call, member))
        return false;
    *out = text ? text : "";
    return true;
}

static int change_metadata(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    const struct user_body *body = change->body;
    struct account_profile *profile = &change->profile;
    if (!call_feature(call, FEATURE_USER_METADATA))
        return 0;
    bool changed = take_text(call, "given_name", body->given_name, &profile->given_name);
    changed |= take_text(call, "family_name", body->family_name, &profile->family_name);
    changed |= take_text(call, "company", body->company, &profile->company);
    changed |= take_text(call, "location", body->location, &profile->location);
    if (!changed)
        return 0;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_METADATA, "given_name", profile->given_name,
                      "family_name", profile->family_name, "company", profile->company, "location",
                      profile->location, NULL);
}

static int change_all(struct change *change, struct db_tx *tx, struct err *err)
{
    struct call *call = change->call;
    int64_t id = call->account.id;
    if (account_profile_get(tx, call->arena, id, &change->profile, err) != 0 ||
        change_name(change, tx, err) != 0 || change_password(change, tx, err) != 0 ||
        change_email(change, tx, err) != 0 || change_invoicing(change, tx, err) != 0 ||
        change_tag_expiration(change, tx, err) != 0 || change_metadata(change, tx, err) != 0)
        return -1;
    return account_profile_put(tx, id, &change->profile, err);
}

/* What can be said without the database, and the hash, which takes long. */
static int prepare(struct change *change, struct err *err)
{
    struct call *call = change->call;
    const struct user_body *body = change->body;
    const char *present = call->account.email;
    change->new_email = body->email &&
                        !(present && str_eq_case(str_of(body->email), str_of(present)));
    if (change->new_email && account_check_email(str_of(body->email), err) != 0)
        return -1;
    if (body->invoice_email_address && body->invoice_email_address[0] &&
        account_check_email(str_of(body->invoice_email_address), err) != 0)
        return -1;
    if (!body->password)
        return 0;
    return password_change_prepare(call, str_of(body->password), &change->hash, err);
}

static void tell(const struct change *change, const struct account *changed)
{
    struct call *call = change->call;
    const struct account *user = &call->account;
    if (change->code[0])
        letter_change_email(call, change->body->email, user->name, change->code);
    if (change->hash)
        password_change_tell(call, changed);
}

static int user_put(struct call *call, struct err *err)
{
    struct change change = {.call = call, .body = call->body};
    struct account changed = {0};
    if (prepare(&change, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || change_all(&change, tx, err) != 0 ||
        account_find_by_id(tx, call->arena, call->account.id, &changed, err) < 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    tell(&change, &changed);
    return reply_user(call, &changed, err);
}

static int user_delete(struct call *call, struct err *err)
{
    const struct account *user = &call->account;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        account_check_not_sole_admin(tx, call->arena, user->id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_USER_DELETE, "username", user->name, NULL) != 0 ||
        account_delete(tx, user, call->now_ms, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    if (call->identity->browser)
        caller_begin_session(call, NULL, 0);
    reply_status(call->reply, 204);
    return 0;
}

static const struct route user_routes[] = {
    {METHOD_GET, "/api/v1/user/", "getLoggedInUser", "Get the signed-in user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_READ, .handler = user_get},
    {METHOD_PUT, "/api/v1/user/", "changeUserDetails", "Change the signed-in user.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .flags = ROUTE_FRESH_LOGIN,
     .body = &user_schema, .handler = user_put},
    {METHOD_DELETE, "/api/v1/user/", "deleteCurrentUser",
     "Delete the signed-in user with all that is his.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_FRESH_LOGIN, .handler = user_delete},
    {METHOD_GET, "/api/v1/users/{username}", "getUserInformation", "Get what is public of a user.",
     .auth = ROUTE_API, .errors = ERRORS_API, .handler = users_get},
};
const struct route_table api_user_table = ROUTES(user_routes);
