/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what decodes is percent-encoded again, and decodes to the same. */
#include "base/uri.h"
#include "codec/form.h"
#include "fuzz.h"

struct query {
    int64_t n;
    const char *last;
    bool flag;
    struct texts scope;
};

static const struct field query_fields[] = {
    F_INT(struct query, n, "n", FIELD_NULLABLE, .min = -5, .max = 1000000),
    F_TEXT(struct query, last, "last", 0),
    F_BOOL(struct query, flag, "flag", 0),
    F_TEXTS(struct query, scope, "scope", 0, .max = 8),
};
static const struct schema query_schema = SCHEMA(struct query, query_fields);

static void add_pair(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "&%s=", name);
    uri_encode(out, str_of(value), false);
}

static void encode(struct buf *out, const struct query *query)
{
    buf_printf(out, "n=%lld&flag=%d", (long long)query->n, query->flag);
    if (query->last)
        add_pair(out, "last", query->last);
    for (size_t i = 0; i < query->scope.count; i++)
        add_pair(out, "scope", query->scope.items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct query first = {0}, second = {0};
    struct err err = {0};
    _cleanup_buf_ struct buf out;
    buf_init(&out, FORM_BYTES_MAX);
    struct str text = {(const char *)data, size};
    if (form_decode(&arena, &query_schema, text, &first, &err) == 0) {
        encode(&out, &first);
        if (buf_ok(&out)) { /* escapes may make it too long */
            must(form_decode(&arena, &query_schema, buf_str(&out), &second, &err) == 0);
            must(first.n == second.n && first.flag == second.flag);
            must(str_eq(str_of(first.last), str_of(second.last)));
            must(first.scope.count == second.scope.count);
        }
    } else {
        must(err.code == ERR_INVALID || err.code == ERR_TOO_LARGE);
    }
    arena_done(&arena);
    return 0;
}
