/* SPDX-License-Identifier: Apache-2.0 */
/* CORS (the Fetch standard, section 3.2). */
#include "cors.h"

#define CORS_MAX_AGE_S "21600"
#define CORS_HEADERS   "Authorization, Content-Type, X-CSRF-Token, X-Requested-With"

static bool is_api(struct str path)
{
    return str_starts(path, STR("/api/"));
}

static bool allows_any(const struct texts *origins)
{
    for (size_t i = 0; i < origins->count; i++) {
        if (strcmp(origins->items[i], "*") == 0)
            return true;
    }
    return origins->count == 0;
}

static const char *find(const struct texts *origins, struct str origin)
{
    for (size_t i = 0; i < origins->count; i++) {
        if (str_eq_text(origin, origins->items[i]))
            return origins->items[i];
    }
    return NULL;
}

void cors_add(const struct service_rules *rules, const struct request *request, struct reply *reply)
{
    const struct texts *origins = &rules->cors_origins;
    bool config = origins->count > 0 && str_eq(request->path, STR("/config"));
    if (!is_api(request->path) && !config)
        return;
    if (allows_any(origins)) {
        reply_header(reply, "Access-Control-Allow-Origin", "*");
        return;
    }
    reply_header(reply, "Vary", "Origin");
    const char *origin = find(origins, request_header(request, STR("Origin")));
    if (!origin)
        return;
    reply_header(reply, "Access-Control-Allow-Origin", origin);
    reply_header(reply, "Access-Control-Allow-Credentials", "true");
    reply_header(reply, "Access-Control-Expose-Headers", "X-Next-CSRF-Token");
}

bool cors_answer(struct call *call)
{
    if (call->request->method != METHOD_OPTIONS || call->match.allowed == 0 ||
        !is_api(call->request->path))
        return false;
    const char *allow = call_allowed_methods(call);
    reply_header(call->reply, "Allow", allow);
    reply_header(call->reply, "Access-Control-Allow-Methods", allow);
    reply_header(call->reply, "Access-Control-Allow-Headers", CORS_HEADERS);
    reply_header(call->reply, "Access-Control-Max-Age", CORS_MAX_AGE_S);
    reply_status(call->reply, 200);
    return true;
}
