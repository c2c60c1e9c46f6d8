/* SPDX-License-Identifier: Apache-2.0 */
/* What every engine must do alike. Runs against the database named by the first argument, by
 * default an SQLite file; each test begins with an empty one. */
#include "store/db/db.h"

#include <pthread.h>
#include <stdatomic.h>

#include "store/temporary.h"
#include "thing.h"

static const char *test_uri = "sqlite://test.db";

static struct db *open_things(void)
{
    struct err err;
    struct db *db = NULL;
    assert_ok(db_open(&(struct db_config){.uri = test_uri}, &db, &err), &err);
    make_things(db);
    return db;
}

static void test_types(void **state)
{
    (void)state;
    struct digest sha256, sha512, none = {0};
    digest_of(DIGEST_SHA256, STR("a"), &sha256);
    digest_of(DIGEST_SHA512, STR("a"), &sha512);
    static const int64_t low = INT64_MIN, high = INT64_MAX, zero = 0;
    static char large[3 * 1024 * 1024];
    memset(large, 0xff, sizeof large);
    const struct {
        const int64_t *amount;
        int64_t flag;
        struct str data;
        const struct digest *digest;
        const char *note;
    } cases[] = {
        {&low, 0, {"a\0b", 3}, &sha256, "note"},
        {&high, 1, {"\xff\xfe", 2}, &sha512, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {&zero, 7, {"", 0}, &none, ""},
        {NULL, 0, {NULL, 0}, NULL, NULL},
        {&zero, 0, {large, sizeof large}, &sha256, "'; DROP TABLE thing; --"},
    };
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = open_things();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char name[16];
        struct thing row;
        struct db_tx *tx = NULL;
        snprintf(name, sizeof name, "thing%zu", i);
        assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
        int64_t id = db_insert(tx, &Q_THING_INSERT, &err, name, cases[i].amount, cases[i].flag,
                               cases[i].data, cases[i].digest, cases[i].note);
        assert_true(id > 0);
        assert_ok(db_commit(&tx, &err), &err);
        assert_null(tx);
        assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
        assert_int_equal(db_one(tx, &Q_THING_FIND, &arena, &row, &err, name), 1);
        db_end(&tx);
        assert_null(tx);
        assert_int_equal(row.id, id);
        assert_string_equal(row.name, name);
        assert_int_equal(row.amount, cases[i].amount ? *cases[i].amount : 0);
        assert_int_equal(row.flag, cases[i].flag != 0);
        assert_true(str_eq(row.data, cases[i].data));
        assert_int_equal(row.data.ptr != NULL, cases[i].data.ptr != NULL);
        const struct digest *digest = cases[i].digest ? cases[i].digest : &none;
        assert_true(digest_eq(&row.digest, digest));
        assert_int_equal(row.digest.len, digest->len);
        if (cases[i].note)
            assert_string_equal(row.note, cases[i].note);
        else
            assert_null(row.note);
    }
    arena_done(&arena);
}

static void test_find_none(void **state)
{
    (void)state;
    struct err err;
    struct arena arena = {0};
    struct thing row = {.id = 42};
    _cleanup_(db_closep) struct db *db = open_things();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
    assert_int_equal(db_one(tx, &Q_THING_FIND, &arena, &row, &err, "absent"), 0);
    assert_int_equal(row.id, 42);
    struct list list = {&row, 7};
    assert_ok(db_list(tx, &Q_THING_LIST, &arena, &list, &err, (int64_t)0, (int64_t)10), &err);
    assert_int_equal(list.count, 0);
    arena_done(&arena);
}

static void test_list(void **state)
{
    (void)state;
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = open_things();
    for (int64_t i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", (int)i);
        assert_ok(put_thing(db, name, i, &err), &err);
    }
    static const struct {
        int64_t from, limit;
        size_t count;
    } cases[] = {{0, 1000, 100}, {50, 1000, 50}, {99, 1000, 1}, {100, 1000, 0}, {10, 9, 9}};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct list list;
        assert_ok(db_list(tx, &Q_THING_LIST, &arena, &list, &err, cases[i].from, cases[i].limit),
                  &err);
        assert_int_equal(list.count, cases[i].count);
        const struct thing *things = list.items;
        for (size_t at = 0; at < list.count; at++) {
            char name[16];
            snprintf(name, sizeof name, "n%d", (int)cases[i].from + (int)at);
            assert_string_equal(things[at].name, name);
            assert_int_equal(things[at].amount, cases[i].from + (int64_t)at);
        }
    }
    arena_done(&arena);
}

/* All of them up to the limit; one more is an error, and the transaction goes on. */
static void test_list_whole(void **state)
{
    (void)state;
    static const struct query fill = {
        .sql = "INSERT INTO thing (name, amount, flag) WITH RECURSIVE n(i) AS"
               " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
               " SELECT 'w' || i, 7, 0 FROM n",
        .params = "i",
    };
    struct err err;
    struct arena arena = {0};
    struct list list = {0};
    _cleanup_(db_closep) struct db *db = open_things();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_int_equal(db_exec(tx, &fill, &err, (int64_t)DB_WHOLE_MAX), DB_WHOLE_MAX);
    assert_ok(db_list_whole(tx, &Q_THING_LIST, &arena, &list, &err, (int64_t)7, DB_WHOLE_LIMIT),
              &err);
    assert_int_equal(list.count, DB_WHOLE_MAX);
    assert_true(db_insert(tx, &Q_THING_INSERT, &err, "one more", &(int64_t){7}, (int64_t)0,
                          (struct str){0}, NULL, NULL) > 0);
    assert_fails(db_list_whole(tx, &Q_THING_LIST, &arena, &list, &err, (int64_t)7, DB_WHOLE_LIMIT),
                 &err, ERR_TOO_LARGE);
    assert_int_equal(list.count, DB_WHOLE_MAX); /* untouched */
    assert_ok(db_list_whole(tx, &Q_THING_LIST, &arena, &list, &err, (int64_t)7, (int64_t)5), &err);
    assert_int_equal(list.count, 5);
    assert_int_equal(db_statements(tx), 5);
    arena_done(&arena);
}

static void test_changes(void **state)
{
    (void)state;
    struct err err;
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(put_thing(db, "a", 1, &err), &err);
    struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_int_equal(db_exec(tx, &Q_THING_ADD, &err, "a", (int64_t)5), 1);
    assert_int_equal(db_exec(tx, &Q_THING_ADD, &err, "b", (int64_t)5), 0);
    assert_int_equal(db_exec(tx, &Q_THING_DELETE, &err, "a"), 1);
    int64_t sum = 0;
    assert_int_equal(
        db_insert(tx, &Q_THING_INSERT, &err, "c", &sum, (int64_t)0, (struct str){0}, NULL, NULL),
        2); /* never the key of a row that was deleted */
    assert_ok(db_commit(&tx, &err), &err);
    assert_int_equal(read_number(db, &Q_THING_COUNT, &err), 1);
}

static void test_rollback(void **state)
{
    (void)state;
    struct err err;
    int64_t amount = 1;
    _cleanup_(db_closep) struct db *db = open_things();
    for (int i = 0; i < 3; i++) {
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
        assert_true(db_insert(tx, &Q_THING_INSERT, &err, "a", &amount, (int64_t)0, (struct str){0},
                              NULL, NULL) > 0);
    }
    assert_int_equal(read_number(db, &Q_THING_COUNT, &err), 0);
    assert_ok(put_thing(db, "a", 1, &err), &err);
    assert_int_equal(read_number(db, &Q_THING_COUNT, &err), 1);
    struct db_tx *none = NULL;
    db_end(&none);
}

/* A broken constraint has a code of its own, and ends what can be done in the transaction. */
static void test_constraints(void **state)
{
    (void)state;
    struct err err;
    int64_t amount = 1;
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(put_thing(db, "taken", 1, &err), &err);
    for (int i = 0; i < 2; i++) {
        struct db_tx *tx = NULL;
        assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
        assert_int_equal(db_exec(tx, &Q_THING_ADD, &err, "taken", (int64_t)5), 1);
        if (i == 0)
            assert_fails(db_insert(tx, &Q_THING_INSERT, &err, "taken", &amount, (int64_t)0,
                                   (struct str){0}, NULL, NULL),
                         &err, ERR_EXISTS);
        else
            assert_fails(db_insert(tx, &Q_PART_INSERT, &err, (int64_t)99), &err, ERR_CONFLICT);
        assert_fails(db_exec(tx, &Q_THING_ADD, &err, "taken", (int64_t)5), &err, ERR_INTERNAL);
        assert_fails(db_commit(&tx, &err), &err, ERR_INTERNAL);
        assert_null(tx);
        assert_int_equal(read_number(db, &Q_THING_SUM, &err), 1);
    }
    struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_true(db_insert(tx, &Q_PART_INSERT, &err, (int64_t)1) > 0);
    assert_fails(db_exec(tx, &Q_THING_DELETE, &err, "taken"), &err, ERR_CONFLICT);
    db_end(&tx);
}

/* Mistakes of the program are errors, not crashes or silent nonsense. */
static void test_misuse(void **state)
{
    (void)state;
    static const struct query unknown_column = {.sql = "SELECT 1 AS other", .row = &count_row};
    static const struct query wrong_type = {.sql = "SELECT name AS count FROM thing",
                                            .row = &count_row};
    static const struct query bad_digest = {
        .sql = "SELECT id, data AS digest FROM thing WHERE id = 1", .row = &thing_row};
    static const struct query few_params = {
        .sql = "SELECT COUNT(*) AS count FROM thing WHERE amount = $1",
        .params = "ii",
        .row = &count_row};
    static const struct query no_such_table = {.sql = "SELECT id AS count FROM nothing",
                                               .row = &count_row};
    static const struct query odd_param = {
        .sql = "SELECT id AS count FROM thing WHERE id = $1", .params = "x", .row = &count_row};
    static const struct query *const cases[] = {&unknown_column, &wrong_type,    &bad_digest,
                                                &few_params,     &no_such_table, &odd_param};
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = open_things();
    struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_int_equal(
        db_insert(tx, &Q_THING_INSERT, &err, "a", NULL, (int64_t)0, STR("damaged"), NULL, NULL), 1);
    assert_ok(db_commit(&tx, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct thing row = {.id = 42};
        struct list list = {&row, 7};
        assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
        assert_fails(db_one(tx, cases[i], &arena, &row, &err, (int64_t)1, (int64_t)1), &err,
                     ERR_INTERNAL);
        assert_int_equal(row.id, 42);
        db_end(&tx);
        assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
        assert_fails(db_list(tx, cases[i], &arena, &list, &err, (int64_t)1, (int64_t)1), &err,
                     ERR_INTERNAL);
        assert_int_equal(list.count, 7);
        db_end(&tx);
    }
    assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
    assert_fails(db_exec(tx, &Q_THING_DELETE, &err, "a"), &err, ERR_INTERNAL);
    db_end(&tx);
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_fails(db_exec(tx, &Q_THING_DELETE, &err, (const char *)NULL), &err, ERR_INTERNAL);
    db_end(&tx);
    arena_done(&arena);
}

static void test_open_errors(void **state)
{
    (void)state;
    static const struct {
        struct db_config config;
        enum err_code code;
    } cases[] = {
        {{.uri = "oracle://host/db"}, ERR_UNSUPPORTED},
        {{.uri = "test.db"}, ERR_UNSUPPORTED},
        {{.uri = ""}, ERR_UNSUPPORTED},
        {{.uri = "sqlite://"}, ERR_INVALID},
        {{.uri = "sqlite://test.db", .readers = 100000}, ERR_INVALID},
        {{.uri = "sqlite://test.db", .wait_ms = 0xffffffff}, ERR_INVALID},
        {{.uri = "sqlite://no/such/folder/test.db"}, ERR_IO},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct db *db = NULL;
        assert_fails(db_open(&cases[i].config, &db, &err), &err, cases[i].code);
        assert_null(db);
    }
}

/* Queries at one address, as on the stack of a test, are told apart by their texts. */
static void test_same_address(void **state)
{
    (void)state;
    static const char *const texts[] = {"SELECT 1 AS count", "SELECT 2 AS count"};
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = open_things();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
    struct query query = {.row = &count_row};
    for (int i = 0; i < 10; i++) {
        struct count row;
        query.sql = texts[i % 2];
        assert_int_equal(db_one(tx, &query, &arena, &row, &err), 1);
        assert_int_equal(row.count, i % 2 + 1);
    }
    arena_done(&arena);
}

/* More statements than a connection keeps prepared. */
static void test_many_statements(void **state)
{
    (void)state;
    enum { MANY = 3 * DB_CACHE_SETS * DB_CACHE_WAYS };
    static struct query queries[MANY];
    static char texts[MANY][64];
    struct err err;
    struct arena arena = {0};
    _cleanup_(db_closep) struct db *db = open_things();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    for (int i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof texts[i], "SELECT %d AS count", i);
        queries[i] = (struct query){.sql = texts[i], .row = &count_row};
    }
    assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
    for (int round = 0; round < 2 * MANY; round++) {
        struct count row;
        int i = round * 7 % MANY;
        assert_int_equal(db_one(tx, &queries[i], &arena, &row, &err), 1);
        assert_int_equal(row.count, i);
    }
    arena_done(&arena);
}

/* A reader sees what was there when it began, and holds nobody up. In memory there is one version
 * only, so that a commit waits for readers. */
static void test_snapshot(void **state)
{
    (void)state;
    struct err err;
    struct arena arena = {0};
    struct count row;
    struct db_tx *tx = NULL;
    _cleanup_(db_closep) struct db *db = NULL;
    const struct db_config config = {.uri = test_uri, .wait_ms = 50};
    bool in_memory = strstr(test_uri, ":memory:") != NULL;
    assert_ok(db_open(&config, &db, &err), &err);
    make_things(db);
    assert_ok(put_thing(db, "a", 1, &err), &err);
    assert_ok(db_begin(db, DB_READ, &tx, &err), &err);
    assert_int_equal(db_one(tx, &Q_THING_COUNT, &arena, &row, &err), 1);
    if (in_memory)
        assert_fails(put_thing(db, "b", 1, &err), &err, ERR_BUSY);
    else
        assert_ok(put_thing(db, "b", 1, &err), &err);
    assert_int_equal(db_one(tx, &Q_THING_COUNT, &arena, &row, &err), 1);
    assert_int_equal(row.count, 1);
    db_end(&tx);
    assert_int_equal(read_number(db, &Q_THING_COUNT, &err), in_memory ? 1 : 2);
    arena_done(&arena);
}

static void test_version(void **state)
{
    (void)state;
    struct err err;
    uint64_t first[2], again, changed[2], value = 42;
    _cleanup_(db_closep) struct db *db = open_things();
    for (unsigned slot = 0; slot < 2; slot++)
        assert_ok(db_version(db, slot, &first[slot], &err), &err);
    assert_int_equal(read_number(db, &Q_THING_COUNT, &err), 0);
    struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_int_equal(db_exec(tx, &Q_THING_DELETE, &err, "absent"), 0);
    db_end(&tx);
    assert_ok(db_version(db, 0, &again, &err), &err);
    assert_int_equal(again, first[0]);
    for (int round = 0; round < 3; round++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", round);
        assert_ok(put_thing(db, name, 1, &err), &err);
        for (unsigned slot = 0; slot < 2; slot++) {
            assert_ok(db_version(db, slot, &changed[slot], &err), &err);
            assert_int_not_equal(changed[slot], first[slot]);
            first[slot] = changed[slot];
        }
    }
    assert_fails(db_version(db, DB_VERSION_SLOTS, &value, &err), &err, ERR_INTERNAL);
    assert_int_equal(value, 42);
}

static void test_check(void **state)
{
    (void)state;
    static const struct query scan = {
        .sql = THING_COLUMNS " t WHERE t.note = $1", .params = "t", .row = &thing_row};
    static const struct query scan_inside = {
        .sql = "DELETE FROM part WHERE thing_id IN (SELECT id FROM thing WHERE note = $1)",
        .params = "t"};
    static const struct query constant = {.sql = "SELECT 1 AS count", .row = &count_row};
    static const struct query exists = {
        .sql = "SELECT EXISTS (SELECT 1 FROM thing WHERE name = $1) AS count",
        .params = "t",
        .row = &count_row};
    static const struct query broken = {.sql = "SELECT FROM"};
    static const struct {
        const struct query *query;
        bool scans;
    } cases[] = {
        {&Q_THING_FIND, false}, {&Q_THING_ADD, false}, {&Q_THING_INSERT, false},
        {&constant, false},     {&exists, false},      {&Q_THING_COUNT, true},
        {&scan, true},          {&scan_inside, true},
    };
    struct err err;
    struct arena arena = {0};
    const char *found;
    _cleanup_(db_closep) struct db *db = open_things();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        found = "untouched";
        assert_ok(db_check(db, cases[i].query, &arena, &found, &err), &err);
        if ((found != NULL) != cases[i].scans)
            fail_msg("%s: %s", cases[i].query->sql, found ? found : "no scan");
    }
    found = "untouched";
    assert_fails(db_check(db, &broken, &arena, &found, &err), &err, ERR_INTERNAL);
    assert_string_equal(found, "untouched");
    arena_done(&arena);
}

static void test_health(void **state)
{
    (void)state;
    struct err err;
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(db_ping(db, &err), &err);
    assert_string_equal(db_engine(db), dialect_name(db_dialect(db)));
    assert_int_equal(db_size(db) > 0, strstr(test_uri, ":memory:") == NULL);
}

enum { READERS = 4, WRITERS = 3, TRANSFERS = 100 };

struct bank {
    struct db *db;
    int number;
    atomic_bool *stop;
    const char *wrong;
    struct err err;
};

static int transfer(struct db *db, const char *from, const char *to, int64_t amount,
                    struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 ||
        db_exec(tx, &Q_THING_ADD, err, from, -amount) < 0 ||
        db_exec(tx, &Q_THING_ADD, err, to, amount) < 0)
        return -1;
    return db_commit(&tx, err);
}

static void *write_some(void *context)
{
    struct bank *bank = context;
    for (int i = 0; i < TRANSFERS; i++) {
        bool there = (i + bank->number) % 2 == 0;
        if (transfer(bank->db, there ? "a" : "b", there ? "b" : "a", i, &bank->err) != 0)
            bank->wrong = "a transfer failed";
    }
    return NULL;
}

/* Whatever is in flight, a reader sees the same total. */
static void *read_all(void *context)
{
    struct bank *bank = context;
    uint64_t version;
    do {
        if (read_number(bank->db, &Q_THING_SUM, &bank->err) != 1000)
            bank->wrong = "a reader saw half a transfer";
        else if (db_version(bank->db, (unsigned)bank->number, &version, &bank->err) != 0)
            bank->wrong = "no version";
    } while (!bank->wrong && !atomic_load(bank->stop));
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct err err;
    atomic_bool stop = false;
    pthread_t threads[READERS + WRITERS];
    struct bank banks[READERS + WRITERS];
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(put_thing(db, "a", 1000, &err), &err);
    assert_ok(put_thing(db, "b", 0, &err), &err);
    for (int i = 0; i < READERS + WRITERS; i++) {
        banks[i] = (struct bank){.db = db, .number = i, .stop = &stop};
        pthread_create(&threads[i], NULL, i < READERS ? read_all : write_some, &banks[i]);
    }
    for (int i = READERS + WRITERS; i-- > 0;) { /* the writers first */
        if (i == READERS - 1)
            atomic_store(&stop, true);
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < READERS + WRITERS; i++) {
        if (banks[i].wrong)
            fail_msg("%s: %s (%s)", banks[i].wrong, banks[i].err.msg, banks[i].err.detail);
    }
    assert_int_equal(read_number(db, &Q_THING_SUM, &err), 1000);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        test_uri = argv[1];
    const struct CMUnitTest tests[] = {
        TEMPORARY(test_types),           TEMPORARY(test_find_none),    TEMPORARY(test_list),
        TEMPORARY(test_list_whole),      TEMPORARY(test_changes),      TEMPORARY(test_rollback),
        TEMPORARY(test_constraints),     TEMPORARY(test_misuse),       TEMPORARY(test_open_errors),
        TEMPORARY(test_many_statements), TEMPORARY(test_same_address), TEMPORARY(test_snapshot),
        TEMPORARY(test_version),         TEMPORARY(test_check),        TEMPORARY(test_health),
        TEMPORARY(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
