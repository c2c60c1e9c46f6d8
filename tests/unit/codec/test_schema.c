/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/schema.h"

#include "codec/schema_check.h"
#include "unit.h"

struct sample {
    bool flag;
    int64_t count;
    const char *name;
};

static const struct field fields[] = {
    F_BOOL(struct sample, flag, "flag", 0),
    F_INT(struct sample, count, "the.count", FIELD_REQUIRED, .min = 1, .max = 9),
    F_TEXT(struct sample, name, "name", FIELD_SECRET, .max = 3),
};
static const struct schema schema = SCHEMA(struct sample, fields);

static void test_find(void **state)
{
    (void)state;
    const struct {
        struct str name;
        const struct field *want;
    } cases[] = {
        {STR("flag"), &fields[0]}, {STR("the.count"), &fields[1]}, {STR("name"), &fields[2]},
        {STR("fla"), NULL},        {STR("flags"), NULL},           {STR("FLAG"), NULL},
        {STR(""), NULL},           {STR("flag\0"), NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_ptr_equal(schema_find(&schema, cases[i].name), cases[i].want);
    assert_int_equal(schema.size, sizeof(struct sample));
    assert_int_equal(fields[2].offset, offsetof(struct sample, name));
}

static void test_check_int(void **state)
{
    (void)state;
    static const struct {
        int64_t min, max, value;
        const char *error; /* NULL: fine */
    } cases[] = {
        {1, 9, 1, NULL},
        {1, 9, 9, NULL},
        {1, 9, 0, "must be between 1 and 9"},
        {1, 9, 10, "must be between 1 and 9"},
        {0, 0, INT64_MIN, NULL}, /* no bounds */
        {0, INT64_MAX, -1, "must be at least 0"},
        {0, INT64_MAX, INT64_MAX, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct field field = {.kind = FIELD_INT, .min = cases[i].min, .max = cases[i].max};
        struct err err;
        assert_int_equal(schema_check_int(&field, cases[i].value, &err), cases[i].error ? -1 : 0);
        if (cases[i].error)
            assert_string_equal(err.msg, cases[i].error);
    }
}

static void test_check_text(void **state)
{
    (void)state;
    static const char *const colors[] = {"red", "green", NULL};
    static const struct field any = {.kind = FIELD_TEXT}, color = {.values = colors, .kind = 2},
                              three = {.kind = FIELD_TEXT, .max = 3},
                              items = {.kind = FIELD_TEXTS, .max = 1};
    const struct {
        const struct field *field;
        struct str value;
        const char *error;
    } cases[] = {
        {&any, STR(""), NULL},
        {&any, STR("h\xc3\xa9"), NULL},
        {&any, STR("\xe9"), "must be UTF-8"},
        {&any, STR("a\0b"), "must not contain NUL"},
        {&three, STR("abc"), NULL},
        {&three, STR("abcd"), "must have at most 3 bytes"},
        {&items, STR("long enough"), NULL}, /* max is about the list */
        {&color, STR("red"), NULL},
        {&color, STR("re"), "must be one of red, green"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        assert_int_equal(schema_check_text(cases[i].field, cases[i].value, &err),
                         cases[i].error ? -1 : 0);
        if (cases[i].error)
            assert_string_equal(err.msg, cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_check_int),
        cmocka_unit_test(test_check_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
