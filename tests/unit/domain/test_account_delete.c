/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/account_delete.h"

#include "domain/default_permission.h"
#include "domain/entity.h"
#include "domain/team_invite.h"
#include "people_fixture.h"

static int find(struct fixture *f, const char *name)
{
    struct account found;
    return account_find_by_name(f->tx, &f->arena, name, &found, &f->err);
}

static void test_organization(void **state)
{
    struct fixture *f = *state;
    struct account reborn;
    const char *text;
    struct robot robot = fixture_robot(f, &f->acme, "ci"),
                 other = fixture_robot(f, &f->alice, "ci");
    int64_t app = fixture_repository(f, &f->acme, robot.id, "app");
    struct default_permission_new rule = {f->acme.id, robot.id, 0, f->coders.id, ROLE_READ};
    struct team_invite invite = {.team_id = f->coders.id, .account_id = f->alice.id};
    assert_ok(default_permission_create(f->tx, &f->arena, &rule, &text, &f->err), &f->err);
    assert_ok(team_invite_put(f->tx, &f->arena, &invite, f->bob.id, NOW, &text, &f->err), &f->err);
    assert_int_equal(team_add_member(f->tx, f->coders.id, robot.id, &f->err), 1);
    assert_ok(account_delete(f->tx, &f->acme, NOW, &f->err), &f->err);
    assert_int_equal(find(f, "acme"), 0);
    assert_int_equal(find(f, "acme+ci"), 0);
    assert_int_equal(find(f, "alice+ci"), 1);
    assert_true(other.id > 0 && app > 0);
    struct repository_name name = {"acme/app", "acme", "app"};
    struct repository found;
    assert_int_equal(repository_find(f->tx, &f->arena, &name, &found, &f->err), 0);
    struct account_new in = {.name = "acme"};
    assert_ok(account_create_organization(f->tx, &f->arena, &in, NOW, &reborn, &f->err), &f->err);
    fixture_repository(f, &reborn, 0, "app"); /* its names are free, too */
    fixture_robot(f, &reborn, "ci");
}

static void test_user(void **state)
{
    struct fixture *f = *state;
    struct account carol = fixture_user(f, "carol");
    int64_t app = fixture_repository(f, &f->acme, f->bob.id, "app");
    fixture_repository(f, &carol, carol.id, "mine");
    assert_ok(grant_put_account(f->tx, app, carol.id, ROLE_READ, &f->err), &f->err);
    assert_int_equal(team_add_member(f->tx, f->coders.id, carol.id, &f->err), 1);
    fixture_robot(f, &carol, "ci");
    assert_ok(account_delete(f->tx, &carol, NOW, &f->err), &f->err);
    assert_int_equal(find(f, "carol"), 0);
    assert_int_equal(fixture_role(f, carol.id, app), ROLE_NONE);
    assert_int_equal(team_has_member(f->tx, f->coders.id, carol.id, &f->err), 0);
    struct account tombstone;
    assert_int_equal(account_find_by_id(f->tx, &f->arena, carol.id, &tombstone, &f->err), 1);
    assert_int_equal(tombstone.kind, ACCOUNT_DELETED);
    assert_false(tombstone.enabled);
}

static void test_sole_admin(void **state)
{
    struct fixture *f = *state;
    assert_ok(account_check_not_sole_admin(f->tx, &f->arena, f->bob.id, &f->err), &f->err);
    assert_fails(account_check_not_sole_admin(f->tx, &f->arena, f->alice.id, &f->err), &f->err,
                 ERR_INVALID);
    assert_int_equal(team_add_member(f->tx, f->owners.id, f->bob.id, &f->err), 1);
    assert_ok(account_check_not_sole_admin(f->tx, &f->arena, f->alice.id, &f->err), &f->err);
}

static void test_rename(void **state)
{
    struct fixture *f = *state;
    fixture_robot(f, &f->acme, "ci");
    fixture_robot(f, &f->acme, "acme");
    assert_fails(account_rename(f->tx, &f->arena, &f->acme, "No", &f->err), &f->err, ERR_INVALID);
    assert_ok(account_rename(f->tx, &f->arena, &f->acme, "emca-inc", &f->err), &f->err);
    assert_int_equal(find(f, "acme"), 0);
    assert_int_equal(find(f, "emca-inc"), 1);
    assert_int_equal(find(f, "emca-inc+ci"), 1);
    assert_int_equal(find(f, "emca-inc+acme"), 1);
    assert_int_equal(find(f, "acme+ci"), 0);
    assert_fails(account_rename(f->tx, &f->arena, &f->acme, "bob", &f->err), &f->err, ERR_EXISTS);
}

static size_t search(struct fixture *f, const struct entity_search *what, const char *first)
{
    struct list list = {0};
    assert_ok(entity_find_accounts(f->tx, &f->arena, what, &list, &f->err), &f->err);
    if (list.count > 0)
        assert_string_equal(((struct entity *)list.items)[0].name, first);
    return list.count;
}

static void test_search(void **state)
{
    struct fixture *f = *state;
    fixture_user(f, "bobby");
    fixture_robot(f, &f->acme, "bot");
    fixture_robot(f, &f->alice, "bot");
    assert_int_equal(search(f, &(struct entity_search){.prefix = "bo"}, "bob"), 2);
    assert_int_equal(search(f, &(struct entity_search){.prefix = "bob", .exact = true}, "bob"), 1);
    assert_int_equal(search(f, &(struct entity_search){.prefix = "b", .robots_of = "acme"}, "bob"),
                     3);
    assert_int_equal(
        search(f, &(struct entity_search){.prefix = "bot", .robots_of = "acme"}, "acme+bot"), 1);
    assert_int_equal(search(f, &(struct entity_search){.prefix = "acme"}, ""), 0);
    struct list list = {0};
    struct entity_search teams = {.prefix = "co", .organization_id = f->acme.id};
    assert_ok(entity_find_teams(f->tx, &f->arena, &teams, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    struct entity_search members = {.prefix = "bob", .exact = true, .organization_id = f->acme.id};
    assert_ok(entity_find_accounts(f->tx, &f->arena, &members, &list, &f->err), &f->err);
    assert_true(((struct entity *)list.items)[0].member);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_organization), WITH_PEOPLE(test_user),   WITH_PEOPLE(test_sole_admin),
        WITH_PEOPLE(test_rename),       WITH_PEOPLE(test_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
