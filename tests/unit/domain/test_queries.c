/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement of the program is prepared on SQLite, on the schema that the migrations make:
 * its tables, columns, parameters and the fields of its row must exist, and it must not read a
 * whole table unless it says so. */
#include "domain/queries.h"

#include "store/db/migrate.h"
#include "unit.h"

/* Returns how many things are wrong with it, and prints them. */
static int check(struct db *db, const struct query *query, struct arena *arena)
{
    struct err err;
    const char *scan = NULL;
    if (db_check(db, query, arena, &scan, &err) != 0)
        print_error("%s\n    %s (%s)\n", query->sql, err.msg, err.detail);
    else if (scan && !query->scan_ok)
        print_error("%s\n    %s\n", query->sql, scan);
    else
        return 0;
    return 1;
}

static void test_statements(void **state)
{
    (void)state;
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = NULL;
    assert_ok(db_open(&(struct db_config){.uri = "sqlite://:memory:"}, &db, &err), &err);
    assert_true(migrate_up(db, &err) > 0);
    int wrong = 0, count = 0;
    for (const struct query *const *const *list = domain_queries; *list; list++) {
        for (const struct query *const *query = *list; *query; query++, count++)
            wrong += check(db, *query, &arena);
    }
    arena_done(&arena);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
}

static void test_notices(void **state)
{
    (void)state;
    static const struct query bad[] = {
        {.sql = "SELECT id FROM tag WHERE immutable = $1", .params = "i"},
        {.sql = "SELECT no_such_column FROM tag"},
        {.sql = "DELETE FROM tag WHERE id = $1"},
    };
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = NULL;
    assert_ok(db_open(&(struct db_config){.uri = "sqlite://:memory:"}, &db, &err), &err);
    assert_true(migrate_up(db, &err) > 0);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const char *scan = NULL;
        assert_true(db_check(db, &bad[i], &arena, &scan, &err) != 0 || scan);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
