/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of an OAuth application that its administrators make without a browser. A token acts as
 * the one who made it, and nobody makes one that may do more than he may himself just now. */
#include "api.h"
#include "application.h"
#include "auth/oauth_scope.h"
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/oauth_expire.h"
#include "domain/oauth_token.h"
#include "page_token.h"

enum { PAGE_SIZE = 50, REPLY_MAX = 1024 * 1024, SECOND_MS = 1000 };

struct token_body {
    const char *name;
    const char *scope;
    int64_t expiration;
};

static const struct field token_fields[] = {
    F_TEXT(struct token_body, name, "name", FIELD_REQUIRED, .max = 255),
    F_TEXT(struct token_body, scope, "scope", FIELD_REQUIRED, .max = 255),
    F_INT(struct token_body, expiration, "expiration", FIELD_NULLABLE, .min = 1,
          .max = INT64_C(3155760000)), /* a century */
};
static const struct schema token_schema = SCHEMA(struct token_body, token_fields);

struct list_query {
    const char *next_page;
};

static const struct field list_fields[] = {
    F_TEXT(struct list_query, next_page, "next_page", 0, .max = PAGE_TOKEN_MAX),
};
static const struct schema list_schema = SCHEMA(struct list_query, list_fields);

static void write_time(struct jw *w, const char *key, int64_t wall_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (wall_ms)
        clock_format_rfc3339(wall_ms, text);
    jw_member_text(w, key, wall_ms ? text : NULL);
}

/* `text`: of a token that was just made; else NULL. */
static void write_token(struct jw *w, const struct oauth_token_row *token, const char *text)
{
    jw_begin_object(w);
    jw_member_text(w, "uuid", token->uuid);
    jw_member_text(w, "name", token->name);
    jw_member_text(w, "scope", token->scope);
    write_time(w, "expires_at", token->expires_ms);
    write_time(w, "created", token->created_ms);
    jw_member_text(w, "created_by", token->created_by);
    write_time(w, "last_accessed", token->last_accessed_ms);
    if (text)
        jw_member_text(w, "token", text);
    jw_end_object(w);
}

static int load_page(struct call *call, struct list *list, struct err *err)
{
    const struct list_query *query = call->query;
    const char *cursor = page_token_read(call, query->next_page);
    uint64_t after = 0;
    struct oauth_application application;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (cursor && !str_to_u64(str_of(cursor), INT64_MAX, &after))
        after = 0;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        application_get(call, tx, &application, err) != 0)
        return -1;
    return oauth_token_list_of_application(tx, call->arena, application.id, call->now_ms,
                                           (int64_t)after, PAGE_SIZE + 1, list, err);
}

static int tokens_list(struct call *call, struct err *err)
{
    struct list list;
    if (load_page(call, &list, err) != 0)
        return -1;
    const struct oauth_token_row *items = list.items;
    size_t shown = size_min(list.count, PAGE_SIZE);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "tokens");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        write_token(&w, &items[i], NULL);
    jw_end_array(&w);
    if (list.count > shown)
        jw_member_text(&w, "next_page",
                       page_token_make(call, arena_printf(call->arena, "%lld",
                                                          (long long)items[shown - 1].id)));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* The scopes that were asked for, if the caller has them all. */
static int check_scope(const struct call *call, const char *text, unsigned *asked_out,
                       struct err *err)
{
    unsigned asked = oauth_scope_asked(str_of(text));
    const struct identity *who = call->identity;
    if (asked == 0 || (asked & OAUTH_SUPER_USER && !call_feature(call, FEATURE_SUPER_USERS)))
        return err_set(err, ERR_INVALID, "scope: unknown or empty");
    bool super = !(asked & OAUTH_SUPER_USER) || who->superuser || who->readonly_superuser;
    if (asked & ~who->scopes || !super)
        return err_set(err, ERR_DENIED, "scope: the caller does not have all of %.100s", text);
    *asked_out = asked;
    return 0;
}

static int check_count(struct call *call, struct db_tx *tx, int64_t application_id, struct err *err)
{
    int64_t most = call->rules->oauth_tokens_max, count;
    if (most == 0)
        return 0;
    if (oauth_token_count(tx, application_id, call->now_ms, &count, err) != 0)
        return -1;
    return count < most
               ? 0
               : err_set(err, ERR_INVALID, "the application has %lld tokens, which is the maximum",
                         (long long)count);
}

static int create(struct call *call, const struct oauth_token_new *in,
                  const struct oauth_application *application, struct db_tx *tx,
                  char text_out[OAUTH_TOKEN_LEN + 1], struct oauth_token *out, struct err *err)
{
    if (oauth_expire(tx, call->now_ms, err) != 0 ||
        check_count(call, tx, application->id, err) != 0 ||
        oauth_token_create(tx, in, call->now_ms, text_out, err) != 0 ||
        oauth_token_find(tx, call->arena, str_of(text_out), call->now_ms, out, err) <= 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_CREATE_OAUTH_API_TOKEN, "application_name",
                      application->name, "client_id", application->client_id, "token_uuid",
                      out->uuid, "token_name", in->name, "scope", in->scope, NULL);
}

static int reply_created(struct call *call, const struct oauth_token *token, const char *text,
                         struct err *err)
{
    struct oauth_token_row row = {
        .uuid = token->uuid,
        .name = token->name,
        .scope = token->scope,
        .created_ms = token->created_ms,
        .expires_ms = token->expires_ms,
        .created_by = call->account.name,
    };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_MAX);
    write_token(&w, &row, text);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

static int token_create(struct call *call, struct err *err)
{
    const struct token_body *body = call->body;
    struct oauth_application application;
    struct oauth_token token;
    char text[OAUTH_TOKEN_LEN + 1];
    unsigned asked = 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!*body->name)
        return err_set(err, ERR_INVALID, "name: must not be empty");
    if (check_scope(call, body->scope, &asked, err) != 0 || call_begin_write(call, &tx, err) != 0 ||
        application_get(call, tx, &application, err) != 0)
        return -1;
    struct oauth_token_new in = {
        .application_id = application.id,
        .account_id = call->account.id,
        .created_by = call->account.id,
        .name = body->name,
        .scope = oauth_scope_format(call->arena, asked),
        .lifetime_ms = (body->expiration ? body->expiration : OAUTH_TOKEN_LIFETIME_S) * SECOND_MS,
    };
    if (create(call, &in, &application, tx, text, &token, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return reply_created(call, &token, text, err);
}

static int token_delete(struct call *call, struct err *err)
{
    struct oauth_application application;
    struct oauth_token token;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || application_get(call, tx, &application, err) != 0)
        return -1;
    int found = oauth_token_find_by_uuid(tx, call->arena, call_value(call, "token_uuid"),
                                         call->now_ms, &token, err);
    if (found < 0)
        return -1;
    if (found == 0 || token.application_id != application.id)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    if (oauth_token_delete(tx, token.id, err) < 0 ||
        call_audit(call, tx, err, AUDIT_REVOKE_OAUTH_API_TOKEN, "application_name",
                   application.name, "client_id", application.client_id, "token_uuid", token.uuid,
                   "token_name", token.name, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static const struct route application_token_routes[] = {
    {METHOD_GET, "/api/v1/organization/{orgname}/applications/{client_id}/tokens",
     "listOrganizationApplicationTokens", "List the tokens of an OAuth application.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .query = &list_schema,
     .handler = tokens_list},
    {METHOD_POST, "/api/v1/organization/{orgname}/applications/{client_id}/tokens",
     "createOrganizationApplicationToken",
     "Make a token of an OAuth application, which acts as the caller.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &token_schema, .handler = token_create},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/applications/{client_id}/tokens/{token_uuid}",
     "deleteOrganizationApplicationToken", "Revoke a token of an OAuth application.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = token_delete},
};
const struct route_table api_application_token_table = ROUTES(application_token_routes);
