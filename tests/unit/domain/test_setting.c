/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/setting.h"

#include "store/db/migrate.h"
#include "unit.h"

struct fixture {
    struct db *db;
    struct arena arena;
    struct err err;
};

static int open_fixture(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    struct db_config config = {.uri = "sqlite://:memory:"};
    *state = &f;
    return db_open(&config, &f.db, &f.err) != 0 || migrate_up(f.db, &f.err) < 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    db_close(f->db);
    arena_done(&f->arena);
    return 0;
}

static const char *find(struct fixture *f, const char *name)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    const char *value = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    int found = setting_find(tx, &f->arena, name, &value, &f->err);
    assert_int_equal(found, value ? 1 : 0);
    return value;
}

static void put(struct fixture *f, const char *name, const char *value)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(setting_put(tx, name, value, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

static void test_put(void **state)
{
    struct fixture *f = *state;
    assert_null(find(f, "a"));
    put(f, "a", "1");
    put(f, "b", "2");
    assert_string_equal(find(f, "a"), "1");
    put(f, "a", "3");
    put(f, "a", "3");
    assert_string_equal(find(f, "a"), "3");
    assert_string_equal(find(f, "b"), "2");
}

static void test_secret(void **state)
{
    struct fixture *f = *state;
    const char *first, *second, *other;
    assert_ok(setting_get_secret(f->db, &f->arena, "s", 40, &first, &f->err), &f->err);
    assert_ok(setting_get_secret(f->db, &f->arena, "s", 40, &second, &f->err), &f->err);
    assert_ok(setting_get_secret(f->db, &f->arena, "t", 40, &other, &f->err), &f->err);
    assert_int_equal(strlen(first), 40);
    assert_string_equal(first, second);
    assert_string_not_equal(first, other);
    assert_string_equal(find(f, "s"), first);
}

/* What was put there by hand is taken as it is. */
static void test_secret_that_is_there(void **state)
{
    struct fixture *f = *state;
    const char *text;
    put(f, "s", "by hand");
    assert_ok(setting_get_secret(f->db, &f->arena, "s", 40, &text, &f->err), &f->err);
    assert_string_equal(text, "by hand");
}

#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(test_put),
        WITH_DATABASE(test_secret),
        WITH_DATABASE(test_secret_that_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
