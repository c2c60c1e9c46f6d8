/* SPDX-License-Identifier: Apache-2.0 */
/* Typing of plain scalars. The table holds the forms of YAML 1.1's type repository as PyYAML
 * narrowed them; what matches none is a string. */
#include "yaml_scalar.h"

#include <math.h>
#include <stdlib.h>

#include "base/macro.h"

enum { NUMBER_MAX = 127 }; /* longer plain text is a string without being matched */

enum kind { NOTHING, TRUE, FALSE, BINARY, OCTAL, DECIMAL, HEX, REAL, NOT_FINITE };

/* A sexagesimal form (1:30:00) is read by the same code as its simple one. */
static const struct {
    enum kind kind;
    const char *pattern;
} forms[] = {
    {NOTHING, "^(~|null|Null|NULL|)$"},
    {TRUE, "^(yes|Yes|YES|true|True|TRUE|on|On|ON)$"},
    {FALSE, "^(no|No|NO|false|False|FALSE|off|Off|OFF)$"},
    {BINARY, "^[-+]?0b[01_]+$"},
    {OCTAL, "^[-+]?0[0-7_]+$"},
    {DECIMAL, "^[-+]?(0|[1-9][0-9_]*)$"},
    {DECIMAL, "^[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+$"},
    {HEX, "^[-+]?0x[0-9a-fA-F_]+$"},
    {REAL, "^[-+]?[0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]+)?$"},
    {REAL, "^\\.[0-9][0-9_]*([eE][-+][0-9]+)?$"},
    {REAL, "^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\\.[0-9_]*$"},
    {NOT_FINITE, "^[-+]?\\.(inf|Inf|INF)$"},
    {NOT_FINITE, "^\\.(nan|NaN|NAN)$"},
};

_Static_assert(ARRAY_LEN(forms) == YAML_SCALAR_FORMS, "one compiled form for each");

void yaml_scalar_init(struct yaml_scalar *scalar)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (regcomp(&scalar->forms[i], forms[i].pattern, REG_EXTENDED | REG_NOSUB) != 0)
            abort(); /* out of memory, as the patterns are constant */
    }
}

void yaml_scalar_done(struct yaml_scalar *scalar)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        regfree(&scalar->forms[i]);
}

/* Digits of one base with underscores between, no sign. False on overflow or without a digit. */
static bool read_digits(struct str text, uint64_t base, uint64_t *out)
{
    uint64_t value = 0;
    bool any = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '_')
            continue;
        uint64_t digit = (uint64_t)char_hex_value(text.ptr[i]);
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
        any = true;
    }
    *out = value;
    return any;
}

/* Parts of base 60 between colons; without a colon that is a plain number. */
static bool read_decimal(struct str text, uint64_t *out)
{
    uint64_t value = 0, part;
    for (struct str field; str_cut(&text, ':', &field);) {
        if (!read_digits(field, 10, &part) || __builtin_mul_overflow(value, 60, &value) ||
            __builtin_add_overflow(value, part, &value))
            return false;
    }
    *out = value;
    return true;
}

static bool read_magnitude(enum kind kind, struct str text, uint64_t *out)
{
    switch (kind) {
    case BINARY:
        return read_digits(str_sub(text, 2, text.len), 2, out);
    case OCTAL:
        return read_digits(text, 8, out);
    case HEX:
        return read_digits(str_sub(text, 2, text.len), 16, out);
    default:
        return read_decimal(text, out);
    }
}

/* Take a sign off the text. */
static bool cut_sign(struct str *text)
{
    bool negative = str_starts(*text, STR("-"));
    if (negative || str_starts(*text, STR("+")))
        *text = str_sub(*text, 1, text->len);
    return negative;
}

static json_t *make_int(enum kind kind, struct str text, const char **problem)
{
    uint64_t magnitude;
    bool negative = cut_sign(&text);
    if (!read_magnitude(kind, text, &magnitude) || magnitude > INT64_MAX) {
        *problem = "number does not fit in 64 bits";
        return NULL;
    }
    return json_integer(negative ? -(json_int_t)magnitude : (json_int_t)magnitude);
}

static json_t *make_real(struct str text, const char **problem)
{
    double value = 0;
    bool negative = cut_sign(&text);
    for (struct str field; str_cut(&text, ':', &field);) {
        char digits[NUMBER_MAX + 1];
        size_t used = 0;
        for (size_t i = 0; i < field.len; i++) {
            if (field.ptr[i] != '_')
                digits[used++] = field.ptr[i];
        }
        digits[used] = '\0';
        value = value * 60 + strtod(digits, NULL);
    }
    if (!isfinite(value)) {
        *problem = "number is too large";
        return NULL;
    }
    return json_real(negative ? -value : value);
}

static json_t *make(enum kind kind, struct str text, const char **problem)
{
    switch (kind) {
    case NOTHING:
        return json_null();
    case TRUE:
        return json_true();
    case FALSE:
        return json_false();
    case REAL:
        return make_real(text, problem);
    case NOT_FINITE:
        *problem = "number is not finite";
        return NULL;
    default:
        return make_int(kind, text, problem);
    }
}

json_t *yaml_scalar_resolve(const struct yaml_scalar *scalar, struct str text, const char **problem)
{
    char copy[NUMBER_MAX + 1] = "";
    bool short_text = text.len <= NUMBER_MAX && str_find(text, '\0') < 0;
    memcpy(copy, text.ptr, short_text ? text.len : 0);
    for (size_t i = 0; short_text && i < ARRAY_LEN(forms); i++) {
        if (regexec(&scalar->forms[i], copy, 0, NULL, 0) == 0)
            return make(forms[i].kind, text, problem);
    }
    json_t *string = json_stringn(text.ptr, text.len);
    *problem = string ? NULL : "text is not UTF-8";
    return string;
}
