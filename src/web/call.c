/* SPDX-License-Identifier: Apache-2.0 */
/* Small helpers on a call. */
#include "call.h"

#include "web/challenge.h"
#include "web/errors.h"

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

int call_reply(struct call *call, int status, const char *type, const struct buf *body,
               struct err *err)
{
    if (!buf_ok(body))
        return err_set(err, ERR_INTERNAL, "reply is larger than its limit");
    reply_bytes(call->reply, status, type, arena_str(call->arena, buf_str(body)));
    return 0;
}

int call_reply_json(struct call *call, int status, const struct buf *json, struct err *err)
{
    return call_reply(call, status, "application/json", json, err);
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
    if (err->code == ERR_UNAUTHORIZED && call->challenge)
        challenge_add(call);
    bool passing = err->code == ERR_NO_SPACE || err->code == ERR_BUSY;
    int64_t wait_s = call->retry_after_s == 0 && passing ? RETRY_SECONDS : call->retry_after_s;
    if (wait_s)
        reply_headerf(call->reply, "Retry-After", "%lld", (long long)wait_s);
}
