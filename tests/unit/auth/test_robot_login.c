/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/robot_login.h"

#include "auth/basic.h"
#include "domain/robot.h"
#include "fixture.h"

static struct seal_key key;

static struct robot make_robot(struct fixture *f, const struct account *owner, const char *name)
{
    struct db_tx *tx = NULL;
    struct robot made = {0};
    struct robot_new in = {.owner = owner, .short_name = name};
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(robot_create(tx, &f->arena, &key, &in, NOW, &made, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    return made;
}

static int login(struct fixture *f, const char *name, const char *token, struct identity *out)
{
    struct basic basic = {basic_kind_of(str_of(name)), name, str_of(token)};
    int64_t retry;
    f->err = (struct err){0};
    return basic_login(f->auth, &f->arena, &basic, NOW + 1, out, &retry, &f->err);
}

static void test_right(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct robot robot = make_robot(f, &alice, "ci");
    struct identity who;
    assert_int_equal(login(f, "alice+ci", robot_token(&f->arena, &key, &robot), &who), 0);
    assert_int_equal(who.kind, IDENTITY_ROBOT);
    assert_int_equal(who.account_id, robot.id);
    assert_string_equal(who.name, "alice+ci");
    assert_string_equal(who.uuid, robot.uuid);
    assert_false(who.superuser);
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_int_equal(robot_find(tx, &f->arena, "alice+ci", &robot, &f->err), 1);
    db_end(&tx);
    assert_int_equal(robot.last_accessed_ms, NOW + 1);
}

static void test_wrong(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct robot robot = make_robot(f, &alice, "ci"), other = make_robot(f, &alice, "other");
    const char *token = robot_token(&f->arena, &key, &robot);
    const char *others = robot_token(&f->arena, &key, &other);
    struct {
        const char *name, *token;
    } cases[] = {
        {"alice+ci", others},
        {"alice+ci", ""},
        {"alice+ci", arena_printf(&f->arena, "%sA", token)},
        {"alice+no", token},
        {"+", token},
        {"alice+", token},
        {"bob+ci", token},
        {"alice+ci", "password"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct identity who;
        assert_int_equal(login(f, cases[i].name, cases[i].token, &who), -1);
        assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
    }
}

static void test_disabled_owner(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct robot robot = make_robot(f, &alice, "ci");
    const char *token = robot_token(&f->arena, &key, &robot);
    struct identity who;
    fixture_set_enabled(f, alice.id, false);
    assert_int_equal(login(f, "alice+ci", token, &who), -1);
    fixture_set_enabled(f, alice.id, true);
    assert_int_equal(login(f, "alice+ci", token, &who), 0);
    fixture_set_enabled(f, robot.id, false);
    assert_int_equal(login(f, "alice+ci", token, &who), -1);
}

static void test_allowed(void **state)
{
    (void)state;
    const char *names[] = {"acme+ci"};
    struct auth_config all = {0}, none = {.robots_disallow = true},
                       some = {.robots_disallow = true, .robots_whitelist = {names, 1}};
    assert_true(robot_login_allowed(&all, "acme+ci"));
    assert_false(robot_login_allowed(&none, "acme+ci"));
    assert_true(robot_login_allowed(&some, "acme+ci"));
    assert_false(robot_login_allowed(&some, "acme+c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUTH(test_right),
        WITH_AUTH(test_wrong),
        WITH_AUTH(test_disabled_owner),
        cmocka_unit_test(test_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
