/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/user/clientkey: an encrypted password for the configuration of a client. */
#include "auth/client_key.h"

#include "api.h"
#include "auth/basic.h"
#include "codec/jw.h"

struct client_key_body {
    const char *password;
};

static const struct field client_key_fields[] = {
    F_TEXT(struct client_key_body, password, "password", FIELD_REQUIRED | FIELD_SECRET,
           .max = 4096),
};
static const struct schema client_key_schema = SCHEMA(struct client_key_body, client_key_fields);

static int audit(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        call_audit(call, tx, err, AUDIT_USER_GENERATE_CLIENT_KEY, NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int client_key_post(struct call *call, struct err *err)
{
    const struct client_key_body *in = call->body;
    struct auth *auth = call->service->auth;
    struct identity who;
    if (basic_login_user(auth, call->arena, call->account.name, str_of(in->password), call->now_ms,
                         &who, &call->retry_after_s, err) != 0)
        return err->code == ERR_UNAUTHORIZED
                   ? err_set(err, ERR_INVALID, "Invalid Username or Password")
                   : -1;
    if (audit(call, err) != 0)
        return -1;
    return call_reply_text(call, 200, "key",
                           client_key_make(auth, call->arena, str_of(in->password)), err);
}

static const struct route client_key_routes[] = {
    {METHOD_POST, "/api/v1/user/clientkey", "generateUserClientKey",
     "Get the password in an encrypted form.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .body = &client_key_schema, .handler = client_key_post},
};
const struct route_table api_client_key_table = ROUTES(client_key_routes);
