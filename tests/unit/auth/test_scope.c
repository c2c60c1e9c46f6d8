/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/scope.h"

#include "base/buf.h"

#include "unit.h"

static const struct scope_rules plain = {"reg.example:5000", NULL, true};
static const struct scope_rules library = {"reg.example:5000", "library", false};

static void test_one(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct scope_rules *rules;
        const char *requested, *namespace_name, *repository;
        unsigned actions;
    } cases[] = {
        {"repository:a/b:pull", &plain, "a/b", "a", "b", SCOPE_PULL},
        {"repository:a/b:push", &plain, "a/b", "a", "b", SCOPE_PUSH},
        {"repository:a/b:*", &plain, "a/b", "a", "b", SCOPE_ALL},
        {"repository:a/b:delete", &plain, "a/b", "a", "b", SCOPE_DELETE},
        {"repository:a/b:pull,push", &plain, "a/b", "a", "b", SCOPE_PULL | SCOPE_PUSH},
        {"repository:a/b:push,pull,*,push", &plain, "a/b", "a", "b",
         SCOPE_PULL | SCOPE_PUSH | SCOPE_ALL},
        {"repository:a/b/c.d/e__f:pull", &plain, "a/b/c.d/e__f", "a", "b/c.d/e__f", SCOPE_PULL},
        {"repository:reg.example:5000/a/b:pull", &plain, "reg.example:5000/a/b", "a", "b",
         SCOPE_PULL},
        {"repository:reg.example:5000/ubuntu:pull", &library, "reg.example:5000/ubuntu", "library",
         "ubuntu", SCOPE_PULL},
        {"repository:ubuntu:pull", &library, "ubuntu", "library", "ubuntu", SCOPE_PULL},
        {"repository:other.example/a:pull", &plain, "other.example/a", "other.example", "a",
         SCOPE_PULL},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *item = cases[i].text;
        struct texts values = {&item, 1};
        struct list out;
        struct err err;
        assert_ok(scope_parse(&arena, &values, cases[i].rules, &out, &err), &err);
        const struct scope *scope = out.items;
        assert_int_equal(out.count, 1);
        assert_int_equal(scope->kind, SCOPE_REPOSITORY);
        assert_string_equal(scope->requested, cases[i].requested);
        assert_string_equal(scope->namespace_name, cases[i].namespace_name);
        assert_string_equal(scope->repository, cases[i].repository);
        assert_int_equal(scope->actions, cases[i].actions);
    }
    arena_done(&arena);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct scope_rules *rules;
        enum err_code code;
    } cases[] = {
        {"repository", &plain, ERR_INVALID},
        {"repository:", &plain, ERR_INVALID},
        {"repository:a/b", &plain, ERR_INVALID},
        {"repository:a/b:", &plain, ERR_INVALID},
        {"repository:a/b:pull,", &plain, ERR_INVALID},
        {"repository:a/b:,pull", &plain, ERR_INVALID},
        {"repository:a/b:create", &plain, ERR_INVALID},
        {"repository:a/b:pull,create", &plain, ERR_INVALID},
        {"repository:a/b:PULL", &plain, ERR_INVALID},
        {"repository:a/b:pull\t", &plain, ERR_INVALID},
        {"repository(plugin):a/b:pull", &plain, ERR_INVALID},
        {"Repository:a/b:pull", &plain, ERR_INVALID},
        {"registry:catalog:pull", &plain, ERR_INVALID},
        {"registry:catalog:*,pull", &plain, ERR_INVALID},
        {"registry:other:*", &plain, ERR_INVALID},
        {"catalog", &plain, ERR_INVALID},
        {"repository:a/b:pull repository:a/b", &plain, ERR_INVALID},
        {"repository::pull", &plain, ERR_NAME_INVALID},
        {"repository:a:pull", &plain, ERR_NAME_INVALID},
        {"repository:/a:pull", &plain, ERR_NAME_INVALID},
        {"repository:a/:pull", &plain, ERR_NAME_INVALID},
        {"repository:A/b:pull", &plain, ERR_NAME_INVALID},
        {"repository:a/../b:pull", &plain, ERR_NAME_INVALID},
        {"repository:other:5000/a/b:pull", &plain, ERR_NAME_INVALID},
        {"repository:reg.example:5000/:pull", &plain, ERR_NAME_INVALID},
        {"repository:reg.example:5000:pull", &plain, ERR_NAME_INVALID},
        {"repository:a/b/c:pull", &library, ERR_NAME_INVALID},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *item = cases[i].text;
        struct texts values = {&item, 1};
        struct list out = {.count = 77};
        struct err err = {0};
        if (scope_parse(&arena, &values, cases[i].rules, &out, &err) != -1 ||
            err.code != cases[i].code)
            fail_msg("%s: got %s (%s)", item, err_code_name(err.code), err.msg);
        assert_int_equal(out.count, 77);
    }
    arena_done(&arena);
}

/* Several parameters, several scopes in one, and any number of spaces. */
static void test_several(void **state)
{
    (void)state;
    const char *items[] = {"", "repository:a/b:pull  registry:catalog:*", " ",
                           " repository:c/d:push "};
    struct texts values = {items, ARRAY_LEN(items)};
    struct arena arena = {0};
    struct list out;
    struct err err;
    assert_ok(scope_parse(&arena, &values, &plain, &out, &err), &err);
    const struct scope *scopes = out.items;
    assert_int_equal(out.count, 3);
    assert_string_equal(scopes[0].requested, "a/b");
    assert_int_equal(scopes[1].kind, SCOPE_CATALOG);
    assert_string_equal(scopes[1].requested, "catalog");
    assert_int_equal(scopes[1].actions, SCOPE_ALL);
    assert_string_equal(scopes[2].requested, "c/d");
    values.count = 1;
    assert_ok(scope_parse(&arena, &values, &plain, &out, &err), &err);
    assert_int_equal(out.count, 0);
    values.count = 0;
    assert_ok(scope_parse(&arena, &values, &plain, &out, &err), &err);
    assert_int_equal(out.count, 0);
    arena_done(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    static const char one[] = "repository:a/b:pull ";
    struct arena arena = {0};
    struct buf many;
    struct list out;
    struct err err;
    buf_init(&many, 1 << 20);
    for (int i = 0; i < SCOPE_COUNT_MAX; i++)
        buf_add_text(&many, one);
    const char *items[] = {many.ptr, one};
    struct texts values = {items, 1};
    assert_ok(scope_parse(&arena, &values, &plain, &out, &err), &err);
    assert_int_equal(out.count, SCOPE_COUNT_MAX);
    values.count = 2;
    assert_fails(scope_parse(&arena, &values, &plain, &out, &err), &err, ERR_TOO_LARGE);

    buf_clear(&many);
    while (many.len <= SCOPE_TEXT_MAX)
        buf_add_char(&many, ' ');
    items[0] = many.ptr;
    assert_fails(scope_parse(&arena, &values, &plain, &out, &err), &err, ERR_TOO_LARGE);
    buf_done(&many);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
