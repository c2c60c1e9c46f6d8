/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/name.h"

#include "unit.h"

static void test_components(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {"a", true},     {"a1", true},           {"a.b", true},   {"a_b", true},  {"a__b", true},
        {"a-b", true},   {"a---b", true},        {"0", true},     {"", false},    {"A", false},
        {"a..b", false}, {"a___b", false},       {"a.-b", false}, {".a", false},  {"a.", false},
        {"-a", false},   {"a-", false},          {"a b", false},  {"a/b", false}, {"a_", false},
        {"a%b", false},  {"caf\xc3\xa9", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (name_component_ok(str_of(cases[i].text)) != cases[i].ok)
            fail_msg("\"%s\" should be %s", cases[i].text, cases[i].ok ? "accepted" : "refused");
    }
}

static void test_repositories(void **state)
{
    (void)state;
    static const struct name_rules all = {"library", "reg.example:5000", true};
    static const struct name_rules strict = {NULL, NULL, false};
    static const struct {
        const struct name_rules *rules;
        const char *text, *namespace_name, *path; /* NULL: refused */
    } cases[] = {
        {&all, "alice/app", "alice", "app"},
        {&all, "alice/team/app", "alice", "team/app"},
        {&all, "ubuntu", "library", "ubuntu"},
        {&all, "reg.example:5000/alice/app", "alice", "app"},
        {&all, "reg.example:5000/ubuntu", "library", "ubuntu"},
        {&all, "other.example:5000/alice/app", NULL, NULL},
        {&all, "alice//app", NULL, NULL},
        {&all, "/app", NULL, NULL},
        {&all, "alice/", NULL, NULL},
        {&all, "alice/App", NULL, NULL},
        {&all, "", NULL, NULL},
        {&strict, "alice/app", "alice", "app"},
        {&strict, "ubuntu", NULL, NULL},
        {&strict, "alice/team/app", NULL, NULL},
        {&strict, "reg.example:5000/alice/app", NULL, NULL},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct repository_name name;
        struct err err = {0};
        int rc = name_parse_repository(&arena, str_of(cases[i].text), cases[i].rules, &name, &err);
        assert_int_equal(rc, cases[i].path ? 0 : -1);
        if (rc != 0) {
            assert_int_equal(err.code, ERR_NAME_INVALID);
            continue;
        }
        assert_string_equal(name.namespace_name, cases[i].namespace_name);
        assert_string_equal(name.path, cases[i].path);
        assert_string_equal(name.full,
                            arena_printf(&arena, "%s/%s", name.namespace_name, name.path));
    }
    arena_done(&arena);
}

static void test_length(void **state)
{
    (void)state;
    static const struct name_rules rules = {.nested = true};
    char text[REPOSITORY_NAME_MAX + 2];
    struct arena arena = {0};
    struct repository_name name;
    struct err err;
    memset(text, 'a', sizeof text);
    text[1] = '/';
    struct str longest = {text, REPOSITORY_NAME_MAX};
    assert_ok(name_parse_repository(&arena, longest, &rules, &name, &err), &err);
    longest.len++;
    assert_fails(name_parse_repository(&arena, longest, &rules, &name, &err), &err,
                 ERR_NAME_INVALID);
    arena_done(&arena);
}

static void test_tags(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {"latest", true}, {"1.0", true},  {"_x", true},   {"V1-rc.2", true},
        {"", false},      {".a", false},  {"-a", false},  {"a b", false},
        {"a/b", false},   {"a:b", false}, {"a+b", false}, {"$tmp", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        assert_int_equal(name_check_tag(str_of(cases[i].text), &err), cases[i].ok ? 0 : -1);
        assert_true(cases[i].ok || err.code == ERR_TAG_INVALID);
    }
    char text[TAG_NAME_MAX + 1];
    memset(text, 'a', sizeof text);
    assert_int_equal(name_check_tag((struct str){text, TAG_NAME_MAX}, NULL), 0);
    assert_int_equal(name_check_tag((struct str){text, TAG_NAME_MAX + 1}, NULL), -1);
}

static void test_like(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {{"", ""}, {"plain", "plain"}, {"a_b%c!", "a!_b!%c!!"}, {"%%", "!%!%"}};
    _cleanup_(arena_done) struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(name_like_escape(&arena, cases[i].text), cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_components), cmocka_unit_test(test_repositories),
        cmocka_unit_test(test_length),     cmocka_unit_test(test_tags),
        cmocka_unit_test(test_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
