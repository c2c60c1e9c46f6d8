/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies and query strings of every route: any bytes are either refused with a message, or give a
 * struct whose members are within the limits that the schema states. */
#include "base/quote.h"
#include "codec/form.h"
#include "codec/json.h"
#include "fuzz.h"
#include "web/route.h"

enum { BODY_MAX = 64 * 1024 };

static void check_struct(const struct schema *schema, const void *in);

static size_t limit(const struct field *field, size_t otherwise)
{
    return field->max ? (size_t)field->max : otherwise;
}

static void check_text(const struct field *field, const char *text)
{
    if (!text)
        return;
    must(strlen(text) <= limit(field, FIELD_TEXT_MAX));
    must(utf8_valid(str_of(text)));
    bool listed = !field->values;
    for (const char *const *value = field->values; !listed && *value; value++)
        listed = strcmp(*value, text) == 0;
    must(listed);
}

static void check_field(const struct field *field, const char *member)
{
    const struct texts *texts = (const void *)member;
    const struct list *list = (const void *)member;
    switch (field->kind) {
    case FIELD_INT: {
        int64_t number = *(const int64_t *)(const void *)member;
        must(field->max == 0 || number == 0 || (number >= field->min && number <= field->max));
        break;
    }
    case FIELD_TEXT:
        check_text(field, *(const char *const *)(const void *)member);
        break;
    case FIELD_TEXTS:
        must(texts->count <= limit(field, FIELD_ITEMS_MAX));
        for (size_t i = 0; i < texts->count; i++)
            must(texts->items[i] && utf8_valid(str_of(texts->items[i])));
        break;
    case FIELD_OBJECT:
        check_struct(field->sub, member);
        break;
    case FIELD_LIST:
        must(list->count <= limit(field, FIELD_ITEMS_MAX));
        for (size_t i = 0; i < list->count; i++)
            check_struct(field->sub, (const char *)list->items + i * field->sub->size);
        break;
    default:
        break;
    }
}

static void check_struct(const struct schema *schema, const void *in)
{
    for (size_t i = 0; i < schema->count; i++)
        check_field(&schema->fields[i], (const char *)in + schema->fields[i].offset);
}

static void check_refusal(const struct err *err)
{
    must(err->code == ERR_INVALID || err->code == ERR_TOO_LARGE);
    must(err->msg[0]);
}

static void try_body(struct arena *arena, const struct schema *schema, struct str text)
{
    struct err err = {0};
    void *out = arena_alloc(arena, schema->size);
    if (json_decode_text(arena, schema, text, BODY_MAX, out, &err) == 0)
        check_struct(schema, out);
    else
        check_refusal(&err);
}

static void try_query(struct arena *arena, const struct schema *schema, struct str text)
{
    struct err err = {0};
    void *out = arena_alloc(arena, schema->size);
    if (form_decode(arena, schema, text, out, &err) == 0)
        check_struct(schema, out);
    else
        check_refusal(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct str text = {(const char *)data, size};
    for (const struct route_table *const *table = route_tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++) {
            const struct route *route = &(*table)->routes[i];
            if (route->body)
                try_body(&arena, route->body, text);
            if (route->query)
                try_query(&arena, route->query, text);
            arena_reset(&arena);
        }
    }
    arena_done(&arena);
    return 0;
}
