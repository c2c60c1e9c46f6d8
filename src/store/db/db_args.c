/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments: C's variable arguments carry no types, so that query->params is the only thing that
 * says how to read them; everything behind this file works on typed values. */
#include "store/db/db_args.h"

static struct db_value int_value(int64_t number)
{
    return (struct db_value){.kind = DB_INT, .number = number};
}

static struct db_value slice_value(enum db_kind kind, struct str bytes)
{
    return (struct db_value){.kind = bytes.ptr ? kind : DB_NULL, .bytes = bytes};
}

static struct db_value digest_value(const struct digest *digest, uint8_t packed[DIGEST_PACKED_MAX])
{
    if (!digest || digest->len == 0)
        return (struct db_value){.kind = DB_NULL};
    size_t len = digest_pack(digest, packed);
    return slice_value(DB_BYTES, (struct str){(const char *)packed, len});
}

static struct str bytes_or_empty(struct str bytes)
{
    return bytes.ptr ? bytes : (struct str){"", 0};
}

int db_args_take(struct db_args *args, const struct query *query, va_list list, struct err *err)
{
    args->count = 0;
    for (const char *type = query->params ? query->params : ""; *type; type++) {
        unsigned at = args->count++;
        if (at == DIALECT_PARAMS_MAX)
            return err_set(err, ERR_INTERNAL, "statement: too many parameters");
        struct db_value value = {.kind = DB_NULL};
        const int64_t *number = NULL;
        switch (*type) {
        case 'i':
            value = int_value(va_arg(list, int64_t));
            break;
        case 'I':
            number = va_arg(list, const int64_t *);
            if (number)
                value = int_value(*number);
            break;
        case 't':
        case 'T':
            value = slice_value(DB_TEXT, str_of(va_arg(list, const char *)));
            break;
        case 'b':
            value = slice_value(DB_BYTES, bytes_or_empty(va_arg(list, struct str)));
            break;
        case 'B':
            value = slice_value(DB_BYTES, va_arg(list, struct str));
            break;
        case 'd':
        case 'D':
            value = digest_value(va_arg(list, const struct digest *), args->packed[at]);
            break;
        default:
            return err_set(err, ERR_INTERNAL, "statement: unknown parameter type '%c'", *type);
        }
        if (value.kind == DB_NULL && (*type == 't' || *type == 'd')) {
            err_set(err, ERR_INTERNAL, "statement: argument %u must not be NULL", at + 1);
            return err_detail(err, "%s", query->sql);
        }
        args->values[at] = value;
    }
    return 0;
}
