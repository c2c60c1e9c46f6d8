/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/discovery: the API described by Swagger 2.0, from the route tables. Clients are
 * generated from it, so the operation ids are Quay's. */
#include "api.h"
#include "auth/oauth_scope.h"
#include "codec/jw.h"
#include "swagger.h"

enum { DISCOVERY_MAX = 2 * 1024 * 1024 };

/* All routes of the API that are on, in one row. */
struct routes {
    const struct route **items;
    size_t count;
};

static struct routes collect(struct call *call)
{
    size_t most = 0;
    for (const struct route_table *const *table = route_tables; *table; table++)
        most += (*table)->count;
    struct routes found = {arena_array(call->arena, most, sizeof *found.items), 0};
    for (const struct route_table *const *table = route_tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++) {
            const struct route *route = &(*table)->routes[i];
            if (str_starts(str_of(route->path), STR("/api/v1/")) &&
                call_feature(call, route->feature))
                found.items[found.count++] = route;
        }
    }
    return found;
}

/* Is there an earlier route of the same path? */
static bool was_written(const struct routes *routes, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(routes->items[i]->path, routes->items[index]->path) == 0)
            return true;
    }
    return false;
}

static const char *lower_name(struct call *call, enum method method)
{
    char *name = arena_strdup(call->arena, method_name(method));
    for (char *c = name; *c; c++)
        *c = char_lower(*c);
    return name;
}

static void write_path(struct jw *w, struct call *call, const struct routes *routes, size_t first)
{
    const struct route *route = routes->items[first];
    const char *path = swagger_path(call->arena, route->path);
    jw_key(w, path);
    jw_begin_object(w);
    jw_member_text(w, "x-name", route->id);
    jw_member_text(w, "x-path", path);
    jw_member_text(w, "x-tag", swagger_tag(call->arena, route->path));
    for (size_t i = first; i < routes->count; i++) {
        if (strcmp(routes->items[i]->path, route->path) != 0)
            continue;
        jw_key(w, lower_name(call, routes->items[i]->method));
        swagger_operation(w, call->arena, routes->items[i]);
    }
    jw_end_object(w);
}

static void write_error_definition(struct jw *w)
{
    static const char *const texts[] = {"type", "title", "detail", "error_type", "error_message"};
    jw_key(w, "ApiError");
    jw_begin_object(w);
    jw_member_text(w, "type", "object");
    jw_key(w, "properties");
    jw_begin_object(w);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        jw_key(w, texts[i]);
        jw_raw(w, STR("{\"type\":\"string\"}"));
    }
    jw_key(w, "status");
    jw_raw(w, STR("{\"type\":\"integer\"}"));
    jw_end_object(w);
    jw_end_object(w);
}

static void write_definitions(struct jw *w, struct call *call, const struct routes *routes)
{
    jw_key(w, "definitions");
    jw_begin_object(w);
    write_error_definition(w);
    for (size_t i = 0; i < routes->count; i++) {
        if (!routes->items[i]->body)
            continue;
        jw_key(w, swagger_definition(call->arena, routes->items[i]));
        swagger_schema(w, routes->items[i]->body);
    }
    jw_end_object(w);
}

static void write_security(struct jw *w, struct call *call)
{
    jw_key(w, "securityDefinitions");
    jw_begin_object(w);
    jw_key(w, "oauth2_implicit");
    jw_begin_object(w);
    jw_member_text(w, "type", "oauth2");
    jw_member_text(w, "flow", "implicit");
    jw_member_text(w, "authorizationUrl",
                   arena_printf(call->arena, "%s/oauth/authorize", call_base_url(call)));
    jw_key(w, "scopes");
    jw_begin_object(w);
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++)
        jw_member_text(w, scope->name, scope->description);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
}

static void write_tags(struct jw *w, struct call *call, const struct routes *routes)
{
    const char **tags = arena_array(call->arena, routes->count, sizeof *tags);
    size_t count = 0;
    jw_key(w, "tags");
    jw_begin_array(w);
    for (size_t i = 0; i < routes->count; i++) {
        const char *tag = swagger_tag(call->arena, routes->items[i]->path);
        size_t at = 0;
        while (at < count && strcmp(tags[at], tag) != 0)
            at++;
        if (at < count)
            continue;
        tags[count++] = tag;
        jw_begin_object(w);
        jw_member_text(w, "name", tag);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void write_head(struct jw *w, struct call *call)
{
    jw_member_text(w, "swagger", "2.0");
    jw_member_text(w, "host", call->rules->hostname);
    jw_member_text(w, "basePath", "/");
    jw_key(w, "schemes");
    jw_begin_array(w);
    jw_text(w, call->rules->scheme);
    jw_end_array(w);
    jw_key(w, "info");
    jw_begin_object(w);
    jw_member_text(w, "title", "wharf");
    jw_member_text(w, "version", "v1");
    jw_member_text(w, "description",
                   "Administer a registry: its accounts, its repositories and who may do what. "
                   "Operations and their ids are those of Quay.");
    jw_end_object(w);
}

static int discovery_get(struct call *call, struct err *err)
{
    struct routes routes = collect(call);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, DISCOVERY_MAX);
    jw_begin_object(&w);
    write_head(&w, call);
    write_security(&w, call);
    jw_key(&w, "paths");
    jw_begin_object(&w);
    for (size_t i = 0; i < routes.count; i++) {
        if (!was_written(&routes, i))
            write_path(&w, call, &routes, i);
    }
    jw_end_object(&w);
    write_definitions(&w, call, &routes);
    write_tags(&w, call, &routes);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route discovery_routes[] = {
    {METHOD_GET, "/api/v1/discovery", "discovery", "Describe this API as Swagger 2.0.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS, .handler = discovery_get},
};
const struct route_table api_discovery_table = ROUTES(discovery_routes);
