/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/service_key.h"

#include "domain/service_key_sql.h"
#include "store/db/migrate.h"
#include "unit.h"

struct fixture {
    struct db *db;
    struct db_tx *tx;
    struct arena arena;
    struct err err;
};

/* At time 1000: by what lists and by what signs. */
static const struct service_key rows[] = {
    {.service = "quay", .kid = "old", .private_jwk = "p1", .created_ms = 1, .approved = true},
    {.service = "quay",
     .kid = "new",
     .private_jwk = "p2",
     .created_ms = 5,
     .expires_ms = 1001,
     .approved = true},
    {.service = "quay",
     .kid = "expired",
     .private_jwk = "p3",
     .created_ms = 9,
     .expires_ms = 1000,
     .approved = true},
    {.service = "quay", .kid = "pending", .private_jwk = "p4", .created_ms = 9},
    {.service = "quay", .kid = "public", .created_ms = 9, .approved = true},
    {.service = "clair", .kid = "clair", .private_jwk = "p5", .created_ms = 9, .approved = true},
};

static int open_fixture(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    struct db_config config = {.uri = "sqlite://:memory:"};
    *state = &f;
    if (db_open(&config, &f.db, &f.err) != 0 || migrate_up(f.db, &f.err) < 0 ||
        db_begin(f.db, DB_WRITE, &f.tx, &f.err) != 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct service_key row = rows[i];
        row.name = "name";
        row.public_jwk = "{}";
        if (service_key_create(f.tx, &row, &f.err) != 0)
            return -1;
    }
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    db_end(&f->tx);
    db_close(f->db);
    arena_done(&f->arena);
    return 0;
}

static void test_statements(void **state)
{
    struct fixture *f = *state;
    db_end(&f->tx);
    for (size_t i = 0; service_key_queries[i]; i++) {
        const char *scan;
        assert_ok(db_check(f->db, service_key_queries[i], &f->arena, &scan, &f->err), &f->err);
        if (scan && !service_key_queries[i]->scan_ok)
            fail_msg("scans %s: %s", scan, service_key_queries[i]->sql);
    }
}

static void test_find_and_check(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *kid;
        int found;
        enum err_code verdict;
    } cases[] = {
        {"old", 1, ERR_NONE},       {"new", 1, ERR_NONE},
        {"expired", 1, ERR_DENIED}, {"pending", 1, ERR_CONFLICT},
        {"clair", 1, ERR_NONE},     {"unknown", 0, ERR_NONE},
        {"", 0, ERR_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct service_key key = {0};
        int found = service_key_find(f->tx, &f->arena, cases[i].kid, &key, &f->err);
        assert_int_equal(found, cases[i].found);
        if (!found)
            continue;
        assert_string_equal(key.kid, cases[i].kid);
        assert_string_equal(key.public_jwk, "{}");
        assert_null(key.private_jwk);
        if (cases[i].verdict == ERR_NONE)
            assert_ok(service_key_check(&key, 1000, &f->err), &f->err);
        else
            assert_fails(service_key_check(&key, 1000, &f->err), &f->err, cases[i].verdict);
    }
}

static void test_list(void **state)
{
    struct fixture *f = *state;
    struct list list;
    assert_ok(service_key_list(f->tx, &f->arena, "quay", 1000, &list, &f->err), &f->err);
    const struct service_key *keys = list.items;
    assert_int_equal(list.count, 3);
    assert_string_equal(keys[0].kid, "new");
    assert_string_equal(keys[1].kid, "old");
    assert_string_equal(keys[2].kid, "public");
    for (size_t i = 0; i < list.count; i++)
        assert_null(keys[i].private_jwk);
    assert_ok(service_key_list(f->tx, &f->arena, "nothing", 1000, &list, &f->err), &f->err);
    assert_int_equal(list.count, 0);
}

static void test_signing(void **state)
{
    struct fixture *f = *state;
    struct service_key key = {0};
    assert_int_equal(service_key_find_signing(f->tx, &f->arena, "quay", 1000, &key, &f->err), 1);
    assert_string_equal(key.kid, "new");
    assert_string_equal(key.private_jwk, "p2");
    assert_int_equal(key.expires_ms, 1001);
    assert_int_equal(service_key_find_signing(f->tx, &f->arena, "quay", 1001, &key, &f->err), 1);
    assert_string_equal(key.kid, "old");
    assert_int_equal(key.expires_ms, 0);
    assert_int_equal(service_key_find_signing(f->tx, &f->arena, "none", 1, &key, &f->err), 0);
}

static void test_create_and_prune(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(service_key_prune(f->tx, 1000, &f->err), 0);
    assert_int_equal(service_key_prune(f->tx, 1001, &f->err), 1);
    struct service_key key;
    assert_int_equal(service_key_find(f->tx, &f->arena, "expired", &key, &f->err), 0);
    assert_int_equal(service_key_find(f->tx, &f->arena, "old", &key, &f->err), 1);
    struct service_key again = rows[0];
    again.name = again.public_jwk = "x";
    assert_fails(service_key_create(f->tx, &again, &f->err), &f->err, ERR_EXISTS);
}

#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(test_statements),
        WITH_DATABASE(test_find_and_check),
        WITH_DATABASE(test_list),
        WITH_DATABASE(test_signing),
        WITH_DATABASE(test_create_and_prune),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
