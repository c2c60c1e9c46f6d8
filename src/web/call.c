/* SPDX-License-Identifier: Apache-2.0 */
/* Small helpers on a call. */
#include "call.h"

#include "base/clock.h"
#include "codec/json.h"
#include "codec/jw.h"
#include "web/challenge.h"
#include "web/errors.h"
#include "web/record.h"

const char *call_value(const struct call *call, const char *name)
{
    return route_value(&call->match, name);
}

static bool is_host_text(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!char_is_alnum(c) && c != '.' && c != '-' && c != ':' && c != '[' && c != ']' &&
            c != '_')
            return false;
    }
    return host.len > 0;
}

const char *call_base_url(const struct call *call)
{
    const struct service_rules *rules = call->rules;
    struct str host = call->request->host;
    bool tls = call->request->tls || strcmp(rules->scheme, "https") == 0;
    if (!is_host_text(host) || str_eq_text(host, rules->hostname))
        return arena_printf(call->arena, "%s://%s", tls ? "https" : "http", rules->hostname);
    return arena_printf(call->arena, "%s://%.*s", tls ? "https" : "http", STR_FMT(host));
}

struct str call_shown_path(const struct call *call)
{
    bool secret = call->route && call->route->flags & ROUTE_SECRET_PATH;
    return secret ? str_of(call->route->path) : call->request->path;
}

const char *call_allowed_methods(const struct call *call)
{
    const char *text = "";
    for (unsigned method = 0; method < METHOD_COUNT; method++) {
        if (call->match.allowed & 1U << method)
            text = arena_printf(call->arena, "%s%s%s", text, *text ? ", " : "",
                                method_name((enum method)method));
    }
    return text;
}

int call_reply(struct call *call, int status, const char *type, const struct buf *body,
               struct err *err)
{
    if (!buf_ok(body))
        return err_set(err, ERR_TOO_LARGE, "the answer is larger than %zu bytes", body->max);
    reply_bytes(call->reply, status, type, arena_str(call->arena, buf_str(body)));
    return 0;
}

int call_reply_json(struct call *call, int status, const struct buf *json, struct err *err)
{
    return call_reply(call, status, "application/json", json, err);
}

bool call_feature(const struct call *call, enum feature feature)
{
    return feature == FEATURE_ALWAYS || call->rules->features & feature_bit(feature);
}

bool call_has(const struct call *call, const char *member)
{
    struct err ignored;
    json_auto_t *body = NULL;
    return json_parse(call->raw, call->raw.len, &body, &ignored) == 0 &&
           json_object_get(body, member) != NULL;
}

static void add_token(struct jw *w, const struct identity *who)
{
    if (!who->token_uuid)
        return;
    jw_member_text(w, "oauth_token_id", who->token_uuid);
    jw_member_text(w, "oauth_token_application_id", who->token_client_id);
    jw_member_text(w, "oauth_token_application", who->token_application);
}

/* What FEATURE_EXTENDED_ACTION_LOGGING adds. Queries are left out: some carry secrets. */
static void add_request(struct call *call, struct jw *w)
{
    enum { SHOWN_MAX = 1024 };
    const struct request *request = call->request;
    struct str agent = request_header(request, STR("User-Agent"));
    struct str forwarded = request_header(request, STR("X-Forwarded-For"));
    if (!call->rules->audit.extended)
        return;
    jw_key(w, "request_url");
    jw_slice(w, str_sub(call_shown_path(call), 0, SHOWN_MAX));
    jw_member_text(w, "http_method", method_name(request->method));
    jw_member_text(w, "performer_kind", identity_kind_name(call->identity->kind));
    jw_member_text(w, "auth_type", call->identity->browser ? "sessionuser" : "token");
    jw_key(w, "user_agent");
    jw_slice(w, str_sub(agent, 0, SHOWN_MAX));
    jw_member_text(w, "request_id",
                   arena_printf(call->arena, "%llu", (unsigned long long)request->id));
    if (forwarded.ptr) {
        jw_key(w, "x_forwarded_for");
        jw_slice(w, str_sub(forwarded, 0, SHOWN_MAX));
    }
}

int call_reply_text(struct call *call, int status, const char *member, const char *value,
                    struct err *err)
{
    enum { GROWTH = 6 }; /* of a byte that JSON escapes */
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, (CALL_TEXT_MAX + 1) * GROWTH);
    jw_begin_object(&w);
    jw_member_text(&w, member, value);
    jw_end_object(&w);
    return call_reply_json(call, status, &body, err);
}

int call_begin_write(struct call *call, struct db_tx **out, struct err *err)
{
    if (db_begin(call->service->db, DB_WRITE, out, err) != 0)
        return -1;
    call->now_ms = clock_wall_ms();
    return 0;
}

int call_audit(struct call *call, struct db_tx *tx, struct err *err, enum audit_kind kind, ...)
{
    enum { METADATA_MAX = 64 * 1024 };
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    va_list pairs;
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    va_start(pairs, kind);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *))
        jw_member_text(&w, key, va_arg(pairs, const char *));
    va_end(pairs);
    add_token(&w, call->identity);
    add_request(call, &w);
    jw_end_object(&w);
    if (!buf_ok(&metadata))
        return err_set(err, ERR_TOO_LARGE, "this is too much text for the audit log");
    struct audit_entry entry = {
        .kind = kind,
        .namespace_id = call->space.id,
        .performer_id = call->identity->account_id,
        .repository_id = call->repository.id,
        .ip = call->request->remote,
        .metadata = arena_text(call->arena, buf_str(&metadata)),
    };
    return audit_write(tx, &entry, call->now_ms, err);
}

enum route_errors call_error_family(struct str path)
{
    return str_starts(path, STR("/v2")) ? ERRORS_OCI : ERRORS_API;
}

void call_refuse(struct call *call, const struct err *err)
{
    enum { RETRY_SECONDS = 5 };
    enum route_errors family = call->route ? call->route->errors
                                           : call_error_family(call->request->path);
    /* Headers that a handler added before it failed (Location, Range of an upload) stay. */
    errors_reply(call->reply, family, 0, err);
    record_failure(call, err);
    if (err->code == ERR_UNAUTHORIZED && call->challenge)
        challenge_add(call);
    bool passing = err->code == ERR_NO_SPACE || err->code == ERR_BUSY;
    int64_t wait_s = call->retry_after_s == 0 && passing ? RETRY_SECONDS : call->retry_after_s;
    if (wait_s)
        reply_headerf(call->reply, "Retry-After", "%lld", (long long)wait_s);
}
