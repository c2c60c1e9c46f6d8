/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON. The only state is whether a comma is due: a value or an end makes one due, a key
 * or a beginning does not, and that holds at any depth without a stack. */
#include "jw.h"

#include <inttypes.h>
#include <jansson.h>

#include "base/quote.h"

static void before_value(struct jw *w)
{
    if (w->comma)
        buf_add_char(w->buf, ',');
    w->comma = true;
}

static void begin(struct jw *w, char bracket)
{
    before_value(w);
    buf_add_char(w->buf, bracket);
    w->comma = false;
}

static void end(struct jw *w, char bracket)
{
    buf_add_char(w->buf, bracket);
    w->comma = true;
}

void jw_begin_object(struct jw *w)
{
    begin(w, '{');
}

void jw_end_object(struct jw *w)
{
    end(w, '}');
}

void jw_begin_array(struct jw *w)
{
    begin(w, '[');
}

void jw_end_array(struct jw *w)
{
    end(w, ']');
}

void jw_key(struct jw *w, const char *key)
{
    before_value(w);
    quote_json(w->buf, str_of(key));
    buf_add_char(w->buf, ':');
    w->comma = false;
}

void jw_slice(struct jw *w, struct str value)
{
    before_value(w);
    quote_json(w->buf, value);
}

void jw_text(struct jw *w, const char *value)
{
    if (value)
        jw_slice(w, str_of(value));
    else
        jw_null(w);
}

void jw_int(struct jw *w, int64_t value)
{
    before_value(w);
    if (value >= 0)
        buf_add_u64(w->buf, (uint64_t)value);
    else
        buf_printf(w->buf, "%" PRId64, value);
}

void jw_bool(struct jw *w, bool value)
{
    jw_raw(w, value ? STR("true") : STR("false"));
}

void jw_null(struct jw *w)
{
    jw_raw(w, STR("null"));
}

void jw_raw(struct jw *w, struct str json)
{
    before_value(w);
    buf_add_str(w->buf, json);
}

void jw_member_text(struct jw *w, const char *key, const char *value)
{
    jw_key(w, key);
    jw_text(w, value);
}

void jw_member_int(struct jw *w, const char *key, int64_t value)
{
    jw_key(w, key);
    jw_int(w, value);
}

void jw_member_bool(struct jw *w, const char *key, bool value)
{
    jw_key(w, key);
    jw_bool(w, value);
}

static int append(const char *data, size_t size, void *buf)
{
    buf_add(buf, data, size);
    return 0;
}

static void write_tree(struct jw *w, const json_t *value)
{
    before_value(w);
    if (json_dump_callback(value, append, w->buf, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        w->buf->failed = true; /* a tree that cannot be written, such as NaN built by hand */
}

static void write_digest(struct jw *w, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    if (digest->len > 0)
        digest_format(digest, text);
    jw_text(w, digest->len > 0 ? text : NULL);
}

static void write_texts(struct jw *w, const struct texts *texts)
{
    jw_begin_array(w);
    for (size_t i = 0; i < texts->count; i++)
        jw_text(w, texts->items[i]);
    jw_end_array(w);
}

static void write_list(struct jw *w, const struct schema *sub, const struct list *list)
{
    jw_begin_array(w);
    for (size_t i = 0; i < list->count; i++)
        jw_encode(w, sub, (const char *)list->items + i * sub->size);
    jw_end_array(w);
}

static void write_field(struct jw *w, const struct field *field, const void *member)
{
    switch (field->kind) {
    case FIELD_BOOL:
        jw_bool(w, *(const bool *)member);
        break;
    case FIELD_INT:
        jw_int(w, *(const int64_t *)member);
        break;
    case FIELD_TEXT:
        jw_text(w, *(const char *const *)member);
        break;
    case FIELD_BYTES: /* of a SQL row; JSON has no form for them */
        jw_null(w);
        break;
    case FIELD_DIGEST:
        write_digest(w, member);
        break;
    case FIELD_TEXTS:
        write_texts(w, member);
        break;
    case FIELD_OBJECT:
        jw_encode(w, field->sub, member);
        break;
    case FIELD_LIST:
        write_list(w, field->sub, member);
        break;
    case FIELD_JSON:
        if (*(json_t *const *)member)
            write_tree(w, *(json_t *const *)member);
        else
            jw_null(w);
        break;
    }
}

static bool is_empty(const struct field *field, const void *member);

static bool all_empty(const struct schema *schema, const char *in)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (!is_empty(&schema->fields[i], in + schema->fields[i].offset))
            return false;
    }
    return true;
}

static bool is_empty(const struct field *field, const void *member)
{
    switch (field->kind) {
    case FIELD_BOOL:
        return !*(const bool *)member;
    case FIELD_INT:
        return *(const int64_t *)member == 0;
    case FIELD_TEXT:
        return !*(const char *const *)member || **(const char *const *)member == '\0';
    case FIELD_BYTES:
        return ((const struct str *)member)->len == 0;
    case FIELD_DIGEST:
        return ((const struct digest *)member)->len == 0;
    case FIELD_TEXTS:
        return ((const struct texts *)member)->count == 0;
    case FIELD_LIST:
        return ((const struct list *)member)->count == 0;
    case FIELD_JSON:
        return !*(json_t *const *)member;
    case FIELD_OBJECT:
        return all_empty(field->sub, member);
    }
    return false;
}

void jw_encode(struct jw *w, const struct schema *schema, const void *in)
{
    jw_begin_object(w);
    for (size_t i = 0; i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        const void *member = (const char *)in + field->offset;
        if (field->flags & FIELD_SECRET)
            continue;
        if ((field->flags & FIELD_OMIT_EMPTY) && is_empty(field, member))
            continue;
        jw_key(w, field->name);
        write_field(w, field, member);
    }
    jw_end_object(w);
}
