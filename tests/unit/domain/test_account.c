/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/account.h"

#include <stdio.h>

#include "domain/account_sql.h"
#include "store/db/migrate.h"
#include "unit.h"

struct fixture {
    struct db *db;
    struct db_tx *tx;
    struct arena arena;
    struct err err;
};

static int open_fixture(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    struct db_config config = {.uri = "sqlite://:memory:"};
    *state = &f;
    return db_open(&config, &f.db, &f.err) != 0 || migrate_up(f.db, &f.err) < 0 ||
           db_begin(f.db, DB_WRITE, &f.tx, &f.err) != 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    db_end(&f->tx);
    db_close(f->db);
    arena_done(&f->arena);
    return 0;
}

static struct account make(struct fixture *f, const char *name, const char *email)
{
    struct account made = {0};
    struct account_new in = {.name = name, .email = email, .password_hash = "hash"};
    assert_ok(account_create_user(f->tx, &f->arena, &in, 1000, &made, &f->err), &f->err);
    return made;
}

static struct account get(struct fixture *f, int64_t id)
{
    struct account account = {0};
    assert_int_equal(account_find_by_id(f->tx, &f->arena, id, &account, &f->err), 1);
    return account;
}

#define TEXT_85                                                                                    \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEXT_255 TEXT_85 TEXT_85 TEXT_85

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool ok;
    } cases[] = {
        {"ab", true},          {"a1", true},    {"1a", true},
        {"a.b-c_d", true},     {"a__b", true},  {"a--b", true},
        {TEXT_255, true},      {"", false},     {"a", false},
        {"Ab", false},         {".ab", false},  {"-ab", false},
        {"_ab", false},        {"ab.", false},  {"a..b", false},
        {"a b", false},        {"a/b", false},  {"a+b", false},
        {"a@b", false},        {"$app", false}, {"\xc3\xa9t\xc3\xa9", false},
        {TEXT_255 "a", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        if (cases[i].ok)
            assert_ok(account_check_name(str_of(cases[i].name), &err), &err);
        else
            assert_fails(account_check_name(str_of(cases[i].name), &err), &err, ERR_INVALID);
    }
    assert_int_equal(account_check_name(STR("a\0b"), NULL), -1);
}

static void test_emails(void **state)
{
    (void)state;
    static const struct {
        const char *email;
        bool ok;
    } cases[] = {
        {"a@b.c", true},
        {"Alice+x@example.org", true},
        {"a.b@c.d.e", true},
        {"", false},
        {"a", false},
        {"a@b", false},
        {"@b.c", false},
        {"a@.c", false},
        {"a@b.", false},
        {"a@@b.c", false},
        {"a@b@c.d", false},
        {"a b@c.d", false},
        {"a.b@c", false},
        {"a@b.c\n", false},
        {"\xff@b.c", false},
        {"\xc3\xa9@b.c", true},
        {TEXT_255 "@b.c", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        if (cases[i].ok)
            assert_ok(account_check_email(str_of(cases[i].email), &err), &err);
        else
            assert_fails(account_check_email(str_of(cases[i].email), &err), &err, ERR_INVALID);
    }
}

static void test_passwords(void **state)
{
    (void)state;
    static const struct {
        const char *password;
        bool ok;
    } cases[] = {
        {"12345678", true},
        {"1234567", false},
        {"", false},
        {"1234 5678", false},
        {"12345678\t", false},
        {"12345678\n", false},
        {"12345678\x7f", false},
        {"12345678\xff", false},
        {"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", false}, /* 8 bytes, 4 characters */
        {"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", true},
        {"123456789012345678901234567890123456789012345678901234567890123456789012", true},
        {"1234567890123456789012345678901234567890123456789012345678901234567890123", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        struct str password = str_of(cases[i].password);
        if (cases[i].ok)
            assert_ok(account_check_password(password, &err), &err);
        else
            assert_fails(account_check_password(password, &err), &err, ERR_INVALID);
    }
    assert_int_equal(account_check_password(STR("12345678\0"), NULL), -1);
}

/* Keep what was done so far: a statement that fails takes its whole transaction with it. */
static void save(struct fixture *f)
{
    assert_ok(db_commit(&f->tx, &f->err), &f->err);
    assert_ok(db_begin(f->db, DB_WRITE, &f->tx, &f->err), &f->err);
}

static void begin_again(struct fixture *f)
{
    db_end(&f->tx);
    assert_ok(db_begin(f->db, DB_WRITE, &f->tx, &f->err), &f->err);
}

/* Each statement prepares, and none reads a whole table unless it says so. */
static void test_statements(void **state)
{
    struct fixture *f = *state;
    db_end(&f->tx);
    for (size_t i = 0; account_queries[i]; i++) {
        const char *scan;
        assert_ok(db_check(f->db, account_queries[i], &f->arena, &scan, &f->err), &f->err);
        if (scan && !account_queries[i]->scan_ok)
            fail_msg("scans %s: %s", scan, account_queries[i]->sql);
    }
}

static void test_create_and_find(void **state)
{
    struct fixture *f = *state;
    struct account made = make(f, "alice", "Alice@Example.org");
    struct account found[4] = {0};
    assert_int_equal(account_find_by_name(f->tx, &f->arena, "alice", &found[0], &f->err), 1);
    assert_int_equal(
        account_find_by_email(f->tx, &f->arena, "aLICE@example.ORG", &found[1], &f->err), 1);
    assert_int_equal(account_find_by_id(f->tx, &f->arena, made.id, &found[2], &f->err), 1);
    assert_int_equal(account_find_by_uuid(f->tx, &f->arena, made.uuid, &found[3], &f->err), 1);
    for (size_t i = 0; i < ARRAY_LEN(found); i++) {
        assert_int_equal(found[i].id, made.id);
        assert_string_equal(found[i].uuid, made.uuid);
        assert_int_equal(found[i].kind, ACCOUNT_USER);
        assert_string_equal(found[i].name, "alice");
        assert_string_equal(found[i].email, "alice@example.org");
        assert_string_equal(found[i].password_hash, "hash");
        assert_true(found[i].enabled);
        assert_false(found[i].superuser);
        assert_int_equal(found[i].created_ms, 1000);
        assert_int_equal(found[i].failed_logins, 0);
    }
    struct account none;
    assert_int_equal(account_find_by_name(f->tx, &f->arena, "Alice", &none, &f->err), 0);
    assert_int_equal(account_find_by_name(f->tx, &f->arena, TEXT_255 "a", &none, &f->err), 0);
    assert_int_equal(account_find_by_email(f->tx, &f->arena, TEXT_255 "@b.c", &none, &f->err), 0);
    assert_int_equal(account_find_by_id(f->tx, &f->arena, made.id + 1, &none, &f->err), 0);
    assert_int_equal(account_find_by_uuid(f->tx, &f->arena, "", &none, &f->err), 0);
}

static void test_create_refuses(void **state)
{
    struct fixture *f = *state;
    make(f, "alice", "alice@example.org");
    save(f);
    static const struct {
        const char *name, *email;
        enum err_code code;
    } cases[] = {
        {"alice", NULL, ERR_EXISTS},
        {"bobby", "ALICE@example.org", ERR_EXISTS},
        {"Bobby", NULL, ERR_INVALID},
        {"bobby", "nowhere", ERR_INVALID},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct account out = {.id = 77};
        struct account_new in = {.name = cases[i].name, .email = cases[i].email};
        assert_fails(account_create_user(f->tx, &f->arena, &in, 1, &out, &f->err), &f->err,
                     cases[i].code);
        begin_again(f);
        assert_fails(account_create_organization(f->tx, &f->arena, &in, 1, &out, &f->err), &f->err,
                     cases[i].code);
        begin_again(f);
        assert_int_equal(out.id, 77);
    }
    make(f, "no-mail-1", NULL); /* the absence of an address is not unique */
    make(f, "no-mail-2", NULL);
}

static void test_organization(void **state)
{
    struct fixture *f = *state;
    struct account_new in = {.name = "acme", .password_hash = "hash", .superuser = true};
    struct account made;
    assert_ok(account_create_organization(f->tx, &f->arena, &in, 1, &made, &f->err), &f->err);
    struct account found = get(f, made.id);
    assert_int_equal(found.kind, ACCOUNT_ORGANIZATION);
    assert_null(found.password_hash);
    assert_null(found.email);
    assert_false(found.superuser);
}

static void test_changes(void **state)
{
    struct fixture *f = *state;
    struct account alice = make(f, "alice", "alice@example.org"), bob = make(f, "bob", NULL);
    assert_ok(account_login_failed(f->tx, alice.id, 2000, &f->err), &f->err);
    assert_ok(account_login_failed(f->tx, alice.id, 3000, &f->err), &f->err);
    struct account now = get(f, alice.id);
    assert_int_equal(now.failed_logins, 2);
    assert_int_equal(now.failed_ms, 3000);
    assert_ok(account_login_cleared(f->tx, alice.id, &f->err), &f->err);
    assert_int_equal(get(f, alice.id).failed_logins, 0);

    assert_ok(account_login_failed(f->tx, alice.id, 4000, &f->err), &f->err);
    assert_ok(account_set_password(f->tx, alice.id, "other", &f->err), &f->err);
    now = get(f, alice.id);
    assert_string_equal(now.password_hash, "other");
    assert_int_equal(now.failed_logins, 0);
    assert_ok(account_set_password(f->tx, alice.id, NULL, &f->err), &f->err);
    assert_null(get(f, alice.id).password_hash);

    assert_ok(account_set_enabled(f->tx, alice.id, false, &f->err), &f->err);
    assert_false(get(f, alice.id).enabled);
    assert_ok(account_set_superuser(f->tx, alice.id, true, &f->err), &f->err);
    assert_true(get(f, alice.id).superuser);
    assert_ok(account_set_email(f->tx, &f->arena, alice.id, "A@b.c", &f->err), &f->err);
    assert_string_equal(get(f, alice.id).email, "a@b.c");
    save(f);
    assert_fails(account_set_email(f->tx, &f->arena, bob.id, "a@B.c", &f->err), &f->err,
                 ERR_EXISTS);
    begin_again(f);
    assert_fails(account_set_email(f->tx, &f->arena, bob.id, "b", &f->err), &f->err, ERR_INVALID);
    assert_ok(account_set_email(f->tx, &f->arena, alice.id, NULL, &f->err), &f->err);
    assert_null(get(f, alice.id).email);

    now = get(f, bob.id); /* none of this touched the other one */
    assert_true(now.enabled && !now.superuser && now.failed_logins == 0);
    assert_string_equal(now.password_hash, "hash");
    assert_fails(account_set_enabled(f->tx, 9999, true, &f->err), &f->err, ERR_NOT_FOUND);
    assert_fails(account_login_failed(f->tx, 9999, 1, &f->err), &f->err, ERR_NOT_FOUND);
}

/* All names of a kind, page by page of two. */
static void read_pages(struct fixture *f, int64_t kind, bool disabled_too, char *out, size_t size)
{
    struct account_page page = {.kind = kind, .disabled_too = disabled_too, .limit = 2};
    struct list list;
    out[0] = '\0';
    do {
        assert_ok(account_list(f->tx, &f->arena, &page, &list, &f->err), &f->err);
        assert_true(list.count <= 2);
        const struct account *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            size_t used = strlen(out);
            snprintf(out + used, size - used, "%s ", rows[i].name);
            page.after = rows[i].name;
        }
    } while (list.count == 2);
}

static void test_list_and_count(void **state)
{
    struct fixture *f = *state;
    char names[100];
    bool any = true;
    assert_ok(account_any_user(f->tx, &any, &f->err), &f->err);
    assert_false(any);
    struct account_new org = {.name = "acme"};
    struct account made;
    assert_ok(account_create_organization(f->tx, &f->arena, &org, 1, &made, &f->err), &f->err);
    assert_ok(account_any_user(f->tx, &any, &f->err), &f->err);
    assert_false(any);
    static const char *const users[] = {"dora", "bob", "eve", "carl", "alice"};
    for (size_t i = 0; i < ARRAY_LEN(users); i++)
        made = make(f, users[i], NULL);
    assert_ok(account_any_user(f->tx, &any, &f->err), &f->err);
    assert_true(any);
    assert_ok(account_set_enabled(f->tx, made.id, false, &f->err), &f->err);
    read_pages(f, ACCOUNT_USER, false, names, sizeof names);
    assert_string_equal(names, "bob carl dora eve ");
    read_pages(f, ACCOUNT_USER, true, names, sizeof names);
    assert_string_equal(names, "alice bob carl dora eve ");
    read_pages(f, ACCOUNT_ORGANIZATION, true, names, sizeof names);
    assert_string_equal(names, "acme ");
    int64_t count = 0;
    assert_ok(account_count(f->tx, ACCOUNT_USER, &count, &f->err), &f->err);
    assert_int_equal(count, 5);

    static const struct {
        int64_t limit;
        size_t want;
    } limits[] = {{0, 1}, {-1, 1}, {3, 3}, {INT64_MAX, 5}};
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        struct account_page page = {ACCOUNT_USER, true, NULL, limits[i].limit};
        struct list list;
        assert_ok(account_list(f->tx, &f->arena, &page, &list, &f->err), &f->err);
        assert_int_equal(list.count, limits[i].want);
    }
}

#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),        cmocka_unit_test(test_emails),
        cmocka_unit_test(test_passwords),    WITH_DATABASE(test_statements),
        WITH_DATABASE(test_create_and_find), WITH_DATABASE(test_create_refuses),
        WITH_DATABASE(test_organization),    WITH_DATABASE(test_changes),
        WITH_DATABASE(test_list_and_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
