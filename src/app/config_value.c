/* SPDX-License-Identifier: Apache-2.0 */
/* Values. Durations and sizes are a number and a unit, told apart by their unit tables; a size in
 * powers of 1000 as Quay's, or of 1024 when it says so ("Gi"). */
#include "app/config_value.h"

#include "base/quote.h"

enum { SHOWN_MAX = 40 };

struct unit {
    const char *name;
    int64_t factor;
};

/* Largest first: formatting takes the first that divides. */
static const struct unit durations[] = {
    {"w", 7 * 24 * 3600 * INT64_C(1000)},
    {"d", 24 * 3600 * INT64_C(1000)},
    {"h", 3600 * INT64_C(1000)},
    {"m", 60 * INT64_C(1000)},
    {"s", INT64_C(1000)},
    {NULL, 0},
};
static const struct unit sizes[] = {
    {"T", INT64_C(1000000000000)},
    {"G", INT64_C(1000000000)},
    {"M", INT64_C(1000000)},
    {"K", INT64_C(1000)},
    {"Ti", INT64_C(1) << 40},
    {"Gi", INT64_C(1) << 30},
    {"Mi", INT64_C(1) << 20},
    {"Ki", INT64_C(1) << 10},
    {"", 1},
    {NULL, 0},
};

/* A whole number and a unit. */
static json_t *read_quantity(const struct unit *units, struct str text)
{
    size_t digits = 0;
    uint64_t number;
    while (digits < text.len && char_is_digit(text.ptr[digits]))
        digits++;
    if (!str_to_u64(str_sub(text, 0, digits), INT64_MAX, &number))
        return NULL;
    struct str name = str_sub(text, digits, text.len);
    for (const struct unit *unit = units; unit->name; unit++) {
        int64_t value;
        if (str_eq_text(name, unit->name))
            return __builtin_mul_overflow(number, unit->factor, &value) ? NULL
                                                                        : json_integer(value);
    }
    return NULL;
}

static json_t *read_size(const json_t *value)
{
    struct str text = str_of(json_string_value(value));
    if (json_is_integer(value) && json_integer_value(value) >= 0)
        return json_incref((json_t *)value);
    if (text.len > 1 && str_ends(text, STR("B"))) /* "20GB", "20GiB" */
        text.len--;
    return read_quantity(sizes, text);
}

/* A whole number, or one in quotes. */
static json_t *read_int(const json_t *value)
{
    struct str text = str_of(json_string_value(value));
    uint64_t number;
    if (json_is_integer(value))
        return json_incref((json_t *)value);
    bool negative = str_starts(text, STR("-"));
    if (!str_to_u64(negative ? str_sub(text, 1, text.len) : text, INT64_MAX, &number))
        return NULL;
    return json_integer(negative ? -(json_int_t)number : (json_int_t)number);
}

static bool all_texts(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i)))
            return false;
    }
    return json_is_array(value);
}

static bool is_of(enum config_kind kind, const json_t *value)
{
    switch (kind) {
    case CONFIG_BOOL:
        return json_is_boolean(value);
    case CONFIG_NUMBER:
        return json_is_number(value);
    case CONFIG_TEXT:
    case CONFIG_SECRET:
        return json_is_string(value);
    case CONFIG_TEXTS:
    case CONFIG_ORIGINS:
        return all_texts(value);
    case CONFIG_LIST:
        return json_is_array(value);
    case CONFIG_OBJECT:
        return json_is_object(value);
    default:
        return true;
    }
}

json_t *config_value_read(enum config_kind kind, const json_t *value)
{
    if (kind == CONFIG_ORIGINS && json_is_string(value))
        return json_pack("[O]", (json_t *)value);
    if (kind == CONFIG_INT)
        return read_int(value);
    if (kind == CONFIG_DURATION)
        return read_quantity(durations, str_of(json_string_value(value)));
    if (kind == CONFIG_SIZE)
        return read_size(value);
    return is_of(kind, value) ? json_incref((json_t *)value) : NULL;
}

const char *config_value_expected(enum config_kind kind)
{
    static const char *const texts[] = {
        [CONFIG_BOOL] = "true or false",
        [CONFIG_INT] = "a whole number",
        [CONFIG_NUMBER] = "a number",
        [CONFIG_TEXT] = "a string",
        [CONFIG_SECRET] = "a string",
        [CONFIG_DURATION] = "a duration such as 2w, 12h or 90s",
        [CONFIG_SIZE] = "a size such as 20G or 512Mi",
        [CONFIG_TEXTS] = "a list of strings",
        [CONFIG_ORIGINS] = "a string or a list of strings",
        [CONFIG_LIST] = "a list",
        [CONFIG_OBJECT] = "a mapping",
        [CONFIG_ANY] = "anything",
    };
    return texts[kind];
}

/* A string with its content, cut where it is long. */
static const char *describe_text(struct arena *arena, struct str text)
{
    _cleanup_buf_ struct buf quoted;
    buf_init(&quoted, 8 * SHOWN_MAX);
    quote_json(&quoted, str_sub(text, 0, SHOWN_MAX));
    return arena_printf(arena, "the string %.*s%s", STR_FMT(buf_str(&quoted)),
                        text.len > SHOWN_MAX ? "..." : "");
}

const char *config_value_describe(struct arena *arena, enum config_kind kind, const json_t *value)
{
    bool secret = kind == CONFIG_SECRET;
    switch (json_typeof(value)) {
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_INTEGER:
        return secret
                   ? "a number"
                   : arena_printf(arena, "the number %lld", (long long)json_integer_value(value));
    case JSON_REAL:
        return secret ? "a number" : arena_printf(arena, "the number %g", json_real_value(value));
    case JSON_STRING:
        return secret ? "a string"
                      : describe_text(arena, (struct str){json_string_value(value),
                                                          json_string_length(value)});
    case JSON_ARRAY:
        return kind == CONFIG_TEXTS ? "a list with other things than strings" : "a list";
    case JSON_OBJECT:
        return "a mapping";
    default:
        return "nothing";
    }
}

static void add_quantity(struct buf *buf, const struct unit *units, int64_t value)
{
    for (const struct unit *unit = units; unit->name; unit++) {
        bool last = !unit[1].name;
        if (!last && (value % unit->factor != 0 || value == 0))
            continue;
        buf_printf(buf, "%lld%s", (long long)(value / unit->factor), unit->name);
        return;
    }
}

void config_value_add_duration(struct buf *buf, int64_t ms)
{
    add_quantity(buf, durations, ms);
}

void config_value_add_size(struct buf *buf, int64_t bytes)
{
    add_quantity(buf, sizes, bytes);
}
