/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/robot.h"

#include "domain/member.h"
#include "domain/secret.h"
#include "people_fixture.h"

static void test_short_names(void **state)
{
    (void)state;
    static const struct {
        const char *owner, *name;
        bool ok;
    } cases[] = {
        {"acme", "ci", true},       {"acme", "a.b-c_d", true}, {"acme", "1st", true},
        {"acme", "c", false},       {"acme", "", false},       {"acme", "CI", false},
        {"acme", "a+b", false},     {"acme", "-ci", false},    {"acme", "ci-", false},
        {"acme", "acme/ci", false}, {"acme", "a b", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        int got = robot_check_short_name(cases[i].owner, cases[i].name, &err);
        if ((got == 0) != cases[i].ok)
            fail_msg("%s", cases[i].name);
    }
    char name[ROBOT_SHORT_MAX + 2], owner[ACCOUNT_NAME_MAX + 1];
    struct err err;
    memset(name, 'a', sizeof name);
    memset(owner, 'b', sizeof owner);
    owner[sizeof owner - 1] = '\0';
    name[ROBOT_SHORT_MAX + 1] = '\0';
    assert_fails(robot_check_short_name("a", name, &err), &err, ERR_INVALID);
    assert_fails(robot_check_short_name(owner, "ci", &err), &err, ERR_INVALID);
}

static void test_create(void **state)
{
    struct fixture *f = *state;
    struct robot made = fixture_robot(f, &f->acme, "ci"), found;
    assert_string_equal(made.name, "acme+ci");
    assert_int_equal(robot_find(f->tx, &f->arena, "acme+ci", &found, &f->err), 1);
    assert_int_equal(found.id, made.id);
    assert_int_equal(found.owner_id, f->acme.id);
    assert_string_equal(found.metadata, "{}");
    assert_int_equal(found.created_ms, NOW);
    assert_int_equal(found.last_accessed_ms, 0);
    assert_true(found.enabled && found.owner_enabled);
    const char *token = robot_token(&f->arena, &f->key, &found);
    assert_int_equal(strlen(token), ROBOT_TOKEN_LEN);
    for (const char *at = token; *at; at++)
        assert_true(char_is_digit(*at) || char_is_upper(*at));
    assert_true(secret_matches(found.token_hash, str_of(token)));
    struct seal_key other;
    seal_derive(STR("other"), "test", &other);
    assert_null(robot_token(&f->arena, &other, &found));
    assert_int_equal(robot_find(f->tx, &f->arena, "acme+no", &found, &f->err), 0);
    struct robot_new in = {.owner = &f->acme, .short_name = "ci"};
    assert_fails(robot_create(f->tx, &f->arena, &f->key, &in, NOW, &found, &f->err), &f->err,
                 ERR_EXISTS);
}

static void test_renew(void **state)
{
    struct fixture *f = *state;
    struct robot robot = fixture_robot(f, &f->alice, "ci"), found;
    const char *before = robot_token(&f->arena, &f->key, &robot);
    assert_ok(robot_renew_token(f->tx, &f->arena, &f->key, &robot, &f->err), &f->err);
    assert_string_not_equal(before, robot_token(&f->arena, &f->key, &robot));
    assert_ok(robot_touch(f->tx, robot.id, NOW + 5, &f->err), &f->err);
    assert_int_equal(robot_find(f->tx, &f->arena, "alice+ci", &found, &f->err), 1);
    assert_false(secret_matches(found.token_hash, str_of(before)));
    assert_int_equal(found.last_accessed_ms, NOW + 5);
}

static void test_list(void **state)
{
    struct fixture *f = *state;
    struct list list = {0};
    struct robot one = fixture_robot(f, &f->acme, "one"), two = fixture_robot(f, &f->acme, "two");
    fixture_robot(f, &f->alice, "other");
    int64_t app = fixture_repository(f, &f->acme, 0, "app");
    assert_ok(grant_put_account(f->tx, app, two.id, ROLE_WRITE, &f->err), &f->err);
    assert_int_equal(team_add_member(f->tx, f->coders.id, one.id, &f->err), 1);
    assert_ok(robot_list(f->tx, &f->arena, f->acme.id, NULL, 0, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
    assert_string_equal(((struct robot *)list.items)[0].name, "acme+one");
    assert_ok(robot_list(f->tx, &f->arena, f->acme.id, "acme+one", 1, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_string_equal(((struct robot *)list.items)[0].name, "acme+two");
    assert_ok(robot_list_teams(f->tx, &f->arena, f->acme.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_string_equal(((struct member_link *)list.items)[0].account, "acme+one");
    assert_string_equal(((struct member_link *)list.items)[0].name, "coders");
    assert_ok(robot_list_repositories(f->tx, &f->arena, f->acme.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_string_equal(((struct member_link *)list.items)[0].account, "acme+two");
    assert_ok(robot_list_rights(f->tx, &f->arena, two.id, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_int_equal(((struct held_right *)list.items)[0].role, ROLE_WRITE);
    assert_string_equal(((struct held_right *)list.items)[0].repository, "app");
}

static void test_identities(void **state)
{
    struct fixture *f = *state;
    struct robot robot = fixture_robot(f, &f->acme, "ci");
    struct robot_identity two[] = {{"https://a.example", "x"}, {"http://b.example", "x"}};
    struct list given = {two, 2}, found = {0};
    assert_ok(robot_put_identities(f->tx, robot.id, &given, &f->err), &f->err);
    assert_ok(robot_put_identities(f->tx, robot.id, &given, &f->err), &f->err);
    assert_ok(robot_list_identities(f->tx, &f->arena, robot.id, &found, &f->err), &f->err);
    assert_int_equal(found.count, 2);
    assert_string_equal(((struct robot_identity *)found.items)[1].issuer, "http://b.example");
    static const struct robot_identity bad[] = {
        {"ftp://a.example", "x"},
        {"https://a.example", ""},
        {"", "x"},
        {"https://a.example", NULL},
        {NULL, "x"},
        {"http://b.example", "x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        two[0] = bad[i];
        assert_fails(robot_put_identities(f->tx, robot.id, &given, &f->err), &f->err, ERR_INVALID);
    }
}

static void test_delete(void **state)
{
    struct fixture *f = *state;
    struct robot robot = fixture_robot(f, &f->acme, "ci"), found;
    struct robot_identity one = {"https://a.example", "x"};
    struct list given = {&one, 1};
    int64_t app = fixture_repository(f, &f->acme, robot.id, "app");
    assert_int_equal(team_add_member(f->tx, f->coders.id, robot.id, &f->err), 1);
    assert_ok(robot_put_identities(f->tx, robot.id, &given, &f->err), &f->err);
    assert_ok(robot_delete(f->tx, robot.id, &f->err), &f->err);
    assert_int_equal(fixture_role(f, robot.id, app), ROLE_NONE);
    assert_int_equal(robot_find(f->tx, &f->arena, "acme+ci", &found, &f->err), 0);
    fixture_robot(f, &f->acme, "ci"); /* the name is free */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_names),
        WITH_PEOPLE(test_create),
        WITH_PEOPLE(test_renew),
        WITH_PEOPLE(test_list),
        WITH_PEOPLE(test_identities),
        WITH_PEOPLE(test_delete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
