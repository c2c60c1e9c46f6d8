/* SPDX-License-Identifier: Apache-2.0 */
/* App tokens of the signed-in user. */
#include "domain/app_token.h"

#include "api.h"
#include "view.h"

struct app_token_body {
    const char *title;
};

static const struct field app_token_fields[] = {
    F_TEXT(struct app_token_body, title, "title", FIELD_REQUIRED, .max = APP_TOKEN_TITLE_MAX),
};
static const struct schema app_token_schema = SCHEMA(struct app_token_body, app_token_fields);

struct app_token_query {
    bool expiring;
};

static const struct field app_token_query_fields[] = {
    F_BOOL(struct app_token_query, expiring, "expiring", 0),
};
static const struct schema app_token_query_schema = SCHEMA(struct app_token_query,
                                                           app_token_query_fields);

static const struct seal_key *key_of(const struct call *call)
{
    return &auth_secrets(call->service->auth)->store;
}

/* `text` NULL: the view without the token itself. */
static void write_token(struct jw *w, const struct app_token *token, const char *text)
{
    jw_begin_object(w);
    jw_member_text(w, "uuid", token->uuid);
    jw_member_text(w, "title", token->title);
    view_date(w, "last_accessed", token->last_accessed_ms);
    view_date(w, "created", token->created_ms);
    view_date(w, "expiration", token->expires_ms);
    if (text)
        jw_member_text(w, "token_code", text);
    jw_end_object(w);
}

static int reply_token(struct call *call, const struct app_token *token, struct err *err)
{
    enum { BODY_MAX = 4096 };
    const char *text = app_token_text(call->arena, key_of(call), token);
    if (!text)
        return err_set(err, ERR_GONE,
                       "the registry's secret has changed: this token works, but cannot be shown");
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "token");
    write_token(&w, token, text);
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

/* Soon is the last tenth of the lifetime that new tokens get. */
static int64_t expiring_until(const struct call *call)
{
    enum { TENTH = 10 };
    return call->now_ms + call->rules->app_token_ms / TENTH;
}

static int list_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 1024 * 1024 };
    const struct app_token_query *query = call->query;
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    int64_t until = query->expiring ? expiring_until(call) : INT64_MAX;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        app_token_list(tx, call->arena, call->account.id, until, &list, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    const struct app_token *tokens = list.items;
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "tokens");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_token(&w, &tokens[i], NULL);
    jw_end_array(&w);
    jw_member_bool(&w, "only_expiring", query->expiring);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int create_post(struct call *call, struct err *err)
{
    const struct app_token_body *body = call->body;
    struct app_token token;
    if (body->title[0] == '\0')
        return err_set(err, ERR_INVALID, "title: must not be empty");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        app_token_create(tx, call->arena, key_of(call), call->account.id, body->title, call->now_ms,
                         call->rules->app_token_ms, &token, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CREATE_APP_SPECIFIC_TOKEN, "app_specific_token_title",
                   token.title, "app_specific_token", token.uuid, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_token(call, &token, err);
}

static int find(struct call *call, struct db_tx *tx, struct app_token *out, struct err *err)
{
    const char *uuid = call_value(call, "token_uuid");
    int found = app_token_find_own(tx, call->arena, call->account.id, uuid, out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return found < 0 ? -1 : 0;
}

static int token_get(struct call *call, struct err *err)
{
    struct app_token token = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 || find(call, tx, &token, err) != 0)
        return -1;
    return reply_token(call, &token, err);
}

static int token_delete(struct call *call, struct err *err)
{
    struct app_token token = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &token, err) != 0 ||
        app_token_delete(tx, token.id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_REVOKE_APP_SPECIFIC_TOKEN, "app_specific_token_title",
                   token.title, "app_specific_token", token.uuid, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static const struct route app_token_routes[] = {
    {METHOD_GET, "/api/v1/user/apptoken", "listAppTokens", "List the user's app tokens.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .feature = FEATURE_APP_TOKENS, .query = &app_token_query_schema, .handler = list_get},
    {METHOD_POST, "/api/v1/user/apptoken", "createAppToken", "Make an app token.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .flags = ROUTE_FRESH_LOGIN,
     .feature = FEATURE_APP_TOKENS, .body = &app_token_schema, .handler = create_post},
    {METHOD_GET, "/api/v1/user/apptoken/{token_uuid}", "getAppToken",
     "Get an app token, its secret too.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_FRESH_LOGIN, .feature = FEATURE_APP_TOKENS,
     .handler = token_get},
    {METHOD_DELETE, "/api/v1/user/apptoken/{token_uuid}", "revokeAppToken", "Delete an app token.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN, .flags = ROUTE_FRESH_LOGIN,
     .feature = FEATURE_APP_TOKENS, .handler = token_delete},
};
const struct route_table api_app_token_table = ROUTES(app_token_routes);
