/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch. Every condition that a route table states is checked here, in one order, so that a
 * handler starts with an identity, a repository, a decoded query and body, and the right to act:
 * route, name (which the challenge repeats), credentials, permission, repository, state, query,
 * body. */
#include "dispatch.h"

#include "auth/permission.h"
#include "base/clock.h"
#include "codec/form.h"
#include "codec/json.h"
#include "web/access_log.h"
#include "web/call.h"
#include "web/caller.h"
#include "web/client_address.h"
#include "web/cors.h"
#include "web/errors.h"
#include "web/manifest_cache.h"
#include "web/registry/refusal.h"
#include "web/rights.h"
#include "web/route_index.h"
#include "web/web_metrics.h"

enum { QUERY_JSON_BODY_DEFAULT = 64 * 1024 };

/* How clients of old know that they talk to a registry. */
static void add_api_version(struct reply *reply, enum route_errors family)
{
    if (family == ERRORS_OCI)
        reply_header(reply, "Docker-Distribution-API-Version", "registry/2.0");
}

static struct call *call_new(struct service *service, struct request *request, struct reply *reply)
{
    struct call *call = arena_alloc(request->arena, sizeof *call);
    call->service = service;
    call->rules = atomic_load_explicit(&service->rules, memory_order_acquire);
    request->remote = client_address_find(request, &call->rules->trusted_proxies);
    call->request = request;
    call->reply = reply;
    call->arena = request->arena;
    call->identity = &identity_anonymous;
    call->now_ms = clock_wall_ms();
    request->app = call;
    route_index_find(service->routes, call->arena, request->method, request->path, &call->match);
    const struct route_row *row = call->match.row;
    if (row) {
        call->route = row->route;
        call->route_number = row->number;
        reply->route = row->route->id;
    }
    add_api_version(reply, call_error_family(request->path));
    cors_add(call->rules, request, reply);
    return call;
}

static void call_release(struct call *call)
{
    token_unref(TAKE(call->bearer));
    buf_done(&call->collected);
}

static int refuse_unmatched(struct call *call, struct err *err)
{
    if (call->match.allowed == 0)
        return err_set(err, ERR_NOT_FOUND, "there is nothing at this path");
    reply_header(call->reply, "Allow", call_allowed_methods(call));
    return err_set(err, ERR_UNSUPPORTED, "method %s is not supported here",
                   method_name(call->request->method));
}

/* As with Quay: where a path ends with a slash, the one without leads to it. */
static bool add_slash(struct call *call)
{
    struct str path = call->request->path, query = call->request->query;
    struct route_match match;
    if (call->match.allowed != 0 || !str_starts(path, STR("/api/")) || str_ends(path, STR("/")))
        return false;
    const char *longer = arena_printf(call->arena, "%.*s/", STR_FMT(path));
    route_index_find(call->service->routes, call->arena, call->request->method, str_of(longer),
                     &match);
    if (match.allowed == 0)
        return false;
    reply_headerf(call->reply, "Location", "%s%s%.*s", longer, query.len ? "?" : "",
                  STR_FMT(query));
    reply_status(call->reply, 308);
    return true;
}

static int refuse_access(struct err *err)
{
    return err_set(err, ERR_UNAUTHORIZED, "access to the requested resource is not authorized");
}

static int authenticate_bearer(struct call *call, struct err *err)
{
    struct str header = request_header(call->request, STR("Authorization"));
    struct str token;
    call->challenge = true;
    if (!header.ptr) /* as with Quay, what is public can be read without a token */
        return call->name.full && call->route->need == ACCESS_READ ? 0 : refuse_access(err);
    if (!token_of_header(header, &token))
        return err_set(
            err, ERR_UNAUTHORIZED,
            "this address takes a bearer token; get one from the realm of the challenge");
    if (!call->bearer) /* the quick path may have found it already */
        call->bearer = token_cached(call->service->auth, token, call->now_ms);
    if (!call->bearer &&
        token_verify(call->service->auth, token, call->now_ms, &call->bearer, err) != 0)
        return -1;
    call->identity = &call->bearer->identity;
    if (call->identity->account_id)
        call->reply->user = call->identity->name;
    return 0;
}

static int authenticate(struct call *call, struct err *err)
{
    switch (call->route->auth) {
    case ROUTE_OPEN:
        return 0;
    case ROUTE_BEARER:
        return authenticate_bearer(call, err);
    case ROUTE_API:
        return caller_find(call, err);
    }
    return 0;
}

static int parse_name(struct call *call, struct err *err)
{
    const struct service_rules *rules = call->rules;
    const char *text = call_value(call, "repository");
    struct name_rules names = {.library = rules->library, .nested = rules->nested_names};
    if (!text)
        return 0;
    if (call->route->auth != ROUTE_API)
        return name_parse_repository(call->arena, str_of(text), &names, &call->name, err);
    /* The API takes no short names, and a name that cannot be is simply not there. */
    names.library = NULL;
    if (name_parse_repository(call->arena, str_of(text), &names, &call->name, err) != 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return 0;
}

/* What somebody without a token may do: nothing in a namespace that is disabled. The repository
 * comes with it. */
static int grant_to_anybody(struct call *call, unsigned *out, struct err *err)
{
    struct permission_decision decision;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        permission_decide(auth_rules(call->service->auth), tx, call->arena, &identity_anonymous,
                          &call->name, &decision, err) != 0)
        return -1;
    call->repository = decision.repository;
    *out = decision.space.enabled ? decision.access : 0;
    return 0;
}

/* Of /v2. A token says itself what it allows, so that its bearer costs no query for rights. */
static int find_for_registry(struct call *call, struct err *err)
{
    unsigned access = 0;
    if (call->bearer)
        access = identity_granted(call->identity, str_of(call->name.full));
    else if (call->route->need && grant_to_anybody(call, &access, err) != 0)
        return -1;
    if (call->route->need & ~access)
        return refusal_explain(call, err);
    if (!call->route->find_repository || call->repository.id)
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = repository_find(tx, call->arena, &call->name, &call->repository, err);
    if (found == 0)
        return err_set(err, ERR_NAME_UNKNOWN, "repository %.200s is not known", call->name.full);
    return found < 0 ? -1 : 0;
}

static int find_repository(struct call *call, struct err *err)
{
    if (call->route->auth == ROUTE_API)
        return rights_check(call, err);
    return call->name.full ? find_for_registry(call, err) : 0;
}

static int check_state(const struct call *call, struct err *err)
{
    const struct service_rules *rules = call->rules;
    bool api = call->route->auth == ROUTE_API;
    bool changes = api && call->request->method != METHOD_GET &&
                   !(call->route->flags & ROUTE_WHILE_READ_ONLY);
    if (rules->read_only && (call->route->writes || changes))
        return err_set(err, ERR_READ_ONLY, "the registry is in read-only mode");
    if (!call->route->writes)
        return 0;
    if (rules->pushes_disabled && !api)
        return err_set(err, ERR_READ_ONLY, "pushes are disabled by the administrator");
    if (call->repository.id && call->repository.state != REPOSITORY_NORMAL)
        return err_set(err, ERR_READ_ONLY, "repository %.200s is read-only", call->name.full);
    return 0;
}

static int decode_query(struct call *call, struct err *err)
{
    const struct schema *schema = call->route->query;
    if (!schema)
        return 0;
    call->query = arena_alloc(call->arena, schema->size);
    return form_decode(call->arena, schema, call->request->query, call->query, err);
}

static int prepare(struct call *call, struct err *err)
{
    if (!call->route)
        return refuse_unmatched(call, err);
    if (!call_feature(call, call->route->feature))
        return err_set(err, ERR_NOT_FOUND, "this feature is switched off");
    if (parse_name(call, err) != 0 || authenticate(call, err) != 0 ||
        find_repository(call, err) != 0 || check_state(call, err) != 0 ||
        rights_check_restricted(call, err) != 0)
        return -1;
    return decode_query(call, err);
}

static int decode_body(struct call *call, struct err *err)
{
    const struct schema *schema = call->route->body;
    call->raw = buf_str(&call->collected);
    if (!schema)
        return 0;
    call->body = arena_alloc(call->arena, schema->size);
    return json_decode_text(call->arena, schema, call->raw, call->collected.max, call->body, err);
}

static void run_handler(struct call *call)
{
    struct err err = {0};
    if (decode_body(call, &err) != 0 || call->route->handler(call, &err) != 0)
        call_refuse(call, &err);
}

static int collect_write(void *context, const void *data, size_t len, struct err *err)
{
    struct call *call = context;
    buf_add(&call->collected, data, len);
    return buf_ok(&call->collected)
               ? 0
               : err_set(err, ERR_TOO_LARGE, "body is larger than %zu bytes", call->collected.max);
}

static void collect_finish(void *context, struct request *request, struct reply *reply)
{
    (void)request;
    struct call *call = context;
    call->reply = reply;
    call->now_ms = clock_wall_ms();
    run_handler(call);
}

static void collect_abort(void *context)
{
    struct call *call = context;
    buf_clear(&call->collected);
}

static size_t body_limit(const struct route *route)
{
    if (route->raw_max)
        return route->raw_max;
    return route->body_max ? route->body_max : QUERY_JSON_BODY_DEFAULT;
}

static bool start(void *context, struct request *request, struct reply *reply,
                  struct body_sink *sink)
{
    struct call *call = request->app ? request->app : call_new(context, request, reply);
    struct err err = {0};
    call->reply = reply;
    if (cors_answer(call) || add_slash(call))
        return false;
    if (prepare(call, &err) != 0) {
        call_refuse(call, &err);
        return false;
    }
    if (call->route->stream) {
        int wants = call->route->stream(call, sink, &err);
        if (wants < 0)
            call_refuse(call, &err);
        return wants > 0;
    }
    buf_init(&call->collected, body_limit(call->route));
    if ((call->route->body || call->route->raw_max) && request->body_length != 0) {
        *sink = (struct body_sink){.write = collect_write,
                                   .finish = collect_finish,
                                   .abort = collect_abort,
                                   .context = call,
                                   .limit = call->collected.max};
        return true;
    }
    run_handler(call);
    return false;
}

static bool quick(void *context, struct request *request, struct reply *reply)
{
    struct call *call = call_new(context, request, reply);
    if (!call->route || !call->route->quick)
        return false;
    call->cache_version = manifest_cache_version(call->service->cache, request->reactor);
    return call->route->quick(call);
}

static void error(void *context, struct request *request, struct reply *reply, int status,
                  const struct err *err)
{
    const struct service *service = context;
    enum route_errors family = request ? call_error_family(request->path) : ERRORS_API;
    add_api_version(reply, family);
    if (request)
        cors_add(atomic_load_explicit(&service->rules, memory_order_acquire), request, reply);
    errors_reply(reply, family, status, err);
}

static void done(void *context, const struct request *request, const struct reply *reply,
                 uint64_t sent, struct buf *log)
{
    const struct service *service = context;
    struct call *call = request ? request->app : NULL;
    struct str path = call ? call_shown_path(call) : request ? request->path : (struct str){0};
    access_log_line(request, path, reply, sent, log);
    web_metrics_count(&(struct web_request_metrics){
        .route = call && call->route ? call->route_number : route_index_none(service->routes),
        .status = reply->status,
        .microseconds = request ? clock_mono_us() - request->started_us : 0,
        .sent = sent,
        .received = request ? request->body_received : 0,
    });
    if (call)
        call_release(call);
}

static void tick(void *context, unsigned reactor)
{
    struct service *service = context;
    manifest_cache_tick(service->cache, reactor);
}

struct http_app dispatch_app(struct service *service)
{
    return (struct http_app){
        .context = service,
        .quick = quick,
        .start = start,
        .error = error,
        .done = done,
        .tick = tick,
    };
}
