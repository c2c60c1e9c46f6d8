/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/account_profile.h"

#include "domain/app_token.h"
#include "domain/star.h"
#include "people_fixture.h"

static void test_profile(void **state)
{
    struct fixture *f = *state;
    struct account_profile profile, again = {0};
    assert_ok(account_profile_get(f->tx, &f->arena, f->alice.id, &profile, &f->err), &f->err);
    assert_null(profile.company);
    assert_int_equal(profile.tag_expiration_ms, -1);
    profile.company = "";
    profile.tag_expiration_ms = 0; /* at once, which is not the same as not said */
    profile.invoice_email = true;
    assert_ok(account_profile_put(f->tx, f->alice.id, &profile, &f->err), &f->err);
    assert_ok(account_profile_get(f->tx, &f->arena, f->alice.id, &again, &f->err), &f->err);
    assert_string_equal(again.company, "");
    assert_null(again.location);
    assert_int_equal(again.tag_expiration_ms, 0);
    assert_true(again.invoice_email);
    assert_fails(account_profile_get(f->tx, &f->arena, 999999, &again, &f->err), &f->err,
                 ERR_NOT_FOUND);
}

/* One row for each organization, with the highest role of all teams there. */
static void test_organizations(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    assert_int_equal(team_add_member(f->tx, f->coders.id, f->alice.id, &f->err), 1);
    assert_ok(account_list_organizations(f->tx, &f->arena, f->alice.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    const struct account_organization *one = list.items;
    assert_string_equal(one->name, "acme");
    assert_int_equal(one->role, TEAM_ADMIN);
    assert_ok(account_list_organizations(f->tx, &f->arena, f->bob.id, &list, &f->err), &f->err);
    one = list.items;
    assert_int_equal(list.count, 1);
    assert_int_equal(one->role, TEAM_MEMBER);
}

static void test_convert(void **state)
{
    struct fixture *f = *state;
    struct account carol = fixture_user(f, "carol"), now = {0};
    int64_t mine = fixture_repository(f, &carol, carol.id, "mine");
    int64_t app = fixture_repository(f, &f->acme, f->bob.id, "app");
    struct app_token token;
    struct list list = {0};
    assert_ok(account_set_password(f->tx, carol.id, "$2b$hash", &f->err), &f->err);
    assert_ok(grant_put_account(f->tx, app, carol.id, ROLE_WRITE, &f->err), &f->err);
    assert_int_equal(team_add_member(f->tx, f->coders.id, carol.id, &f->err), 1);
    assert_ok(app_token_create(f->tx, &f->arena, &f->key, carol.id, "ci", NOW, 0, &token, &f->err),
              &f->err);
    assert_ok(account_convert(f->tx, carol.id, f->bob.id, &f->err), &f->err);
    assert_int_equal(account_find_by_name(f->tx, &f->arena, "carol", &now, &f->err), 1);
    assert_int_equal(now.kind, ACCOUNT_ORGANIZATION);
    assert_null(now.password_hash);
    assert_int_not_equal(now.session_epoch, carol.session_epoch);
    assert_int_equal(fixture_role(f, carol.id, app), ROLE_NONE);
    assert_int_equal(team_has_member(f->tx, f->coders.id, carol.id, &f->err), 0);
    assert_ok(app_token_list(f->tx, &f->arena, carol.id, INT64_MAX, &list, &f->err), &f->err);
    assert_int_equal(list.count, 0);
    int64_t role;
    assert_ok(grant_in_organization(f->tx, f->bob.id, carol.id, &role, &f->err), &f->err);
    assert_int_equal(role, TEAM_ADMIN);
    struct repository_name name = {"carol/mine", "carol", "mine"};
    struct repository found;
    assert_int_equal(repository_find(f->tx, &f->arena, &name, &found, &f->err), 1);
    assert_int_equal(found.id, mine);
}

static size_t starred(struct fixture *f, int64_t account_id)
{
    struct list list = {0};
    assert_ok(star_list(f->tx, &f->arena, account_id, INT64_MAX, 100, &list, &f->err), &f->err);
    return list.count;
}

/* Whatever gives the right to read a private repository shows its star, and nothing else does. */
static void test_stars(void **state)
{
    struct fixture *f = *state;
    struct account carol = fixture_user(f, "carol");
    int64_t app = fixture_repository(f, &f->acme, f->alice.id, "app");
    const int64_t fans[] = {f->alice.id, f->bob.id, carol.id};
    for (size_t i = 0; i < ARRAY_LEN(fans); i++) {
        assert_ok(star_put(f->tx, fans[i], app, NOW, &f->err), &f->err);
        assert_ok(star_put(f->tx, fans[i], app, NOW, &f->err), &f->err);
    }
    assert_int_equal(starred(f, f->alice.id), 1); /* an owner */
    assert_int_equal(starred(f, f->bob.id), 0);   /* a member, which is no right by itself */
    assert_int_equal(starred(f, carol.id), 0);
    assert_ok(grant_put_team(f->tx, app, f->coders.id, ROLE_READ, &f->err), &f->err);
    assert_int_equal(starred(f, f->bob.id), 1);
    assert_ok(grant_put_account(f->tx, app, carol.id, ROLE_READ, &f->err), &f->err);
    assert_int_equal(starred(f, carol.id), 1);
    assert_ok(star_delete(f->tx, carol.id, app, &f->err), &f->err);
    assert_int_equal(starred(f, carol.id), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_profile),
        WITH_PEOPLE(test_organizations),
        WITH_PEOPLE(test_convert),
        WITH_PEOPLE(test_stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
