/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/user/convert: a user becomes an organization, and another user its owner, who proves
 * with his password that he wants to be. The reply signs the browser in as him. */
#include "api.h"
#include "auth/basic.h"
#include "codec/jw.h"
#include "domain/account_delete.h"
#include "domain/account_profile.h"
#include "signin.h"

struct convert_body {
    const char *admin;
    const char *password;
    const char *plan; /* of a payment provider: there is none */
};

static const struct field convert_fields[] = {
    F_TEXT(struct convert_body, admin, "adminUser", FIELD_REQUIRED, .max = BASIC_USERNAME_MAX),
    F_TEXT(struct convert_body, password, "adminPassword", FIELD_REQUIRED | FIELD_SECRET,
           .max = 4096),
    F_TEXT(struct convert_body, plan, "plan", FIELD_NULLABLE, .max = 255),
};
static const struct schema convert_schema = SCHEMA(struct convert_body, convert_fields);

static int reply_invalid(struct call *call, const char *message, struct err *err)
{
    enum { BODY_MAX = 1024, STATUS = 400 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "detail", message);
    jw_member_text(&w, "error_message", message);
    jw_member_text(&w, "message", message);
    jw_member_text(&w, "error_type", "invalid_request");
    jw_member_text(&w, "title", "invalid_request");
    jw_member_text(&w, "type", "/api/v1/error/invalid_request");
    jw_member_int(&w, "status", STATUS);
    jw_member_text(&w, "reason", "invaliduser");
    jw_end_object(&w);
    return call_reply_json(call, STATUS, &body, err);
}

/* 1 good, 0 not (the reply says so), -1. */
static int check_admin(struct call *call, const struct convert_body *body, struct identity *admin,
                       struct err *err)
{
    if (basic_login_user(call->service->auth, call->arena, body->admin, str_of(body->password),
                         call->now_ms, admin, &call->retry_after_s, err) != 0) {
        if (err->code != ERR_UNAUTHORIZED && err->code != ERR_CONFLICT)
            return -1;
        return reply_invalid(call, "The admin user credentials are not valid", err);
    }
    if (admin->account_id == call->account.id)
        return reply_invalid(call, "The admin user is not valid", err);
    return 1;
}

static int convert_post(struct call *call, struct err *err)
{
    const struct convert_body *body = call->body;
    struct identity admin;
    int good = check_admin(call, body, &admin, err);
    if (good <= 0)
        return good;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        account_check_not_sole_admin(tx, call->arena, call->account.id, err) != 0 ||
        account_convert(tx, call->account.id, admin.account_id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ACCOUNT_CONVERT, NULL) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return signin_conduct(call, body->admin, body->password, err);
}

static const struct route convert_routes[] = {
    {METHOD_POST, "/api/v1/user/convert", "convertUserToOrganization",
     "Make the signed-in user an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .body = &convert_schema, .handler = convert_post},
};
const struct route_table api_user_convert_table = ROUTES(convert_routes);
