/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/team.h"

#include "domain/member.h"
#include "domain/team_invite.h"
#include "people_fixture.h"

static void test_find_and_change(void **state)
{
    struct fixture *f = *state;
    struct team found;
    assert_int_equal(team_find(f->tx, &f->arena, f->acme.id, "nobody", &found, &f->err), 0);
    assert_int_equal(team_find(f->tx, &f->arena, f->alice.id, "coders", &found, &f->err), 0);
    assert_int_equal(team_find(f->tx, &f->arena, f->acme.id, "coders", &found, &f->err), 1);
    assert_int_equal(found.role, TEAM_MEMBER);
    found.role = TEAM_CREATOR;
    found.description = "who write code";
    assert_ok(team_change(f->tx, &found, &f->err), &f->err);
    assert_int_equal(team_find(f->tx, &f->arena, f->acme.id, "coders", &found, &f->err), 1);
    assert_int_equal(found.role, TEAM_CREATOR);
    assert_string_equal(found.description, "who write code");
}

static void test_refuses(void **state)
{
    struct fixture *f = *state;
    struct team bad = {.organization_id = f->acme.id, .name = "No Name", .role = TEAM_MEMBER};
    assert_fails((int)team_create(f->tx, &bad, &f->err), &f->err, ERR_INVALID);
    bad.name = "coders";
    assert_fails((int)team_create(f->tx, &bad, &f->err), &f->err, ERR_EXISTS);
}

static void test_list(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    int64_t app = fixture_repository(f, &f->acme, 0, "app");
    assert_ok(grant_put_team(f->tx, app, f->coders.id, ROLE_READ, &f->err), &f->err);
    assert_ok(team_list(f->tx, &f->arena, f->acme.id, f->bob.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    const struct team_summary *teams = list.items;
    assert_string_equal(teams[0].name, "coders");
    assert_int_equal(teams[0].members, 1);
    assert_int_equal(teams[0].repositories, 1);
    assert_true(teams[0].mine);
    assert_string_equal(teams[1].name, "owners");
    assert_int_equal(teams[1].repositories, 0);
    assert_false(teams[1].mine);
}

static void test_members(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    assert_int_equal(team_add_member(f->tx, f->coders.id, f->bob.id, &f->err), 0);
    assert_int_equal(team_add_member(f->tx, f->coders.id, f->alice.id, &f->err), 1);
    assert_ok(team_list_members(f->tx, &f->arena, f->coders.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    const struct team_member *members = list.items;
    assert_string_equal(members[0].name, "alice");
    assert_int_equal(members[0].kind, ACCOUNT_USER);
    assert_int_equal(team_remove_member(f->tx, f->coders.id, f->alice.id, &f->err), 1);
    assert_int_equal(team_remove_member(f->tx, f->coders.id, f->alice.id, &f->err), 0);
    assert_int_equal(team_has_member(f->tx, f->coders.id, f->alice.id, &f->err), 0);
    assert_int_equal(team_has_member(f->tx, f->coders.id, f->bob.id, &f->err), 1);
}

static void test_admin_left(void **state)
{
    struct fixture *f = *state;
    assert_ok(team_check_admin_left(f->tx, f->acme.id, &f->err), &f->err);
    assert_ok(account_set_enabled(f->tx, f->alice.id, false, &f->err), &f->err);
    assert_fails(team_check_admin_left(f->tx, f->acme.id, &f->err), &f->err, ERR_INVALID);
    f->coders.role = TEAM_ADMIN;
    assert_ok(team_change(f->tx, &f->coders, &f->err), &f->err);
    assert_ok(team_check_admin_left(f->tx, f->acme.id, &f->err), &f->err);
    struct robot robot = fixture_robot(f, &f->acme, "ci");
    assert_int_equal(team_add_member(f->tx, f->coders.id, robot.id, &f->err), 1);
    assert_int_equal(team_remove_member(f->tx, f->coders.id, f->bob.id, &f->err), 1);
    assert_fails(team_check_admin_left(f->tx, f->acme.id, &f->err), &f->err, ERR_INVALID);
}

static void test_delete(void **state)
{
    struct fixture *f = *state;
    const char *code;
    int64_t app = fixture_repository(f, &f->acme, 0, "app");
    assert_ok(grant_put_team(f->tx, app, f->coders.id, ROLE_WRITE, &f->err), &f->err);
    struct team_invite invite = {.team_id = f->coders.id, .account_id = f->alice.id};
    assert_ok(team_invite_put(f->tx, &f->arena, &invite, f->alice.id, NOW, &code, &f->err),
              &f->err);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_WRITE);
    assert_ok(team_delete(f->tx, f->coders.id, &f->err), &f->err);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_NONE);
    struct team found;
    assert_int_equal(team_find(f->tx, &f->arena, f->acme.id, "coders", &found, &f->err), 0);
}

static void test_organization_members(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    struct account carol = fixture_user(f, "carol");
    int64_t app = fixture_repository(f, &f->acme, f->bob.id, "app");
    assert_ok(grant_put_account(f->tx, app, carol.id, ROLE_READ, &f->err), &f->err);
    assert_ok(member_list_teams(f->tx, &f->arena, f->acme.id, 0, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    assert_string_equal(((struct member_link *)list.items)[1].account, "bob");
    assert_string_equal(((struct member_link *)list.items)[1].name, "coders");
    assert_ok(member_list_repositories(f->tx, &f->arena, f->acme.id, 0, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1); /* not carol, who is in no team */
    assert_string_equal(((struct member_link *)list.items)[0].account, "bob");
    assert_ok(member_list_collaborators(f->tx, &f->arena, f->acme.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_string_equal(((struct member_link *)list.items)[0].account, "carol");
    assert_int_equal(member_remove(f->tx, f->acme.id, f->bob.id, &f->err), 1);
    assert_int_equal(member_remove(f->tx, f->acme.id, f->bob.id, &f->err), 0);
    assert_int_equal(fixture_role(f, f->bob.id, app), ROLE_NONE);
    assert_int_equal(team_has_member(f->tx, f->coders.id, f->bob.id, &f->err), 0);
}

static void test_invitations(void **state)
{
    struct fixture *f = *state;
    const char *first, *again, *mail;
    struct list list = {0};
    struct team_invite found;
    struct team_invite user = {.team_id = f->coders.id, .account_id = f->alice.id};
    struct team_invite address = {.team_id = f->coders.id, .email = "carol@example.org"};
    assert_ok(team_invite_put(f->tx, &f->arena, &user, f->bob.id, NOW, &first, &f->err), &f->err);
    assert_ok(team_invite_put(f->tx, &f->arena, &user, f->bob.id, NOW, &again, &f->err), &f->err);
    assert_ok(team_invite_put(f->tx, &f->arena, &address, f->bob.id, NOW, &mail, &f->err), &f->err);
    assert_string_equal(first, again);
    assert_string_not_equal(first, mail);
    assert_int_equal(strlen(first), TEAM_INVITE_CODE_LEN);
    assert_int_equal(team_invite_find(f->tx, &f->arena, first, &found, &f->err), 1);
    assert_string_equal(found.organization, "acme");
    assert_string_equal(found.team, "coders");
    assert_string_equal(found.inviter, "bob");
    assert_string_equal(found.account, "alice");
    assert_int_equal(team_invite_find(f->tx, &f->arena, "short", &found, &f->err), 0);
    assert_ok(team_invite_list(f->tx, &f->arena, f->coders.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    assert_int_equal(team_invite_cancel(f->tx, f->coders.id, 0, "carol@example.org", &f->err), 1);
    assert_int_equal(team_invite_cancel(f->tx, f->coders.id, 0, "carol@example.org", &f->err), 0);
    assert_int_equal(team_invite_find(f->tx, &f->arena, first, &found, &f->err), 1);
    assert_ok(team_invite_delete(f->tx, found.id, &f->err), &f->err);
    assert_int_equal(team_invite_find(f->tx, &f->arena, first, &found, &f->err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_find_and_change),
        WITH_PEOPLE(test_refuses),
        WITH_PEOPLE(test_list),
        WITH_PEOPLE(test_members),
        WITH_PEOPLE(test_admin_left),
        WITH_PEOPLE(test_delete),
        WITH_PEOPLE(test_organization_members),
        WITH_PEOPLE(test_invitations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
