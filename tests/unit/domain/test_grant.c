/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/grant.h"

#include "people_fixture.h"

static void put_account(struct fixture *f, int64_t repository_id, int64_t account_id,
                        enum role role)
{
    assert_ok(grant_put_account(f->tx, repository_id, account_id, role, &f->err), &f->err);
}

static void put_team(struct fixture *f, int64_t repository_id, int64_t team_id, enum role role)
{
    assert_ok(grant_put_team(f->tx, repository_id, team_id, role, &f->err), &f->err);
}

static int64_t in_acme(struct fixture *f, int64_t account_id)
{
    int64_t role = -1;
    assert_ok(grant_in_organization(f->tx, account_id, f->acme.id, &role, &f->err), &f->err);
    return role;
}

/* The highest of what was given, directly and through teams. */
static void test_highest(void **state)
{
    struct fixture *f = *state;
    int64_t app = fixture_repository(f, &f->acme, 0, "app");
    int64_t other = fixture_repository(f, &f->acme, 0, "other");
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_NONE);
    put_account(f, app, f->bob.id, ROLE_READ);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_READ);
    put_team(f, app, f->coders.id, ROLE_WRITE);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_WRITE);
    put_account(f, app, f->bob.id, ROLE_ADMIN); /* in place of read */
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_ADMIN);
    assert_int_equal(fixture_role(f, f->bob.id, other), ROLE_NONE);
    assert_int_equal(fixture_role(f, f->alice.id, app), ROLE_NONE); /* not by grants */
}

static void test_delete(void **state)
{
    struct fixture *f = *state;
    int64_t app = fixture_repository(f, &f->acme, 0, "app");
    put_account(f, app, f->bob.id, ROLE_ADMIN);
    put_team(f, app, f->coders.id, ROLE_READ);
    assert_int_equal(grant_delete_account(f->tx, app, f->bob.id, &f->err), 1);
    assert_int_equal(grant_delete_account(f->tx, app, f->bob.id, &f->err), 0);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_READ);
    assert_int_equal(grant_delete_team(f->tx, app, f->coders.id, &f->err), 1);
    assert_int_equal(grant_delete_team(f->tx, app, f->coders.id, &f->err), 0);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_NONE);
}

static void test_in_organization(void **state)
{
    struct fixture *f = *state;
    struct account carol = fixture_user(f, "carol");
    assert_int_equal(in_acme(f, f->alice.id), TEAM_ADMIN);
    assert_int_equal(in_acme(f, f->bob.id), TEAM_MEMBER);
    assert_int_equal(in_acme(f, carol.id), TEAM_NONE);
    fixture_team(f, "makers", TEAM_CREATOR, f->bob.id);
    assert_int_equal(in_acme(f, f->bob.id), TEAM_CREATOR);
}

/* Strongest first; an admins' team counts though the repository does not name it. */
static void test_reasons(void **state)
{
    struct fixture *f = *state;
    struct list list;
    int64_t app = fixture_repository(f, &f->acme, 0, "app");
    put_account(f, app, f->bob.id, ROLE_READ);
    put_team(f, app, f->coders.id, ROLE_WRITE);
    fixture_team(f, "lookers", TEAM_MEMBER, f->bob.id); /* gives nothing on it */
    assert_ok(grant_list_reasons(f->tx, &f->arena, f->bob.id, app, f->acme.id, &list, &f->err),
              &f->err);
    const struct grant_reason *reasons = list.items;
    assert_int_equal(list.count, 2);
    assert_string_equal(reasons[0].team, "coders");
    assert_int_equal(reasons[0].role, ROLE_WRITE);
    assert_null(reasons[1].team);
    assert_int_equal(reasons[1].role, ROLE_READ);
    assert_ok(grant_list_reasons(f->tx, &f->arena, f->alice.id, app, f->acme.id, &list, &f->err),
              &f->err);
    reasons = list.items;
    assert_int_equal(list.count, 1);
    assert_string_equal(reasons[0].team, "owners");
    assert_int_equal(reasons[0].team_role, TEAM_ADMIN);
    assert_int_equal(reasons[0].role, ROLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_highest),
        WITH_PEOPLE(test_delete),
        WITH_PEOPLE(test_in_organization),
        WITH_PEOPLE(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
