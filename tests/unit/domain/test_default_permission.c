/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/default_permission.h"

#include "domain/grant_holder.h"
#include "people_fixture.h"

static const char *add(struct fixture *f, int64_t creator, int64_t account, int64_t team,
                       int64_t role)
{
    const char *uuid;
    struct default_permission_new in = {f->acme.id, creator, account, team, role};
    assert_ok(default_permission_create(f->tx, &f->arena, &in, &uuid, &f->err), &f->err);
    return uuid;
}

static void test_creator(void **state)
{
    struct fixture *f = *state;
    int64_t own = fixture_repository(f, &f->acme, f->bob.id, "own");
    assert_int_equal(fixture_role(f, f->bob.id, own), ROLE_ADMIN);
    assert_int_equal(fixture_role(f, f->alice.id, own), ROLE_NONE);
    int64_t nobodys = fixture_repository(f, &f->acme, 0, "nobodys");
    assert_int_equal(fixture_role(f, f->bob.id, nobodys), ROLE_NONE);
}

/* For one holder: a rule for the creator goes before rules for anybody; then the highest. */
static void test_precedence(void **state)
{
    struct fixture *f = *state;
    struct account carol = fixture_user(f, "carol"), dave = fixture_user(f, "dave");
    add(f, 0, carol.id, 0, ROLE_WRITE);
    add(f, f->bob.id, carol.id, 0, ROLE_READ);
    add(f, 0, dave.id, 0, ROLE_READ);
    add(f, 0, dave.id, 0, ROLE_WRITE);
    add(f, 0, f->alice.id, 0, ROLE_READ);
    int64_t by_bob = fixture_repository(f, &f->acme, f->bob.id, "one");
    assert_int_equal(fixture_role(f, carol.id, by_bob), ROLE_READ);
    assert_int_equal(fixture_role(f, dave.id, by_bob), ROLE_WRITE);
    assert_int_equal(fixture_role(f, f->alice.id, by_bob), ROLE_READ);
    int64_t by_alice = fixture_repository(f, &f->acme, f->alice.id, "two");
    assert_int_equal(fixture_role(f, carol.id, by_alice), ROLE_WRITE);
    assert_int_equal(fixture_role(f, f->alice.id, by_alice), ROLE_ADMIN); /* not lowered */
}

static void test_teams(void **state)
{
    struct fixture *f = *state;
    add(f, 0, 0, f->coders.id, ROLE_READ);
    add(f, f->alice.id, 0, f->coders.id, ROLE_WRITE);
    int64_t one = fixture_repository(f, &f->acme, f->alice.id, "one");
    assert_int_equal(fixture_role(f, f->bob.id, one), ROLE_WRITE);
    struct account carol = fixture_user(f, "carol");
    int64_t two = fixture_repository(f, &f->acme, carol.id, "two");
    assert_int_equal(fixture_role(f, f->bob.id, two), ROLE_READ);
    /* Rules are the organization's, not its members'. */
    int64_t elsewhere = fixture_repository(f, &f->alice, f->alice.id, "one");
    assert_int_equal(fixture_role(f, f->bob.id, elsewhere), ROLE_NONE);
}

static void test_list_and_change(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    struct default_permission found;
    const char *first = add(f, f->bob.id, f->alice.id, 0, ROLE_READ);
    add(f, 0, 0, f->coders.id, ROLE_WRITE);
    assert_ok(default_permission_list(f->tx, &f->arena, f->acme.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    const struct default_permission *rules = list.items;
    assert_string_equal(rules[0].uuid, first);
    assert_string_equal(rules[0].creator, "bob");
    assert_true(rules[0].creator_member);
    assert_string_equal(rules[0].account, "alice");
    assert_null(rules[0].team);
    assert_null(rules[1].creator);
    assert_false(rules[1].creator_member);
    assert_string_equal(rules[1].team, "coders");
    assert_ok(default_permission_set_role(f->tx, rules[0].id, ROLE_ADMIN, &f->err), &f->err);
    assert_int_equal(default_permission_find(f->tx, &f->arena, f->acme.id, first, &found, &f->err),
                     1);
    assert_int_equal(found.role, ROLE_ADMIN);
    assert_int_equal(default_permission_find(f->tx, &f->arena, f->alice.id, first, &found, &f->err),
                     0);
    assert_ok(default_permission_delete(f->tx, found.id, &f->err), &f->err);
    assert_int_equal(default_permission_find(f->tx, &f->arena, f->acme.id, first, &found, &f->err),
                     0);
}

static void test_holders(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    struct grant_holder found;
    struct account carol = fixture_user(f, "carol");
    add(f, 0, 0, f->coders.id, ROLE_READ);
    add(f, 0, carol.id, 0, ROLE_READ);
    int64_t app = fixture_repository(f, &f->acme, f->bob.id, "app");
    assert_ok(grant_holder_list_accounts(f->tx, &f->arena, app, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    const struct grant_holder *holders = list.items;
    assert_string_equal(holders[0].name, "bob");
    assert_int_equal(holders[0].role, ROLE_ADMIN);
    assert_true(holders[0].member);
    assert_string_equal(holders[1].name, "carol");
    assert_false(holders[1].member);
    assert_ok(grant_holder_list_teams(f->tx, &f->arena, app, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_int_equal(grant_holder_find_account(f->tx, &f->arena, app, f->alice.id, &found, &f->err),
                     0);
    assert_int_equal(grant_holder_find_account(f->tx, &f->arena, app, carol.id, &found, &f->err),
                     1);
    assert_int_equal(found.role, ROLE_READ);
    assert_int_equal(grant_holder_find_team(f->tx, &f->arena, app, f->coders.id, &found, &f->err),
                     1);
    assert_string_equal(found.name, "coders");
    assert_int_equal(grant_holder_find_team(f->tx, &f->arena, app, f->owners.id, &found, &f->err),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_creator), WITH_PEOPLE(test_precedence),      WITH_PEOPLE(test_teams),
        WITH_PEOPLE(test_holders), WITH_PEOPLE(test_list_and_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
