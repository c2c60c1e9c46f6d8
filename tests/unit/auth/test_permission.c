/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/permission.h"

#include "auth/oauth_scope.h"
#include "auth/scope.h"
#include "fixture.h"

enum {
    OWNER = 1,
    OTHER = 2,
    MEMBER = 3,
    RWA = ACCESS_READ | ACCESS_WRITE | ACCESS_ADMIN,
};

/* A user's namespace, an organization where MEMBER is in a team and has a right, and one whose
 * public repository stands behind terms that nobody has accepted. */
static const char seed[] =
    "INSERT INTO account (id, uuid, kind, name, created_ms, pull_policy) VALUES"
    " (1, 'a', 1, 'ns', 1, 0), (2, 'b', 1, 'you', 1, 0), (3, 'c', 1, 'member', 1, 0),"
    " (4, 'd', 2, 'org', 1, 0), (5, 'e', 2, 'gated', 1, 2);"
    "INSERT INTO repository (id, namespace_id, name, public, state, created_ms) VALUES"
    " (5, 1, 'app', 0, 0, 1), (6, 1, 'open', 1, 0, 1), (7, 1, 'lib', 0, 0, 1),"
    " (8, 4, 'app', 0, 0, 1), (9, 5, 'app', 1, 0, 1);"
    "INSERT INTO team (id, organization_id, name, role, description) VALUES"
    " (1, 4, 'creators', 2, '');"
    "INSERT INTO team_member (team_id, account_id) VALUES (1, 3);"
    "INSERT INTO repository_permission (repository_id, account_id, role) VALUES (8, 3, 2);";

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

static const struct identity member = {
    .kind = IDENTITY_USER, .account_id = MEMBER, .name = "member", .scopes = OAUTH_ALL};

static const struct repository_name private_app = {"ns/app", "ns", "app"};
static const struct repository_name public_app = {"ns/open", "ns", "open"};
static const struct repository_name private_lib = {"ns/lib", "ns", "lib"};
static const struct repository_name nothing = {"ns/new", "ns", "new"};
static const struct repository_name nowhere = {"no/app", "no", "app"};
static const struct repository_name org_app = {"org/app", "org", "app"};
static const struct repository_name gated_app = {"gated/app", "gated", "app"};

static struct permission_decision decide(struct fixture *f, const struct auth_config *rules,
                                         const struct identity *who,
                                         const struct repository_name *name, unsigned *queries)
{
    struct permission_decision out = {.access = 99};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(permission_decide(rules, tx, &f->arena, who, name, &out, &f->err), &f->err);
    if (queries)
        *queries = db_statements(tx);
    return out;
}

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
        const struct repository_name *name;
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
        {&bearer, &public_app, FULL_ACCESS, 0},
        {&bearer, &private_lib, FULL_ACCESS, 0},
        {&bearer, &nothing, FULL_ACCESS, 0},
        {&owner, &nowhere, 0, 0},
        {&root, &nowhere, FULL_ACCESS, 0},
        {&member, &org_app, 0, ACCESS_READ | ACCESS_WRITE | ACCESS_CREATE},
        {&other, &org_app, 0, 0},
        {&other, &gated_app, 0, 0},
        {&identity_anonymous, &gated_app, 0, 0},
    };
    fixture_sql(f, seed);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct auth_config rules = rules_of(cases[i].rule);
        unsigned got = decide(f, &rules, cases[i].who, cases[i].name, NULL).access;
        if (got != cases[i].want)
            fail_msg("case %zu: got %u, want %u", i, got, cases[i].want);
    }
}

static void test_what_is_found(void **state)
{
    struct fixture *f = *state;
    struct auth_config rules = rules_of(0);
    fixture_sql(f, seed);
    struct permission_decision both = decide(f, &rules, &other, &private_app, NULL);
    struct permission_decision half = decide(f, &rules, &other, &nothing, NULL);
    struct permission_decision none = decide(f, &rules, &other, &nowhere, NULL);
    assert_int_equal(both.space.id, OWNER);
    assert_int_equal(both.repository.id, 5);
    assert_int_equal(half.space.id, OWNER);
    assert_int_equal(half.repository.id, 0);
    assert_int_equal(none.space.id, 0);
    assert_int_equal(none.repository.id, 0);
    assert_null(none.reasons[0]);
}

/* The numbers that the header states, and that teams and rights do not raise them. */
static void test_queries(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const struct identity *who;
        const struct repository_name *name;
        unsigned want;
    } cases[] = {
        {&owner, &private_app, 2},
        {&identity_anonymous, &public_app, 2},
        {&identity_anonymous, &private_app, 2},
        {&identity_anonymous, &gated_app, 2},
        {&bearer, &private_app, 2},
        {&other, &nowhere, 1},
        {&other, &private_app, 4},
        {&other, &nothing, 3},
        {&member, &org_app, 4},
        {&member, &gated_app, PERMISSION_QUERIES_MAX},
    };
    struct auth_config rules = rules_of(0);
    fixture_sql(f, seed);
    fixture_sql(f, "INSERT INTO team (id, organization_id, name, role, description)"
                   " WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                   " SELECT i, 4, 'team' || i, 1, '' FROM n;"
                   "INSERT INTO team_member (team_id, account_id)"
                   " SELECT id, 3 FROM team WHERE id > 1;"
                   "INSERT INTO repository_permission (repository_id, team_id, role)"
                   " SELECT 8, id, 1 FROM team");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        unsigned queries = 0;
        decide(f, &rules, cases[i].who, cases[i].name, &queries);
        if (queries != cases[i].want)
            fail_msg("case %zu: %u queries, want %u", i, queries, cases[i].want);
    }
}

static void test_reasons(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const struct identity *who;
        const struct repository_name *name;
        const char *want[PERMISSION_RIGHTS];
    } cases[] = {
        {&owner,
         &private_app,
         {"the namespace is the caller's own", "the namespace is the caller's own",
          "the namespace is the caller's own", "the namespace is the caller's own"}},
        {&root,
         &public_app,
         {"the repository is public", "superusers have full access", "superusers have full access",
          NULL}},
        {&identity_anonymous, &private_app, {NULL}},
        {&bearer, &private_app, {"the token grants it", NULL}},
    };
    struct auth_config rules = rules_of(FULL_ACCESS);
    fixture_sql(f, seed);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct permission_decision got = decide(f, &rules, cases[i].who, cases[i].name, NULL);
        for (size_t r = 0; r < PERMISSION_RIGHTS; r++) {
            const char *want = cases[i].want[r];
            if ((got.reasons[r] == NULL) != (want == NULL) ||
                (want && strcmp(got.reasons[r], want) != 0))
                fail_msg("case %zu, %s: got %s", i, permission_right_name(r),
                         got.reasons[r] ? got.reasons[r] : "nothing");
        }
    }
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
        WITH_AUTH(test_rights),  WITH_AUTH(test_what_is_found),  WITH_AUTH(test_queries),
        WITH_AUTH(test_reasons), cmocka_unit_test(test_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
