/* SPDX-License-Identifier: Apache-2.0 */
/* Dumping the configuration, from the tables that also read it: a secret is known by its flag. */
#include "app/config_dump.h"

#include "app/config_keys.h"
#include "app/config_schema.h"
#include "app/config_value.h"
#include "codec/jw.h"

static void write_text(struct jw *w, const struct field *field, const char *text)
{
    jw_text(w, text && field->flags & FIELD_SECRET ? "********" : text);
}

static void write_quantity(struct jw *w, enum config_kind kind, int64_t value)
{
    enum { TEXT_MAX = 64 };
    _cleanup_buf_ struct buf text;
    buf_init(&text, TEXT_MAX);
    if (kind == CONFIG_DURATION)
        config_value_add_duration(&text, value);
    else
        config_value_add_size(&text, value);
    jw_slice(w, buf_str(&text));
}

static void write_int(struct jw *w, const struct field *field, int64_t value)
{
    const struct config_key *key = config_keys_find(field->name);
    if (key->kind == CONFIG_DURATION || key->kind == CONFIG_SIZE)
        write_quantity(w, key->kind, value);
    else
        jw_int(w, value);
}

static void write_texts(struct jw *w, const struct texts *texts)
{
    jw_begin_array(w);
    for (size_t i = 0; i < texts->count; i++)
        jw_text(w, texts->items[i]);
    jw_end_array(w);
}

static void write_value(struct jw *w, const struct field *field, const void *member)
{
    switch (field->kind) {
    case FIELD_BOOL:
        jw_bool(w, *(const bool *)member);
        break;
    case FIELD_INT:
        write_int(w, field, *(const int64_t *)member);
        break;
    case FIELD_TEXTS:
        write_texts(w, member);
        break;
    case FIELD_TEXT:
        write_text(w, field, *(const char *const *)member);
        break;
    default:
        jw_null(w);
        break;
    }
}

void config_dump(const struct config *config, const struct config_findings *findings,
                 struct buf *out)
{
    struct jw w = {.buf = out};
    jw_begin_object(&w);
    jw_key(&w, "config");
    jw_begin_object(&w);
    for (size_t i = 0; i < config_schema.count; i++) {
        const struct field *field = &config_schema.fields[i];
        jw_key(&w, field->name);
        write_value(&w, field, (const char *)config + field->offset);
    }
    jw_end_object(&w);
    jw_key(&w, "warning");
    jw_begin_object(&w);
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity == CONFIG_FOUND_WARNING)
            jw_member_text(&w, findings->items[i].key, findings->items[i].text);
    }
    jw_end_object(&w);
    jw_key(&w, "env"); /* no variable of the environment configures wharf */
    jw_begin_object(&w);
    jw_end_object(&w);
    jw_key(&w, "schema");
    jw_begin_object(&w);
    for (size_t i = 0; i < config_schema.count; i++) {
        const char *name = config_schema.fields[i].name;
        jw_member_text(&w, name, config_value_expected(config_keys_find(name)->kind));
    }
    jw_end_object(&w);
    jw_end_object(&w);
}
