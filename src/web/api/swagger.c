/* SPDX-License-Identifier: Apache-2.0 */
/* Swagger 2.0 (OpenAPI 2.0). Everything is derived from the row of a route: captures of the path
 * are its path parameters, the schema of the query its query parameters, and the schema of the body
 * a definition, so that what clients are told is what the server checks. */
#include "swagger.h"

#define API_PREFIX "/api/v1/"

static const char *type_name(enum field_kind kind)
{
    switch (kind) {
    case FIELD_BOOL:
        return "boolean";
    case FIELD_INT:
        return "integer";
    case FIELD_TEXTS:
    case FIELD_LIST:
        return "array";
    case FIELD_OBJECT:
    case FIELD_JSON:
        return "object";
    default:
        return "string";
    }
}

const char *swagger_path(struct arena *arena, const char *path)
{
    size_t len = strlen(path), at = 0;
    char *out = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        if (path[i] != '+' || path[i + 1] != '}')
            out[at++] = path[i];
    }
    return out;
}

static bool is_capture(struct str segment)
{
    return segment.len > 0 && segment.ptr[0] == '{';
}

/* Things inside of one of these have a name of their own. */
static bool is_container(struct str segment)
{
    return str_eq(segment, STR("organization")) || str_eq(segment, STR("repository")) ||
           str_eq(segment, STR("user")) || str_eq(segment, STR("superuser"));
}

const char *swagger_tag(struct arena *arena, const char *path)
{
    struct str rest = str_of(path), first, segment;
    rest = str_sub(rest, strlen(API_PREFIX), rest.len);
    str_cut(&rest, '/', &first);
    while (is_container(first) && rest.ptr && str_cut(&rest, '/', &segment)) {
        if (segment.len > 0 && !is_capture(segment))
            return arena_text(arena, segment);
    }
    return arena_text(arena, first);
}

const char *swagger_definition(struct arena *arena, const struct route *route)
{
    return arena_printf(arena, "%sBody", route->id);
}

/* What a value must be, as members of an open object. */
static void write_type(struct jw *w, const struct field *field)
{
    jw_member_text(w, "type", type_name(field->kind));
    if (field->kind == FIELD_INT && field->max != 0) {
        jw_member_int(w, "minimum", field->min);
        jw_member_int(w, "maximum", field->max);
    }
    if (field->kind == FIELD_TEXT && field->max != 0)
        jw_member_int(w, "maxLength", field->max);
    if (field->kind == FIELD_TEXT && field->flags & FIELD_SECRET)
        jw_member_text(w, "format", "password");
    if (field->values) {
        jw_key(w, "enum");
        jw_begin_array(w);
        for (const char *const *value = field->values; *value; value++)
            jw_text(w, *value);
        jw_end_array(w);
    }
}

static void write_items(struct jw *w, const struct field *field)
{
    jw_key(w, "items");
    if (field->sub) {
        swagger_schema(w, field->sub);
        return;
    }
    jw_begin_object(w);
    jw_member_text(w, "type", "string");
    jw_end_object(w);
}

static void write_field(struct jw *w, const struct field *field)
{
    if (field->kind == FIELD_OBJECT) {
        swagger_schema(w, field->sub);
        return;
    }
    jw_begin_object(w);
    write_type(w, field);
    if (field->kind == FIELD_LIST || field->kind == FIELD_TEXTS)
        write_items(w, field);
    if (field->flags & FIELD_NULLABLE)
        jw_member_bool(w, "x-nullable", true);
    jw_end_object(w);
}

static bool any_required(const struct schema *schema)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (schema->fields[i].flags & FIELD_REQUIRED)
            return true;
    }
    return false;
}

void swagger_schema(struct jw *w, const struct schema *schema)
{
    jw_begin_object(w);
    jw_member_text(w, "type", "object");
    if (any_required(schema)) {
        jw_key(w, "required");
        jw_begin_array(w);
        for (size_t i = 0; i < schema->count; i++) {
            if (schema->fields[i].flags & FIELD_REQUIRED)
                jw_text(w, schema->fields[i].name);
        }
        jw_end_array(w);
    }
    jw_key(w, "properties");
    jw_begin_object(w);
    for (size_t i = 0; i < schema->count; i++) {
        jw_key(w, schema->fields[i].name);
        write_field(w, &schema->fields[i]);
    }
    jw_end_object(w);
    jw_end_object(w);
}

/* --- operations --- */

static void path_parameters(struct jw *w, struct arena *arena, const char *path)
{
    struct str rest = str_of(path), segment;
    while (str_cut(&rest, '/', &segment)) {
        if (!is_capture(segment))
            continue;
        bool greedy = segment.ptr[segment.len - 2] == '+';
        jw_begin_object(w);
        jw_member_text(w, "name", arena_text(arena, str_sub(segment, 1, segment.len - 2 - greedy)));
        jw_member_text(w, "in", "path");
        jw_member_bool(w, "required", true);
        jw_member_text(w, "type", "string");
        jw_end_object(w);
    }
}

static void query_parameters(struct jw *w, const struct schema *schema)
{
    for (size_t i = 0; schema && i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        jw_begin_object(w);
        jw_member_text(w, "name", field->name);
        jw_member_text(w, "in", "query");
        jw_member_bool(w, "required", field->flags & FIELD_REQUIRED);
        write_type(w, field);
        if (field->kind == FIELD_TEXTS)
            write_items(w, field);
        jw_end_object(w);
    }
}

static void body_parameter(struct jw *w, struct arena *arena, const struct route *route)
{
    if (!route->body)
        return;
    jw_begin_object(w);
    jw_member_text(w, "name", "body");
    jw_member_text(w, "in", "body");
    jw_member_bool(w, "required", any_required(route->body));
    jw_key(w, "schema");
    jw_begin_object(w);
    jw_member_text(w, "$ref",
                   arena_printf(arena, "#/definitions/%s", swagger_definition(arena, route)));
    jw_end_object(w);
    jw_end_object(w);
}

static const char *scope_of(enum route_right right)
{
    static const char *const scopes[] = {
        [RIGHT_SIGNED_IN] = "user:read",   [RIGHT_USER_READ] = "user:read",
        [RIGHT_USER_ADMIN] = "user:admin", [RIGHT_ORG_MEMBER] = "org:admin",
        [RIGHT_ORG_ADMIN] = "org:admin",   [RIGHT_REPO_READ] = "repo:read",
        [RIGHT_REPO_WRITE] = "repo:write", [RIGHT_REPO_ADMIN] = "repo:admin",
        [RIGHT_SUPERUSER] = "super:user",
    };
    return (size_t)right < ARRAY_LEN(scopes) ? scopes[right] : NULL;
}

static void write_security(struct jw *w, const struct route *route)
{
    const char *scope = scope_of(route->right);
    if (!scope)
        return;
    jw_key(w, "security");
    jw_begin_array(w);
    jw_begin_object(w);
    jw_key(w, "oauth2_implicit");
    jw_begin_array(w);
    jw_text(w, scope);
    jw_end_array(w);
    jw_end_object(w);
    jw_end_array(w);
}

static void write_response(struct jw *w, const char *status, const char *description, bool error)
{
    jw_key(w, status);
    jw_begin_object(w);
    jw_member_text(w, "description", description);
    if (error) {
        jw_key(w, "schema");
        jw_begin_object(w);
        jw_member_text(w, "$ref", "#/definitions/ApiError");
        jw_end_object(w);
    }
    jw_end_object(w);
}

static void write_responses(struct jw *w)
{
    jw_key(w, "responses");
    jw_begin_object(w);
    write_response(w, "default", "Done", false);
    write_response(w, "400", "Bad Request", true);
    write_response(w, "401", "Session required", true);
    write_response(w, "403", "Unauthorized access", true);
    write_response(w, "404", "Not found", true);
    jw_end_object(w);
}

void swagger_operation(struct jw *w, struct arena *arena, const struct route *route)
{
    jw_begin_object(w);
    jw_member_text(w, "operationId", route->id);
    jw_member_text(w, "description", route->summary);
    jw_key(w, "tags");
    jw_begin_array(w);
    jw_text(w, swagger_tag(arena, route->path));
    jw_end_array(w);
    jw_key(w, "parameters");
    jw_begin_array(w);
    path_parameters(w, arena, route->path);
    query_parameters(w, route->query);
    body_parameter(w, arena, route);
    jw_end_array(w);
    write_security(w, route);
    write_responses(w);
    jw_end_object(w);
}
