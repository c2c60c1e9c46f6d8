/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/permission.h"

#include "auth/oauth_scope.h"
#include "auth/scope.h"
#include "domain/grant.h"

#include "fixture.h"

enum { OWNER = 1, OTHER = 2, RWA = ACCESS_READ | ACCESS_WRITE | ACCESS_ADMIN };

enum rule { NO_ANONYMOUS = 1, FULL_ACCESS = 2 };

static const struct grant pull_app[] = {{"ns/app", ACCESS_READ}};

static const struct identity owner = {
    .kind = IDENTITY_USER, .account_id = OWNER, .name = "ns", .scopes = OAUTH_ALL};
static const struct identity other = {
    .kind = IDENTITY_USER, .account_id = OTHER, .name = "you", .scopes = OAUTH_ALL};
static const struct identity root = {.kind = IDENTITY_USER,
                                     .account_id = OTHER,
                                     .name = "root",
                                     .superuser = true,
                                     .scopes = OAUTH_ALL};
static const struct identity auditor = {.kind = IDENTITY_USER,
                                        .account_id = OTHER,
                                        .name = "audit",
                                        .readonly_superuser = true,
                                        .scopes = OAUTH_ALL};
/* A superuser who owns the namespace, by a token that says less. */
static const struct identity bearer = {.kind = IDENTITY_USER,
                                       .account_id = OWNER,
                                       .name = "ns",
                                       .superuser = true,
                                       .bearer = true,
                                       .grants = pull_app,
                                       .grant_count = 1};

static const struct permission_target private_app = {OWNER, "ns", 5, "app", false, 0};
static const struct permission_target public_app = {OWNER, "ns", 6, "app", true, 0};
static const struct permission_target private_lib = {OWNER, "ns", 7, "lib", false, 0};
static const struct permission_target nothing = {OWNER, "ns", 0, "new", false, 0};

static struct auth_config rules_of(unsigned rule)
{
    return (struct auth_config){.anonymous_access = !(rule & NO_ANONYMOUS),
                                .superusers_full_access = (rule & FULL_ACCESS) != 0};
}

static void test_rights(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const struct identity *who;
        const struct permission_target *target;
        unsigned rule;
        unsigned want;
    } cases[] = {
        {&owner, &private_app, 0, ACCESS_ALL},
        {&owner, &public_app, 0, ACCESS_ALL},
        {&owner, &nothing, 0, ACCESS_CREATE | ACCESS_READ},
        {&other, &private_app, 0, 0},
        {&other, &public_app, 0, ACCESS_READ},
        {&other, &public_app, NO_ANONYMOUS, ACCESS_READ},
        {&other, &nothing, 0, 0},
        {&identity_anonymous, &private_app, 0, 0},
        {&identity_anonymous, &public_app, 0, ACCESS_READ},
        {&identity_anonymous, &public_app, NO_ANONYMOUS, 0},
        {&identity_anonymous, &nothing, 0, 0},
        {&root, &private_app, 0, 0},
        {&root, &public_app, 0, ACCESS_READ},
        {&root, &private_app, FULL_ACCESS, RWA},
        {&root, &public_app, FULL_ACCESS, RWA},
        {&root, &nothing, FULL_ACCESS, 0},
        {&owner, &private_app, FULL_ACCESS, ACCESS_ALL},
        {&other, &private_app, FULL_ACCESS, 0},
        {&auditor, &private_app, 0, ACCESS_READ},
        {&auditor, &private_app, FULL_ACCESS, ACCESS_READ},
        {&auditor, &nothing, 0, 0},
        {&bearer, &private_app, FULL_ACCESS, ACCESS_READ},
        {&bearer, &public_app, FULL_ACCESS, ACCESS_READ},
        {&bearer, &private_lib, FULL_ACCESS, 0},
        {&bearer, &nothing, FULL_ACCESS, 0},
    };
    struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct auth_config rules = rules_of(cases[i].rule);
        struct err err;
        unsigned got = 99;
        assert_ok(
            permission_on_repository(&rules, tx, &arena, cases[i].who, cases[i].target, &got, &err),
            &err);
        if (got != cases[i].want)
            fail_msg("case %zu: got %u, want %u", i, got, cases[i].want);
    }
    /* An anonymous caller owns nothing, not even a namespace with the id 0. */
    struct permission_target odd = {0, "ns", 5, "app", false, 0};
    struct auth_config rules = rules_of(0);
    unsigned got = 99;
    struct err err;
    assert_ok(permission_on_repository(&rules, tx, &arena, &identity_anonymous, &odd, &got, &err),
              &err);
    assert_int_equal(got, 0);
    arena_done(&arena);
}

static void test_explain(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const struct identity *who;
        const struct permission_target *target;
        const char *want;
    } cases[] = {
        {&owner, &private_app,
         "read: the namespace is the caller's own\nwrite: the namespace is the caller's own\n"
         "admin: the namespace is the caller's own\ncreate: the namespace is the caller's own\n"},
        {&root, &public_app,
         "read: the repository is public\nwrite: superusers have full access\n"
         "admin: superusers have full access\ncreate: nothing allows it\n"},
        {&identity_anonymous, &private_app,
         "read: nothing allows it\nwrite: nothing allows it\nadmin: nothing allows it\n"
         "create: nothing allows it\n"},
        {&bearer, &private_app,
         "read: the token grants it\nwrite: nothing allows it\nadmin: nothing allows it\n"
         "create: nothing allows it\n"},
    };
    struct arena arena = {0};
    struct auth_config rules = rules_of(FULL_ACCESS);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        const char *text;
        assert_ok(
            permission_explain(&rules, tx, &arena, cases[i].who, cases[i].target, &text, &err),
            &err);
        assert_string_equal(text, cases[i].want);
    }
    arena_done(&arena);
}

/* Every combination, against the rule written the other way round. */
static void test_actions(void **state)
{
    (void)state;
    for (unsigned asked = 0; asked < 16; asked++) {
        for (unsigned access = 0; access <= ACCESS_ALL; access++) {
            for (int writable = 0; writable < 2; writable++) {
                unsigned want = asked;
                if (!(access & ACCESS_READ))
                    want &= ~(unsigned)SCOPE_PULL;
                if (!(access & ACCESS_WRITE) || !writable)
                    want &= ~(unsigned)(SCOPE_PUSH | SCOPE_DELETE);
                if (!(access & ACCESS_ADMIN) || !writable)
                    want &= ~(unsigned)SCOPE_ALL;
                assert_int_equal(permission_actions(asked, access, writable), want);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rights, fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(test_explain, fixture_open, fixture_close),
        cmocka_unit_test(test_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
