/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/oauth_scope.h"

#include "unit.h"

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned asked, parsed;
    } cases[] = {
        {"repo:read", OAUTH_REPO_READ, OAUTH_REPO_READ},
        {"repo:write", OAUTH_REPO_WRITE, OAUTH_REPO_WRITE | OAUTH_REPO_READ},
        {"repo:admin", OAUTH_REPO_ADMIN, OAUTH_REPO_ADMIN | OAUTH_REPO_WRITE | OAUTH_REPO_READ},
        {"repo:create", OAUTH_REPO_CREATE, OAUTH_REPO_CREATE},
        {"user:read", OAUTH_USER_READ, OAUTH_USER_READ},
        {"user:admin", OAUTH_USER_ADMIN, OAUTH_USER_ADMIN},
        {"org:admin", OAUTH_ORG_ADMIN, OAUTH_ORG_ADMIN},
        {"super:user", OAUTH_SUPER_USER, OAUTH_SUPER_USER},
        {"user:read org:admin", OAUTH_USER_READ | OAUTH_ORG_ADMIN,
         OAUTH_USER_READ | OAUTH_ORG_ADMIN},
        {"user:read,org:admin", OAUTH_USER_READ | OAUTH_ORG_ADMIN,
         OAUTH_USER_READ | OAUTH_ORG_ADMIN},
        {" ,user:read, ,repo:read user:read ", OAUTH_USER_READ | OAUTH_REPO_READ,
         OAUTH_USER_READ | OAUTH_REPO_READ},
        {"", 0, 0},
        {" , ", 0, 0},
        {"repo", 0, 0},
        {"repo:", 0, 0},
        {"REPO:READ", 0, 0},
        {"repo:read;user:read", 0, 0},
        {"repo:read\tuser:read", 0, 0},
        {"repo:read direct_user_login", 0, 0},
        {"nonsense repo:read", 0, 0},
        {"repo:readx", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(oauth_scope_asked(str_of(cases[i].text)), cases[i].asked);
        assert_int_equal(oauth_scope_parse(str_of(cases[i].text)), cases[i].parsed);
    }
    assert_int_equal(oauth_scope_parse(STR("repo:read\0")), 0);
}

/* Every set of scopes, written and read again. */
static void test_format(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (unsigned bits = 0; bits <= OAUTH_ALL; bits++) {
        const char *text = oauth_scope_format(&arena, bits);
        assert_int_equal(oauth_scope_asked(str_of(text)), bits);
        assert_int_equal(oauth_scope_parse(str_of(text)) & bits, bits);
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void test_table(void **state)
{
    (void)state;
    unsigned all = 0;
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++) {
        assert_true(scope->implies & scope->bit);
        assert_int_equal(all & scope->bit, 0);
        assert_true(*scope->title && *scope->description && *scope->icon);
        all |= scope->bit;
    }
    assert_int_equal(all, OAUTH_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
