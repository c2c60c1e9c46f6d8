/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of auth share: a database in memory and an auth on it, with cheap passwords and a
 * fixed signing key, as making either for real takes long. */
#pragma once

#include "unit.h"

#include "auth/auth_state.h"
#include "domain/account.h"
#include "domain/service_key.h"
#include "store/db/db_driver.h"
#include "store/db/migrate.h"

#include "../codec/test_keys.h"

#define HOST "reg.example:5000"

static const int64_t NOW = 1800000000000;

struct fixture {
    struct db *db;
    struct auth *auth;
    struct arena arena;
    struct err err;
};

static inline struct auth_config fixture_config(void)
{
    return (struct auth_config){.hostname = HOST,
                                .anonymous_access = true,
                                .bcrypt_cost = 4,
                                .bcrypt_running = 2,
                                .bcrypt_waiting = 1};
}

static inline int fixture_open(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    *state = &f;
    struct db_config db = {.uri = "sqlite://:memory:"};
    struct auth_config config = fixture_config();
    return db_open(&db, &f.db, &f.err) != 0 || migrate_up(f.db, &f.err) < 0 ||
           auth_new(&config, f.db, &f.auth, &f.err) != 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    auth_free(f->auth);
    db_close(f->db);
    arena_done(&f->arena);
    return 0;
}

/* A user whose password is "password". */
static inline struct account fixture_user(struct fixture *f, const char *name, const char *email)
{
    struct db_tx *tx = NULL;
    struct account made = {0};
    char hash[PASSWORD_HASH_SIZE];
    assert_ok(auth_hash_password(f->auth, STR("password"), hash, &f->err), &f->err);
    struct account_new in = {.name = name, .email = email, .password_hash = hash};
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(account_create_user(tx, &f->arena, &in, NOW, &made, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    return made;
}

static inline struct account fixture_account(struct fixture *f, int64_t id)
{
    struct db_tx *tx = NULL;
    struct account account = {0};
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_int_equal(account_find_by_id(tx, &f->arena, id, &account, &f->err), 1);
    db_end(&tx);
    return account;
}

static inline void fixture_set_enabled(struct fixture *f, int64_t id, bool enabled)
{
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(account_set_enabled(tx, id, enabled, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

/* Store the test key as one that signs, made at NOW. */
static inline void fixture_add_key(struct fixture *f, const char *service, int64_t expires_ms,
                                   bool approved)
{
    struct jwt_key *key = NULL;
    struct db_tx *tx = NULL;
    char *public_jwk;
    assert_ok(jwt_key_load(str_of(test_key), &key, &f->err), &f->err);
    assert_ok(jwt_key_format(key, &f->arena, false, &public_jwk, &f->err), &f->err);
    struct service_key row = {.service = service,
                              .kid = jwt_key_id(key),
                              .name = "test",
                              .public_jwk = public_jwk,
                              .private_jwk = test_key,
                              .created_ms = NOW,
                              .expires_ms = expires_ms,
                              .approved = approved};
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(service_key_create(tx, &row, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    jwt_key_free(key);
}

/* Run one statement of the test's own. */
static inline void fixture_sql(struct fixture *f, const char *sql)
{
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(db_script(tx, sql, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

#define WITH_AUTH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
