/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/form.h"

#include "base/buf.h"
#include "unit.h"

struct sample {
    int64_t n;
    const char *last;
    const char *order;
    bool flag;
    struct digest digest;
    struct texts scope;
    struct list items;
};

static const char *const orders[] = {"asc", "desc", NULL};
static const struct field item_fields[] = {F_INT(struct sample, n, "n", 0)};
static const struct schema item_schema = SCHEMA(struct sample, item_fields);
static const struct field fields[] = {
    F_INT(struct sample, n, "n", FIELD_NULLABLE, .min = -10, .max = 100),
    F_TEXT(struct sample, last, "last", 0, .max = 8),
    F_TEXT(struct sample, order, "order", 0, .values = orders),
    F_BOOL(struct sample, flag, "flag", 0),
    F_DIGEST(struct sample, digest, "digest", 0),
    F_TEXTS(struct sample, scope, "scope", 0, .max = 3),
    F_LIST(struct sample, items, "items", 0, .sub = &item_schema),
};
static const struct schema schema = SCHEMA(struct sample, fields);

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_accepted(void **state)
{
    (void)state;
    static const char *before[] = {"default"};
    static const struct {
        const char *text;
        int64_t n;
        const char *last;
        bool flag;
        size_t scopes;
        const char *scope; /* the last one */
    } cases[] = {
        {"", 7, NULL, false, 1, "default"},
        {"n=5", 5, NULL, false, 1, "default"},
        {"n=-10&last=", -10, "", false, 1, "default"},
        {"n=5&n=6", 6, NULL, false, 1, "default"},
        {"n=", 7, NULL, false, 1, "default"}, /* NULLABLE: as if absent */
        {"&&n=5&", 5, NULL, false, 1, "default"},
        {"last=a%26b%3Dc", 7, "a&b=c", false, 1, "default"},
        {"last=a=b", 7, "a=b", false, 1, "default"},
        {"last=a+b%2B", 7, "a b+", false, 1, "default"},
        {"last=%C3%A9", 7, "\xc3\xa9", false, 1, "default"},
        {"l%61st=x", 7, "x", false, 1, "default"},
        {"last", 7, "", false, 1, "default"},
        {"flag=true", 7, NULL, true, 1, "default"},
        {"flag=1", 7, NULL, true, 1, "default"},
        {"flag=true&flag=0", 7, NULL, false, 1, "default"},
        {"scope=a&scope=b&scope=c", 7, NULL, false, 3, "c"},
        {"unknown=%zz&n=1", 1, NULL, false, 1, "default"},
        {"=x&n=1", 1, NULL, false, 1, "default"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct sample got = {.n = 7, .scope = {before, 1}};
        if (form_decode(&arena, &schema, str_of(cases[i].text), &got, &err) != 0)
            fail_msg("row %zu: %s", i, err.msg);
        assert_int_equal(got.n, cases[i].n);
        assert_int_equal(got.last == NULL, cases[i].last == NULL);
        if (got.last)
            assert_string_equal(got.last, cases[i].last);
        assert_int_equal(got.flag, cases[i].flag);
        assert_int_equal(got.scope.count, cases[i].scopes);
        assert_string_equal(got.scope.items[got.scope.count - 1], cases[i].scope);
    }
    arena_done(&arena);
}

static void test_digest(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err err;
    struct sample got = {0};
    struct digest empty;
    digest_of(DIGEST_SHA256, STR(""), &empty);
    assert_int_equal(form_decode(&arena, &schema, STR("digest=sha256%3a" EMPTY_SHA256), &got, &err),
                     0);
    assert_true(digest_eq(&got.digest, &empty));
    arena_done(&arena);
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        struct str text;
        const char *error;
    } cases[] = {
        {STR("n=x"), "n: must be a number"},
        {STR("n=1.5"), "n: must be a number"},
        {STR("n=%201"), "n: must be a number"},
        {STR("n=-"), "n: must be a number"},
        {STR("n=--1"), "n: must be a number"},
        {STR("n=9223372036854775808"), "n: must be a number"},
        {STR("n=101"), "n: must be between -10 and 100"},
        {STR("n=-9223372036854775807"), "n: must be between -10 and 100"},
        {STR("n=101&n=1"), "n: must be between -10 and 100"}, /* each one counts for errors */
        {STR("flag="), "flag: must be true or false"},
        {STR("flag=True"), "flag: must be true or false"},
        {STR("last=123456789"), "last: must have at most 8 bytes"},
        {STR("last=%"), "last: has a malformed escape"},
        {STR("last=%4"), "last: has a malformed escape"},
        {STR("last=%00"), "last: has a malformed escape"},
        {STR("last=a\0b"), "last: must not contain NUL"},
        {STR("last=%ff"), "last: must be UTF-8"},
        {STR("l%zst=1"), "a parameter's name has a malformed escape"},
        {STR("order=up"), "order: must be one of asc, desc"},
        {STR("digest=sha256:x"), "digest: digest sha256: must have 64 lower-case hex digits"},
        {STR("scope=a&scope=b&scope=c&scope=d"), "scope: must not be given more than 3 times"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct sample got = {.n = 7}, before = got;
        assert_int_equal(form_decode(&arena, &schema, cases[i].text, &got, &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        assert_string_equal(err.msg, cases[i].error);
        assert_memory_equal(&got, &before, sizeof got);
    }
    arena_done(&arena);
}

static void test_unsupported_kind(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err err;
    struct sample got = {0};
    assert_int_equal(form_decode(&arena, &schema, STR("items=1"), &got, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    arena_done(&arena);
}

static const struct field strict_fields[] = {
    F_INT(struct sample, n, "n", FIELD_REQUIRED),
    F_TEXT(struct sample, last, "last", FIELD_REQUIRED),
};
static const struct schema strict_schema = SCHEMA(struct sample, strict_fields);

static void test_required(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"", "n: is missing"},
        {"last=x", "n: is missing"},
        {"n=1&lastly=x", "last: is missing"},
        {"n=1&last=x", NULL},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct sample got = {0};
        int result = form_decode(&arena, &strict_schema, str_of(cases[i].text), &got, &err);
        assert_int_equal(result, cases[i].error ? -1 : 0);
        if (cases[i].error)
            assert_string_equal(err.msg, cases[i].error);
    }
    arena_done(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        size_t times;
        enum err_code code;
    } cases[] = {
        {"a=1&", FORM_FIELDS_MAX, ERR_NONE}, {"a=1&", FORM_FIELDS_MAX + 1, ERR_INVALID},
        {"&", FORM_BYTES_MAX, ERR_NONE},     {"&", FORM_BYTES_MAX + 1, ERR_TOO_LARGE},
        {"a", FORM_BYTES_MAX, ERR_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf text;
        struct arena arena = {0};
        struct err err = {0};
        struct sample got = {0};
        buf_init(&text, 2 * FORM_BYTES_MAX);
        for (size_t k = 0; k < cases[i].times; k++)
            buf_add_text(&text, cases[i].part);
        int result = form_decode(&arena, &schema, buf_str(&text), &got, &err);
        assert_int_equal(result == 0 ? ERR_NONE : err.code, cases[i].code);
        arena_done(&arena);
    }
}

struct optional {
    int64_t n;
    bool flag;
    bool has_n;
    bool has_flag;
};

static void test_seen(void **state)
{
    (void)state;
    static const struct field optional_fields[] = {
        F_INT(struct optional, n, "n", FIELD_NULLABLE, .seen = offsetof(struct optional, has_n)),
        F_BOOL(struct optional, flag, "flag", 0, .seen = offsetof(struct optional, has_flag)),
    };
    static const struct schema optional = SCHEMA(struct optional, optional_fields);
    static const struct {
        const char *text;
        bool n, flag;
    } cases[] = {
        {"", false, false}, {"n=1", true, false}, {"n=", true, false}, {"flag=false", false, true}};
    struct err err;
    _cleanup_(arena_done) struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct optional out = {0};
        assert_ok(form_decode(&arena, &optional, str_of(cases[i].text), &out, &err), &err);
        assert_int_equal(out.has_n, cases[i].n);
        assert_int_equal(out.has_flag, cases[i].flag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_digest),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_unsupported_kind),
        cmocka_unit_test(test_required), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
