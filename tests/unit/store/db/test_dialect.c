/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db/dialect.h"

#include "unit.h"

static void test_expand(void **state)
{
    (void)state;
    static const struct {
        enum dialect dialect;
        const char *sql, *want;
    } cases[] = {
        {DIALECT_SQLITE, "id @pk@, b @blob@", "id INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB"},
        {DIALECT_POSTGRES, "a @bytes@, b @blob@, t @text@", "a BYTEA, b BYTEA, t TEXT"},
        {DIALECT_MYSQL, "a @bytes@, b @blob@", "a VARBINARY(255), b LONGBLOB"},
        {DIALECT_MYSQL, "CREATE TABLE blob (x INT)", "CREATE TABLE `blob` (x INT)"},
        {DIALECT_POSTGRES, "CREATE TABLE blob (x INT)", "CREATE TABLE blob (x INT)"},
        {DIALECT_MYSQL, "manifest_blob blob_id", "manifest_blob blob_id"},
        {DIALECT_MYSQL, "-- the blob's @pk@\nblob", "-- the blob's @pk@\n`blob`"},
        {DIALECT_SQLITE, "'@pk@' \"@pk@\" -- @pk@", "'@pk@' \"@pk@\" -- @pk@"},
        {DIALECT_SQLITE, "'it''s' @bytes@", "'it''s' BLOB"},
        {DIALECT_SQLITE, "", ""},
        {DIALECT_SQLITE, "'open @pk@", "'open @pk@"},
        {DIALECT_SQLITE, "@nothing@", NULL},
        {DIALECT_SQLITE, "@", NULL},
        {DIALECT_SQLITE, "@pk", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct buf out;
        buf_init(&out, 1000);
        struct str sql = str_of(cases[i].sql);
        if (cases[i].want) {
            assert_ok(dialect_expand(cases[i].dialect, sql, &out, &err), &err);
            assert_str_text(buf_str(&out), cases[i].want);
        } else {
            assert_fails(dialect_expand(cases[i].dialect, sql, &out, &err), &err, ERR_INTERNAL);
        }
        buf_done(&out);
    }
}

static void test_query(void **state)
{
    (void)state;
    static const struct {
        enum dialect dialect;
        const char *sql, *params;
        const char *want;  /* NULL: refused */
        const char *order; /* a digit for each placeholder: its argument */
        const char *mysql;
    } cases[] = {
        {DIALECT_SQLITE, "a = $1 AND b = $2", "ii", "a = ?1 AND b = ?2", "01", NULL},
        {DIALECT_SQLITE, "a = $2 AND b = $1", "ii", "a = ?2 AND b = ?1", "01", NULL},
        {DIALECT_POSTGRES, "a = $2 OR $1 > $2", "ii", "a = $2 OR $1 > $2", "01", NULL},
        {DIALECT_MYSQL, "a = $2 OR $1 > $2", "ii", "a = ? OR ? > ?", "101", NULL},
        {DIALECT_MYSQL, "ON CONFLICT ($1)", "i", "IGNORE ?, ?", "00", "IGNORE $1, $1"},
        {DIALECT_SQLITE, "ON CONFLICT ($1)", "i", "ON CONFLICT (?1)", "0", "IGNORE $1, $1"},
        {DIALECT_SQLITE, "x '$1' -- $9", "", "x '$1' -- $9", "", NULL},
        {DIALECT_SQLITE, "no parameters", NULL, "no parameters", "", NULL},
        {DIALECT_MYSQL, "FROM blob b, manifest_blob", "", "FROM `blob` b, manifest_blob", "", NULL},
        {DIALECT_SQLITE, "x LIMIT 5 FOR UPDATE SKIP LOCKED", "", "x LIMIT 5 ", "", NULL},
        {DIALECT_SQLITE, "x FOR UPDATE", "", "x ", "", NULL},
        {DIALECT_SQLITE, "x FOR SHARE, y", "", "x , y", "", NULL},
        {DIALECT_SQLITE, "x FOR UPDATE SKIP them", "", "x  SKIP them", "", NULL},
        {DIALECT_SQLITE, "FOREIGN x FOR y", "", "FOREIGN x FOR y", "", NULL},
        {DIALECT_SQLITE, "x FOR", "", "x FOR", "", NULL},
        {DIALECT_POSTGRES, "x FOR UPDATE SKIP LOCKED", "", "x FOR UPDATE SKIP LOCKED", "", NULL},
        /* What the text uses and what params says must be the same. */
        {DIALECT_SQLITE, "$1", "", NULL, NULL, NULL},
        {DIALECT_SQLITE, "$1", NULL, NULL, NULL, NULL},
        {DIALECT_SQLITE, "$0", "i", NULL, NULL, NULL},
        {DIALECT_SQLITE, "$", "i", NULL, NULL, NULL},
        {DIALECT_SQLITE, "$a", "i", NULL, NULL, NULL},
        {DIALECT_SQLITE, "$1", "ii", NULL, NULL, NULL},
        {DIALECT_SQLITE, "$2", "ii", NULL, NULL, NULL},
        {DIALECT_MYSQL, "$1", "i", NULL, NULL, "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct dialect_marks marks;
        struct query query = {
            .sql = cases[i].sql, .params = cases[i].params, .mysql = cases[i].mysql};
        struct buf out;
        buf_init(&out, 1000);
        if (cases[i].want) {
            assert_ok(dialect_query(cases[i].dialect, &query, &out, &marks, &err), &err);
            assert_str_text(buf_str(&out), cases[i].want);
            assert_int_equal(marks.count, strlen(cases[i].order));
            for (unsigned at = 0; at < marks.count; at++)
                assert_int_equal(marks.argument[at], cases[i].order[at] - '0');
        } else {
            assert_fails(dialect_query(cases[i].dialect, &query, &out, &marks, &err), &err,
                         ERR_INTERNAL);
        }
        buf_done(&out);
    }
}

/* The limits, from both sides. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        unsigned params, marks;
        size_t room;
        bool ok;
    } cases[] = {
        {DIALECT_PARAMS_MAX, DIALECT_PARAMS_MAX, 1000, true},
        {DIALECT_PARAMS_MAX + 1, DIALECT_PARAMS_MAX + 1, 1000, false},
        {1, DIALECT_MARKS_MAX, 1000, true},
        {1, DIALECT_MARKS_MAX + 1, 1000, false},
        {1, 1, 2, true},
        {1, 1, 1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct dialect_marks marks;
        struct buf sql, out;
        char params[DIALECT_PARAMS_MAX + 2] = "";
        buf_init(&sql, 1000);
        buf_init(&out, cases[i].room);
        memset(params, 'i', cases[i].params);
        for (unsigned mark = 0; mark < cases[i].marks; mark++)
            buf_printf(&sql, "$%u ", mark % cases[i].params + 1);
        struct query query = {.sql = sql.ptr, .params = params};
        if (cases[i].ok)
            assert_ok(dialect_query(DIALECT_MYSQL, &query, &out, &marks, &err), &err);
        else
            assert_fails(dialect_query(DIALECT_MYSQL, &query, &out, &marks, &err), &err,
                         ERR_INTERNAL);
        buf_done(&sql);
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expand),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
