/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db/migrate.h"

#include <sys/wait.h>

#include "store/db/db_driver.h"
#include "store/db/migrations.h"
#include "store/temporary.h"

static size_t count_files(void)
{
    size_t count = 0;
    while (migration_files[count].name)
        count++;
    return count;
}

static struct db *open_file(void)
{
    struct err err;
    struct db *db = NULL;
    assert_ok(db_open(&(struct db_config){.uri = "sqlite://test.db"}, &db, &err), &err);
    return db;
}

static void run_script(struct db *db, const char *sql)
{
    struct err err;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_ok(db_script(tx, sql, &err), &err);
    assert_ok(db_commit(&tx, &err), &err);
}

/* Numbers run from 1 without a gap, and every file is written for all engines. */
static void test_files(void **state)
{
    (void)state;
    size_t count = count_files();
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        char number[32];
        const struct embedded *file = &migration_files[i];
        snprintf(number, sizeof number, "%04zu_", i + 1);
        assert_int_equal(strncmp(file->name, number, strlen(number)), 0);
        assert_int_equal(strlen(file->data), file->len);
        for (unsigned dialect = 0; dialect < DIALECT_COUNT; dialect++) {
            struct err err;
            _cleanup_buf_ struct buf out;
            buf_init(&out, 1000000);
            assert_ok(dialect_expand(dialect, str_of(file->data), &out, &err), &err);
        }
    }
}

static void check_status(struct db *db, bool applied)
{
    struct err err;
    struct arena arena = {0};
    struct list list;
    assert_ok(migrate_status(db, &arena, &list, &err), &err);
    assert_int_equal(list.count, count_files());
    const struct migration *migrations = list.items;
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(migrations[i].version, (int64_t)i + 1);
        assert_string_equal(migrations[i].name, migration_files[i].name);
        assert_null(strstr(migrations[i].sql, " @pk@,"));
        assert_int_equal(migrations[i].applied_ms > 0, applied);
    }
    arena_done(&arena);
}

static void test_fresh_and_again(void **state)
{
    (void)state;
    struct err err;
    _cleanup_(db_closep) struct db *db = open_file();
    check_status(db, false);
    assert_int_equal(migrate_up(db, &err), count_files());
    check_status(db, true);
    assert_int_equal(migrate_up(db, &err), 0);
    db_close(TAKE(db));
    db = open_file();
    assert_int_equal(migrate_up(db, &err), 0);
    check_status(db, true);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *change, *message;
    } cases[] = {
        {"UPDATE schema_migration SET sha256 = CAST(x'01' || zeroblob(32) AS BLOB)", "0001_"},
        {"INSERT INTO schema_migration VALUES (9999, 'x', CAST(x'01' || zeroblob(32) AS BLOB), 1)",
         "9999"},
        {"DELETE FROM schema_migration;"
         "INSERT INTO schema_migration VALUES (5, 'x', CAST(x'01' || zeroblob(32) AS BLOB), 1)",
         "0001_"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct db *db = open_file();
        assert_int_equal(migrate_up(db, &err), count_files());
        run_script(db, cases[i].change);
        assert_fails(migrate_up(db, &err), &err, ERR_CONFLICT);
        assert_non_null(strstr(err.msg, cases[i].message));
        db_close(db);
        assert_int_equal(unlink("test.db"), 0);
    }
}

/* A file that fails leaves nothing behind. */
static void test_failure(void **state)
{
    (void)state;
    struct err err;
    _cleanup_(db_closep) struct db *db = open_file();
    run_script(db, "CREATE TABLE setting (x INTEGER)"); /* made last by the first file */
    assert_int_equal(migrate_up(db, &err), -1);
    assert_non_null(strstr(err.msg, "0001_init.sql"));
    check_status(db, false);
    run_script(db, "CREATE TABLE account (x INTEGER); DROP TABLE account; DROP TABLE setting");
    assert_int_equal(migrate_up(db, &err), count_files());
}

enum { PROCESSES = 4 };

/* Processes that start at once: each ends with the schema there, and each file ran once. */
static void test_processes(void **state)
{
    (void)state;
    int start[2], status, applied = 0;
    assert_int_equal(pipe(start), 0);
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child > 0)
            continue;
        struct err err;
        struct db *db = NULL;
        char c;
        close(start[1]);
        bool go = read(start[0], &c, 1) == 0; /* until the parent closes its end */
        int count = go && db_open(&(struct db_config){.uri = "sqlite://test.db"}, &db, &err) == 0
                        ? migrate_up(db, &err)
                        : -1;
        if (count < 0)
            fprintf(stderr, "# %s (%s)\n", err.msg, err.detail);
        db_close(db);
        _exit(count < 0 ? 255 : count);
    }
    close(start[0]);
    close(start[1]);
    for (int i = 0; i < PROCESSES; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), 255);
        applied += WEXITSTATUS(status);
    }
    assert_int_equal(applied, count_files());
    _cleanup_(db_closep) struct db *db = open_file();
    check_status(db, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEMPORARY(test_files),   TEMPORARY(test_fresh_and_again), TEMPORARY(test_refused),
        TEMPORARY(test_failure), TEMPORARY(test_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
