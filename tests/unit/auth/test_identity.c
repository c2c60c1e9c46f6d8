/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/identity.h"

#include "unit.h"

static void test_of_account(void **state)
{
    (void)state;
    const char *roots[] = {"root", "admin"}, *auditors[] = {"audit"};
    struct auth_config rules = {.superusers = {roots, 2}, .readonly_superusers = {auditors, 1}};
    static const struct {
        const char *name;
        int64_t kind;
        bool flag; /* account.superuser */
        enum identity_kind want;
        bool superuser, readonly;
    } cases[] = {
        {"alice", ACCOUNT_USER, false, IDENTITY_USER, false, false},
        {"alice", ACCOUNT_USER, true, IDENTITY_USER, true, false},
        {"admin", ACCOUNT_USER, false, IDENTITY_USER, true, false},
        {"audit", ACCOUNT_USER, false, IDENTITY_USER, false, true},
        {"roo", ACCOUNT_USER, false, IDENTITY_USER, false, false},
        {"root", ACCOUNT_ROBOT, true, IDENTITY_ROBOT, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct account account = {.id = 7,
                                  .uuid = "u",
                                  .kind = cases[i].kind,
                                  .name = cases[i].name,
                                  .superuser = cases[i].flag};
        struct identity got = identity_of_account(&rules, &account);
        assert_int_equal(got.kind, cases[i].want);
        assert_int_equal(got.account_id, 7);
        assert_string_equal(got.name, cases[i].name);
        assert_string_equal(got.uuid, "u");
        assert_int_equal(got.superuser, cases[i].superuser);
        assert_int_equal(got.readonly_superuser, cases[i].readonly);
        assert_false(got.bearer);
    }
}

static void test_granted(void **state)
{
    (void)state;
    static const struct grant grants[] = {
        {"a/b", ACCESS_READ}, {"a/c", 0}, {"a/b", ACCESS_WRITE | ACCESS_READ}};
    struct identity identity = {.grants = grants, .grant_count = ARRAY_LEN(grants)};
    static const struct {
        const char *name;
        unsigned want;
    } cases[] = {
        {"a/b", ACCESS_READ | ACCESS_WRITE},
        {"a/c", 0},
        {"a/bb", 0},
        {"a/", 0},
        {"", 0},
        {"A/b", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(identity_granted(&identity, str_of(cases[i].name)), cases[i].want);
    assert_int_equal(identity_granted(&identity_anonymous, STR("a/b")), 0);
}

static void test_kind_names(void **state)
{
    (void)state;
    static const char *const want[IDENTITY_KIND_COUNT] = {
        "anonymous", "user", "robot", "token", "oauthtoken", "appspecifictoken"};
    for (unsigned kind = 0; kind < IDENTITY_KIND_COUNT; kind++)
        assert_string_equal(identity_kind_name((enum identity_kind)kind), want[kind]);
    assert_string_equal(identity_kind_name(IDENTITY_KIND_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_account),
        cmocka_unit_test(test_granted),
        cmocka_unit_test(test_kind_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
