/* SPDX-License-Identifier: Apache-2.0 */
/* Health, with Quay's paths and shapes. "instance" asks whether this process can work; "endtoend"
 * also tries what it works with: a database round trip and an object written, read and removed. */
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/service_key.h"
#include "site.h"

struct check {
    const char *name;
    bool ok;
};

static int answer(struct call *call, const struct check *checks, size_t count, struct err *err)
{
    enum { BODY_MAX = 1024 };
    bool all = true;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "data");
    jw_begin_object(&w);
    jw_key(&w, "services");
    jw_begin_object(&w);
    for (size_t i = 0; i < count; i++) {
        jw_member_bool(&w, checks[i].name, checks[i].ok);
        all = all && checks[i].ok;
    }
    jw_end_object(&w);
    jw_end_object(&w);
    jw_member_int(&w, "status_code", all ? 200 : 503);
    jw_end_object(&w);
    return call_reply_json(call, all ? 200 : 503, &body, err);
}

/* The first failed check's error goes to the log with the request's line. */
static bool passed(struct call *call, int result, const struct err *err)
{
    if (result != 0 && !call->reply->error) {
        call->reply->error = err_code_name(err->code);
        call->reply->detail = arena_printf(call->arena, "%s: %s", err->msg, err->detail);
    }
    return result == 0;
}

static bool disk_ok(struct call *call)
{
    struct err err;
    struct blob_space space;
    return passed(call, blob_store_space(call->service->blobs, &space, &err), &err) &&
           space.available >= call->rules->space_reserve;
}

static bool database_ok(struct call *call)
{
    struct err err;
    return passed(call, db_ping(call->service->db, &err), &err);
}

/* Without a key that signs, nobody can log in. */
static bool service_key_ok(struct call *call)
{
    struct err err;
    struct service_key key;
    const char *service = auth_rules(call->service->auth)->key_service;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!passed(call, db_begin(call->service->db, DB_READ, &tx, &err), &err))
        return false;
    int found = service_key_find_signing(tx, call->arena, service, call->now_ms, &key, &err);
    return passed(call, found < 0 ? -1 : 0, &err) && found == 1;
}

static int health_instance(struct call *call, struct err *err)
{
    bool database = database_ok(call);
    const struct check checks[] = {
        {"registry_gunicorn", true}, /* Quay's names: monitors look for them */
        {"web_gunicorn", true},
        {"service_key", service_key_ok(call)},
        {"disk_space", disk_ok(call)},
        {"database", database},
        {"auth", database},
    };
    return answer(call, checks, ARRAY_LEN(checks), err);
}

/* A probe writes and syncs, and anybody may ask: what was fine a moment ago is not tried again. */
static bool storage_ok(struct call *call)
{
    enum { GOOD_MS = 1000 };
    struct err err;
    struct service *service = call->service;
    int64_t now = clock_mono_ms(), good = atomic_load(&service->storage_good_ms);
    if (good > 0 && now - good < GOOD_MS)
        return true;
    if (!passed(call, blob_store_probe(service->blobs, &err), &err))
        return false;
    atomic_store(&service->storage_good_ms, now);
    return true;
}

static int health_endtoend(struct call *call, struct err *err)
{
    bool database = database_ok(call);
    const struct check checks[] = {
        {"database", database},
        {"redis", true}, /* not needed by a single node */
        {"storage", storage_ok(call)},
        {"auth", database},
    };
    return answer(call, checks, ARRAY_LEN(checks), err);
}

static int health_warning(struct call *call, struct err *err)
{
    const struct check checks[] = {{"disk_space_warning", disk_ok(call)}};
    return answer(call, checks, ARRAY_LEN(checks), err);
}

static int ping(struct call *call, struct err *err)
{
    (void)err;
    reply_bytes(call->reply, 200, "text/plain", STR("true"));
    return 0;
}

static bool ping_quick(struct call *call)
{
    return ping(call, NULL) == 0;
}

#define HEALTH(path, id, summary, function)                                                        \
    {                                                                                              \
        METHOD_GET, path, id, summary, .auth = ROUTE_OPEN, .errors = ERRORS_API,                   \
                                       .handler = function                                         \
    }

static const struct route health_routes[] = {
    HEALTH("/health", "health", "Whether this process can work.", health_instance),
    HEALTH("/health/instance", "health_instance", "The same.", health_instance),
    HEALTH("/health/endtoend", "health_endtoend", "Whether database and storage work, too.",
           health_endtoend),
    HEALTH("/status", "status", "The same.", health_endtoend),
    HEALTH("/health/warning", "health_warning", "Whether the disk is nearly full.", health_warning),
    {METHOD_GET, "/_internal_ping", "ping", "Whether anybody answers.", .auth = ROUTE_OPEN,
     .errors = ERRORS_API, .handler = ping, .quick = ping_quick},
    {METHOD_GET, "/v1/_internal_ping", "ping_v1", "The same.", .auth = ROUTE_OPEN,
     .errors = ERRORS_API, .handler = ping, .quick = ping_quick},
};
const struct route_table site_health_table = ROUTES(health_routes);
