/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings and form bodies. A pair is cut first and decoded afterwards, so that an encoded
 * '&' or '=' is part of the value, and values of unknown parameters are never looked at. */
#include "form.h"

#include <assert.h>

#include "base/uri.h"
#include "codec/schema_check.h"

static int decode_int(const struct field *field, struct str text, int64_t *out, struct err *err)
{
    bool negative = str_starts(text, STR("-"));
    uint64_t digits;
    if (!str_to_u64(str_sub(text, negative, text.len), INT64_MAX, &digits))
        return err_set(err, ERR_INVALID, "must be a number");
    int64_t value = negative ? -(int64_t)digits : (int64_t)digits;
    if (schema_check_int(field, value, err) != 0)
        return -1;
    *out = value;
    return 0;
}

static int decode_bool(struct str text, bool *out, struct err *err)
{
    bool yes = str_eq(text, STR("true")) || str_eq(text, STR("1"));
    bool no = str_eq(text, STR("false")) || str_eq(text, STR("0"));
    if (!yes && !no)
        return err_set(err, ERR_INVALID, "must be true or false");
    *out = yes;
    return 0;
}

static int add_text(struct arena *arena, const struct field *field, struct str text,
                    struct texts *out, bool first, struct err *err)
{
    if (first) /* replaces what was there as a default */
        *out = (struct texts){arena_array(arena, FORM_FIELDS_MAX, sizeof *out->items), 0};
    if (out->count >= schema_max(field, FORM_FIELDS_MAX))
        return err_set(err, ERR_INVALID, "must not be given more than %zu times", out->count);
    if (schema_check_text(field, text, err) != 0)
        return -1;
    out->items[out->count++] = arena_text(arena, text);
    return 0;
}

static int decode_value(struct arena *arena, const struct field *field, struct str text,
                        void *member, bool first, struct err *err)
{
    switch (field->kind) {
    case FIELD_BOOL:
        return decode_bool(text, member, err);
    case FIELD_INT:
        return decode_int(field, text, member, err);
    case FIELD_DIGEST:
        return schema_check_digest(text, member, err);
    case FIELD_TEXTS:
        return add_text(arena, field, text, member, first, err);
    case FIELD_TEXT:
        if (schema_check_text(field, text, err) != 0)
            return -1;
        *(const char **)member = arena_text(arena, text);
        return 0;
    default:
        return err_set(err, ERR_INTERNAL, "cannot be given as a parameter");
    }
}

/* What one call works on. `seen` has a bit for each field that was given. */
struct form {
    struct arena *arena;
    const struct schema *schema;
    char *out;
    uint64_t seen;
    struct buf scratch;
};

static int decode_pair(struct form *form, struct str pair, struct err *err)
{
    struct str value = pair, name = pair;
    str_cut(&value, '=', &name);
    buf_clear(&form->scratch);
    if (!uri_decode(&form->scratch, name, true))
        return err_set(err, ERR_INVALID, "a parameter's name has a malformed escape");
    const struct field *field = schema_find(form->schema, buf_str(&form->scratch));
    if (!field)
        return 0;
    buf_clear(&form->scratch);
    if (!uri_decode(&form->scratch, value, true))
        return err_set(err, ERR_INVALID, "%s: has a malformed escape", field->name);
    struct str text = buf_str(&form->scratch);
    uint64_t bit = UINT64_C(1) << (field - form->schema->fields);
    bool first = !(form->seen & bit);
    form->seen |= bit;
    if (field->seen)
        *(bool *)(form->out + field->seen) = true;
    if (text.len == 0 && (field->flags & FIELD_NULLABLE))
        return 0;
    if (decode_value(form->arena, field, text, form->out + field->offset, first, err) != 0)
        return err_wrap(err, "%s: ", field->name);
    return 0;
}

static int check_required(const struct form *form, struct err *err)
{
    for (size_t i = 0; i < form->schema->count; i++) {
        const struct field *field = &form->schema->fields[i];
        if ((field->flags & FIELD_REQUIRED) && !(form->seen >> i & 1))
            return err_set(err, ERR_INVALID, "%s: is missing", field->name);
    }
    return 0;
}

static int decode_pairs(struct form *form, struct str text, struct err *err)
{
    struct str pair;
    for (size_t count = 0; str_cut(&text, '&', &pair);) {
        if (pair.len == 0)
            continue;
        if (++count > FORM_FIELDS_MAX)
            return err_set(err, ERR_INVALID, "more than %d parameters", FORM_FIELDS_MAX);
        if (decode_pair(form, pair, err) != 0)
            return -1;
    }
    return check_required(form, err);
}

int form_decode(struct arena *arena, const struct schema *schema, struct str text, void *out,
                struct err *err)
{
    assert(schema->count <= 64);
    if (text.len > FORM_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "parameters are larger than %d bytes", FORM_BYTES_MAX);
    struct form form = {.arena = arena, .schema = schema};
    form.out = arena_memdup(arena, out, schema->size); /* so that a failure changes nothing */
    buf_init(&form.scratch, FORM_BYTES_MAX);
    int result = decode_pairs(&form, text, err);
    buf_done(&form.scratch);
    if (result == 0)
        memcpy(out, form.out, schema->size);
    return result;
}
