/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes as text. Fractions are not taken: what is stored is bytes, and "0.3 GiB" is no number of
 * them. */
#include "base/size.h"

#include <stdio.h>

static const char prefixes[] = "KMGTPE";

/* The factor of a unit; 0 when there is no such unit. */
static int64_t factor_of(struct str unit)
{
    int64_t factor = 1;
    if (unit.len == 0 || str_eq_case(unit, STR("B")))
        return 1;
    char first = char_lower(unit.ptr[0]);
    size_t power = 0;
    while (prefixes[power] && char_lower(prefixes[power]) != first)
        power++;
    struct str rest = str_sub(unit, 1, unit.len);
    bool binary = str_eq_case(rest, STR("i")) || str_eq_case(rest, STR("iB"));
    bool decimal = rest.len == 0 || str_eq_case(rest, STR("B"));
    if (!prefixes[power] || (!binary && !decimal))
        return 0;
    for (size_t i = 0; i <= power; i++)
        factor *= binary ? 1024 : 1000;
    return factor;
}

int size_parse(struct str text, int64_t *out, struct err *err)
{
    size_t digits = 0;
    uint64_t number = 0;
    while (digits < text.len && char_is_digit(text.ptr[digits]))
        digits++;
    struct str unit = str_sub(text, digits, text.len);
    if (unit.len > 1 && unit.ptr[0] == ' ')
        unit = str_sub(unit, 1, unit.len);
    int64_t factor = factor_of(unit);
    if (digits == 0 || factor == 0)
        return err_set(err, ERR_INVALID,
                       "Invalid limit format, use a number followed by a unit (e.g. 1GiB)");
    if (!str_to_u64(str_sub(text, 0, digits), INT64_MAX, &number) ||
        (int64_t)number > INT64_MAX / factor)
        return err_set(err, ERR_INVALID, "Unsupported quota size limit.");
    *out = (int64_t)number * factor;
    return 0;
}

void size_format(int64_t bytes, char out[static SIZE_TEXT_MAX])
{
    double value = (double)bytes;
    size_t power = 0;
    while (value >= 1024 && prefixes[power]) {
        value /= 1024;
        power++;
    }
    if (power == 0)
        snprintf(out, SIZE_TEXT_MAX, "%.1f Byte", value);
    else
        snprintf(out, SIZE_TEXT_MAX, "%.1f %ciB", value, prefixes[power - 1]);
}
