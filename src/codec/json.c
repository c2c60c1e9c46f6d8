/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON. jansson builds the tree, but only after one pass over the bytes has counted depth
 * and values: a few megabytes of "[],[],..." would otherwise become hundreds in memory. Decoding
 * walks the schema, not the document, and remembers its way in a chain of stack frames, which is
 * printed only when something is wrong. */
#include "json.h"

#include <stdio.h>

#include "codec/schema_check.h"

/* Brackets and commas outside strings. Exact for valid JSON; anything else jansson refuses. */
static int check_shape(struct str text, struct err *err)
{
    size_t depth = 0, values = 1;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == ']' || c == '}')
            depth -= depth > 0;
        else if (c == '[' || c == '{')
            depth++;
        values += c == '[' || c == '{' || c == ',';
        if (depth > JSON_DEPTH_MAX)
            return err_set(err, ERR_INVALID, "JSON is nested deeper than %d levels",
                           JSON_DEPTH_MAX);
        if (values > JSON_VALUES_MAX)
            return err_set(err, ERR_TOO_LARGE, "JSON has more than %d values", JSON_VALUES_MAX);
    }
    return 0;
}

int json_parse(struct str text, size_t max, json_t **out, struct err *err)
{
    if (text.len > max)
        return err_set(err, ERR_TOO_LARGE, "JSON is larger than %zu bytes", max);
    if (check_shape(text, err) != 0)
        return -1;
    json_error_t problem;
    json_t *root = json_loadb(text.ptr ? text.ptr : "", text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!root) {
        char *excerpt = strstr(problem.text, " near '"); /* may hold a secret of the document */
        if (excerpt)
            *excerpt = '\0';
        return err_set(err, ERR_INVALID, "invalid JSON in line %d, column %d: %s", problem.line,
                       problem.column, problem.text);
    }
    *out = root;
    return 0;
}

/* Where we are: a member of `up`, or an item of it when name is NULL. */
struct path {
    const struct path *up;
    const char *name;
    size_t index;
};

static void path_format(const struct path *path, struct buf *out)
{
    if (path->up)
        path_format(path->up, out);
    if (!path->name)
        buf_printf(out, "[%zu]", path->index);
    else
        buf_printf(out, "%s%s", out->len > 0 ? "." : "", path->name);
}

/* Put the path in front of a reason that is set. Returns -1. */
static int at_path(const struct path *path, struct err *err)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, sizeof err->msg);
    if (path)
        path_format(path, &text);
    return text.len > 0 ? err_wrap(err, "%.*s: ", STR_FMT(buf_str(&text))) : -1;
}

static int decode_object(struct arena *arena, const struct schema *schema, const json_t *object,
                         char *out, const struct path *path, struct err *err);

static int decode_int(const struct field *field, const json_t *value, int64_t *out, struct err *err)
{
    if (json_is_real(value))
        return err_set(err, ERR_INVALID, "must be a whole number");
    if (!json_is_integer(value))
        return err_set(err, ERR_INVALID, "must be a number");
    if (schema_check_int(field, json_integer_value(value), err) != 0)
        return -1;
    *out = json_integer_value(value);
    return 0;
}

static int decode_text(struct arena *arena, const struct field *field, const json_t *value,
                       const char **out, struct err *err)
{
    if (!json_is_string(value))
        return err_set(err, ERR_INVALID, "must be a string");
    struct str text = {json_string_value(value), json_string_length(value)};
    if (schema_check_text(field, text, err) != 0)
        return -1;
    *out = arena_text(arena, text);
    return 0;
}

static int decode_digest(const json_t *value, struct digest *out, struct err *err)
{
    if (!json_is_string(value))
        return err_set(err, ERR_INVALID, "must be a string");
    return schema_check_digest((struct str){json_string_value(value), json_string_length(value)},
                               out, err);
}

static int check_array(const struct field *field, const json_t *value, const struct path *path,
                       struct err *err)
{
    size_t most = schema_max(field, FIELD_ITEMS_MAX);
    if (!json_is_array(value))
        err_set(err, ERR_INVALID, "must be a list");
    else if (json_array_size(value) > most)
        err_set(err, ERR_INVALID, "must have at most %zu items", most);
    else
        return 0;
    return at_path(path, err);
}

static int decode_texts(struct arena *arena, const struct field *field, const json_t *value,
                        struct texts *out, const struct path *path, struct err *err)
{
    if (check_array(field, value, path, err) != 0)
        return -1;
    size_t count = json_array_size(value);
    const char **items = arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        struct path item = {path, NULL, i};
        if (decode_text(arena, field, json_array_get(value, i), &items[i], err) != 0)
            return at_path(&item, err);
    }
    *out = (struct texts){items, count};
    return 0;
}

static int decode_list(struct arena *arena, const struct field *field, const json_t *value,
                       struct list *out, const struct path *path, struct err *err)
{
    if (check_array(field, value, path, err) != 0)
        return -1;
    size_t count = json_array_size(value);
    char *items = arena_array(arena, count, field->sub->size);
    for (size_t i = 0; i < count; i++) {
        struct path item = {path, NULL, i};
        if (decode_object(arena, field->sub, json_array_get(value, i), items + i * field->sub->size,
                          &item, err) != 0)
            return -1;
    }
    *out = (struct list){items, count};
    return 0;
}

/* A value that has no others inside. */
static int decode_scalar(struct arena *arena, const struct field *field, const json_t *value,
                         void *member, struct err *err)
{
    switch (field->kind) {
    case FIELD_BOOL:
        if (!json_is_boolean(value))
            return err_set(err, ERR_INVALID, "must be true or false");
        *(bool *)member = json_is_true(value);
        return 0;
    case FIELD_INT:
        return decode_int(field, value, member, err);
    case FIELD_TEXT:
        return decode_text(arena, field, value, member, err);
    case FIELD_DIGEST:
        return decode_digest(value, member, err);
    default:
        return err_set(err, ERR_INTERNAL, "cannot be given in JSON");
    }
}

static int decode_field(struct arena *arena, const struct field *field, const json_t *value,
                        void *member, const struct path *path, struct err *err)
{
    if (field->kind == FIELD_JSON) {
        *(const json_t **)member = value;
        return 0;
    }
    if (json_is_null(value) && (field->flags & FIELD_NULLABLE))
        return 0;
    switch (field->kind) {
    case FIELD_TEXTS:
        return decode_texts(arena, field, value, member, path, err);
    case FIELD_LIST:
        return decode_list(arena, field, value, member, path, err);
    case FIELD_OBJECT:
        return decode_object(arena, field->sub, value, member, path, err);
    default:
        if (decode_scalar(arena, field, value, member, err) != 0)
            return at_path(path, err);
        return 0;
    }
}

static int decode_object(struct arena *arena, const struct schema *schema, const json_t *object,
                         char *out, const struct path *path, struct err *err)
{
    if (!json_is_object(object)) {
        err_set(err, ERR_INVALID, "must be an object");
        return at_path(path, err);
    }
    for (size_t i = 0; i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        const struct path here = {path, field->name, 0};
        const json_t *value = json_object_get(object, field->name);
        if (!value && (field->flags & FIELD_REQUIRED)) {
            err_set(err, ERR_INVALID, "is missing");
            return at_path(&here, err);
        }
        if (value && decode_field(arena, field, value, out + field->offset, &here, err) != 0)
            return -1;
        if (value && field->seen)
            *(bool *)(out + field->seen) = true;
    }
    return 0;
}

int json_decode(struct arena *arena, const struct schema *schema, const json_t *object, void *out,
                struct err *err)
{
    char *filled = arena_memdup(arena, out, schema->size); /* so that a failure changes nothing */
    if (decode_object(arena, schema, object, filled, NULL, err) != 0)
        return -1;
    memcpy(out, filled, schema->size);
    return 0;
}

int json_decode_text(struct arena *arena, const struct schema *schema, struct str text, size_t max,
                     void *out, struct err *err)
{
    json_auto_t *document = NULL;
    if (json_parse(text, max, &document, err) != 0)
        return -1;
    return json_decode(arena, schema, document, out, err);
}
