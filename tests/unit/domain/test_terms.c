/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/terms.h"

#include "domain/account.h"
#include "store/db/migrate.h"
#include "unit.h"

enum { NOW = 1000 };

struct fixture {
    struct db *db;
    struct db_tx *tx;
    struct arena arena;
    struct err err;
    int64_t sharer, other;      /* organizations */
    int64_t alice, bob;         /* users; bob administers the other organization */
    int64_t of_alice, of_other; /* robots */
    int64_t of_sharer,
        of_nobody; /* robots: of the organization itself; of carol, who accepts not */
};

/* Rows of tables whose modules are not under test. */
static const struct query insert_robot = {
    .sql = "INSERT INTO account (uuid, kind, name, created_ms) VALUES ($1, 3, $1, 1)",
    .params = "t",
};
static const struct query insert_owner = {
    .sql = "INSERT INTO robot (account_id, owner_id, description, metadata, token_hash,"
           " token_sealed) VALUES ($1, $2, '', '{}', 'x', 'x')",
    .params = "ii",
};
static const struct query insert_team = {
    .sql = "INSERT INTO team (organization_id, name, role, description) VALUES ($1, $2, $3, '')",
    .params = "iti",
};
static const struct query insert_member = {
    .sql = "INSERT INTO team_member (team_id, account_id) VALUES ($1, $2)",
    .params = "ii",
};

static int64_t user(struct fixture *f, const char *name)
{
    struct account made;
    struct account_new in = {.name = name};
    assert_ok(account_create_user(f->tx, &f->arena, &in, NOW, &made, &f->err), &f->err);
    return made.id;
}

static int64_t organization(struct fixture *f, const char *name)
{
    struct account made;
    struct account_new in = {.name = name};
    assert_ok(account_create_organization(f->tx, &f->arena, &in, NOW, &made, &f->err), &f->err);
    return made.id;
}

static int64_t robot(struct fixture *f, const char *name, int64_t owner)
{
    int64_t id = db_insert(f->tx, &insert_robot, &f->err, name);
    assert_true(id > 0);
    assert_true(db_exec(f->tx, &insert_owner, &f->err, id, owner) == 1);
    return id;
}

static void join(struct fixture *f, int64_t organization_id, const char *team, int64_t role,
                 int64_t account)
{
    int64_t id = db_insert(f->tx, &insert_team, &f->err, organization_id, team, role);
    assert_true(id > 0);
    assert_true(db_exec(f->tx, &insert_member, &f->err, id, account) == 1);
}

static int open_fixture(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    struct db_config config = {.uri = "sqlite://:memory:"};
    *state = &f;
    if (db_open(&config, &f.db, &f.err) != 0 || migrate_up(f.db, &f.err) < 0 ||
        db_begin(f.db, DB_WRITE, &f.tx, &f.err) != 0)
        return -1;
    f.sharer = organization(&f, "sharer");
    f.other = organization(&f, "other");
    f.alice = user(&f, "alice");
    f.bob = user(&f, "bob");
    join(&f, f.other, "owners", 3, f.bob);
    join(&f, f.other, "members", 1, f.alice);
    f.of_alice = robot(&f, "alice+ci", f.alice);
    f.of_other = robot(&f, "other+ci", f.other);
    f.of_sharer = robot(&f, "sharer+ci", f.sharer);
    f.of_nobody = robot(&f, "carol+ci", user(&f, "carol"));
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

static int64_t publish(struct fixture *f)
{
    int64_t version = 0;
    assert_ok(terms_publish(f->tx, f->sharer, "Terms.", NOW, &version, &f->err), &f->err);
    return version;
}

static bool accepted(struct fixture *f, int64_t account)
{
    bool is = false;
    assert_ok(terms_are_accepted(f->tx, f->sharer, account, &is, &f->err), &f->err);
    return is;
}

static void test_for_whom(void **state)
{
    struct fixture *f = *state;
    publish(f);
    assert_false(accepted(f, f->alice));
    assert_false(accepted(f, f->of_alice));
    assert_true(accepted(f, f->of_sharer)); /* nobody asks its own robots */
    assert_int_equal(terms_accept(f->tx, f->sharer, f->alice, 1, "192.0.2.1", NOW, &f->err), 1);
    assert_true(accepted(f, f->alice));
    assert_true(accepted(f, f->of_alice));
    assert_false(accepted(f, f->of_other)); /* alice is a member there, and no administrator */
    assert_false(accepted(f, f->bob));
    assert_int_equal(terms_accept(f->tx, f->sharer, f->bob, 1, NULL, NOW, &f->err), 1);
    assert_true(accepted(f, f->of_other));
    assert_false(accepted(f, f->of_nobody));
    assert_false(accepted(f, f->other));
}

static void test_versions(void **state)
{
    struct fixture *f = *state;
    struct terms terms = {0};
    struct list all = {0};
    assert_int_equal(terms_find(f->tx, &f->arena, f->sharer, 0, &terms, &f->err), 0);
    assert_int_equal(publish(f), 1);
    assert_int_equal(terms_accept(f->tx, f->sharer, f->alice, 1, NULL, NOW, &f->err), 1);
    assert_int_equal(terms_accept(f->tx, f->sharer, f->alice, 1, NULL, NOW, &f->err), 0);
    assert_int_equal(publish(f), 2);
    assert_false(accepted(f, f->alice));
    assert_fails(terms_accept(f->tx, f->sharer, f->alice, 1, NULL, NOW, &f->err), &f->err,
                 ERR_CONFLICT);
    assert_fails(terms_accept(f->tx, f->other, f->alice, 1, NULL, NOW, &f->err), &f->err,
                 ERR_NOT_FOUND);
    assert_int_equal(terms_find(f->tx, &f->arena, f->sharer, 1, &terms, &f->err), 1);
    assert_int_equal(terms.version, 1);
    assert_int_equal(terms_find(f->tx, &f->arena, f->sharer, 0, &terms, &f->err), 1);
    assert_int_equal(terms.version, 2);
    assert_ok(terms_list(f->tx, &f->arena, f->sharer, 2, 10, &all, &f->err), &f->err);
    assert_int_equal(all.count, 1);
    assert_int_equal(((struct terms *)all.items)->version, 1);
}

static void test_revoke(void **state)
{
    struct fixture *f = *state;
    int64_t version = -1;
    publish(f);
    assert_int_equal(terms_revoke(f->tx, f->sharer, f->alice, NOW, &f->err), 0);
    assert_int_equal(terms_accept(f->tx, f->sharer, f->alice, 1, NULL, NOW, &f->err), 1);
    assert_int_equal(terms_revoke(f->tx, f->sharer, f->alice, NOW, &f->err), 1);
    assert_int_equal(terms_revoke(f->tx, f->sharer, f->alice, NOW, &f->err), 0);
    assert_false(accepted(f, f->alice));
    assert_ok(terms_accepted_version(f->tx, f->sharer, f->alice, &version, &f->err), &f->err);
    assert_int_equal(version, 0);
}

static void test_policy(void **state)
{
    struct fixture *f = *state;
    struct account found = {0};
    assert_fails(terms_set_policy(f->tx, f->sharer, PULL_TERMS, &f->err), &f->err, ERR_CONFLICT);
    assert_ok(terms_set_policy(f->tx, f->sharer, PULL_ACCOUNTS, &f->err), &f->err);
    publish(f);
    assert_ok(terms_set_policy(f->tx, f->sharer, PULL_TERMS, &f->err), &f->err);
    assert_int_equal(account_find_by_id(f->tx, &f->arena, f->sharer, &found, &f->err), 1);
    assert_int_equal(found.pull_policy, PULL_TERMS);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_for_whom),
        WITH_FIXTURE(test_versions),
        WITH_FIXTURE(test_revoke),
        WITH_FIXTURE(test_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
