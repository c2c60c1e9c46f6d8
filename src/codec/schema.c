/* SPDX-License-Identifier: Apache-2.0 */
/* Schema tables: lookup, and the rules of a single value that every reader shares. A rule's error
 * says only what is wrong; where it stands is added by the reader that knows the path. */
#include "schema.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/quote.h"
#include "codec/schema_check.h"

const struct field *schema_find(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (str_eq_text(name, schema->fields[i].name))
            return &schema->fields[i];
    }
    return NULL;
}

size_t schema_max(const struct field *field, size_t otherwise)
{
    return field->max > 0 ? (size_t)field->max : otherwise;
}

int schema_check_int(const struct field *field, int64_t value, struct err *err)
{
    if (field->max == 0 || (value >= field->min && value <= field->max))
        return 0;
    if (field->max == INT64_MAX)
        return err_set(err, ERR_INVALID, "must be at least %" PRId64, field->min);
    return err_set(err, ERR_INVALID, "must be between %" PRId64 " and %" PRId64, field->min,
                   field->max);
}

static int set_not_listed(const char *const *values, struct err *err)
{
    err_set(err, ERR_INVALID, "must be one of");
    for (const char *const *value = values; err && *value; value++) {
        size_t used = strlen(err->msg);
        snprintf(err->msg + used, sizeof err->msg - used, "%s %s", value == values ? "" : ",",
                 *value);
    }
    return -1;
}

int schema_check_text(const struct field *field, struct str value, struct err *err)
{
    size_t most = schema_max(field, FIELD_TEXT_MAX);
    if (field->kind != FIELD_TEXT)
        most = FIELD_TEXT_MAX; /* an item of a list: `max` counts the items there */
    if (value.len > most)
        return err_set(err, ERR_INVALID, "must have at most %zu bytes", most);
    if (str_find(value, '\0') >= 0)
        return err_set(err, ERR_INVALID, "must not contain NUL");
    if (!utf8_valid(value))
        return err_set(err, ERR_INVALID, "must be UTF-8");
    if (!field->values)
        return 0;
    for (const char *const *allowed = field->values; *allowed; allowed++) {
        if (str_eq_text(value, *allowed))
            return 0;
    }
    return set_not_listed(field->values, err);
}

int schema_check_digest(struct str value, struct digest *out, struct err *err)
{
    struct err reason;
    if (digest_parse(value, out, &reason) != 0)
        return err_set(err, ERR_INVALID, "%s", reason.msg);
    return 0;
}
