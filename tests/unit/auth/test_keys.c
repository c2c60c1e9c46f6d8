/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/keys.h"

#include "base/clock.h"
#include "fixture.h"

static const int64_t REFRESH = 55 * 60000, EXPIRATION = 120 * 60000, FORGET = 7 * 86400000;

static struct keys *new_keys(struct fixture *f)
{
    struct keys_config config = {"quay", EXPIRATION, REFRESH, FORGET};
    return keys_new(&config, f->db);
}

static void renew(struct fixture *f, struct keys *keys, int64_t now_ms)
{
    int64_t next = 0;
    assert_ok(keys_renew(keys, now_ms, &next, &f->err), &f->err);
    assert_true(next > now_ms && next <= now_ms + KEYS_REMEMBER_MS);
}

/* The id of the key that signs now, in the arena. */
static const char *signing(struct fixture *f, struct keys *keys, int64_t now_ms)
{
    struct keys_entry *entry;
    assert_ok(keys_signing(keys, now_ms, 0, &entry, &f->err), &f->err);
    const char *kid = arena_strdup(&f->arena, jwt_key_id(entry->key));
    cached_unref(&entry->cached);
    return kid;
}

static size_t count_keys(struct fixture *f)
{
    struct db_tx *tx = NULL;
    struct list list;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(service_key_list(tx, &f->arena, "quay", 0, &list, &f->err), &f->err);
    db_end(&tx);
    return list.count;
}

static int verifying(struct fixture *f, struct keys *keys, const char *kid, int64_t now_ms)
{
    struct keys_entry *entry = NULL;
    f->err = (struct err){0};
    int result = keys_verifying(keys, kid, now_ms, &entry, &f->err);
    if (result == 0) {
        assert_string_equal(jwt_key_id(entry->key), kid);
        cached_unref(&entry->cached);
    }
    return result;
}

static void test_first_start(void **state)
{
    struct fixture *f = *state;
    struct keys *keys = new_keys(f), *other = new_keys(f);
    struct keys_entry *none = NULL;
    assert_fails(keys_signing(keys, NOW, 0, &none, &f->err), &f->err, ERR_BUSY);
    renew(f, keys, NOW);
    const char *kid = signing(f, keys, NOW);
    assert_int_equal(count_keys(f), 1);
    renew(f, keys, NOW + 1); /* nothing to do */
    assert_string_equal(signing(f, keys, NOW), kid);
    renew(f, other, NOW + 2); /* another node takes the same */
    assert_string_equal(signing(f, other, NOW + 2), kid);
    assert_int_equal(count_keys(f), 1);
    assert_int_equal(verifying(f, other, kid, NOW + 2), 0);

    struct service_key row;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_int_equal(service_key_find(tx, &f->arena, kid, &row, &f->err), 1);
    db_end(&tx);
    assert_true(row.approved);
    assert_int_equal(row.created_ms, NOW);
    assert_int_equal(row.expires_ms, NOW + EXPIRATION);
    assert_null(strstr(row.public_jwk, "\"d\""));
    keys_free(keys);
    keys_free(other);
}

/* A key signs until it is due, then a new one does, while the old one still verifies. */
static void test_rotation(void **state)
{
    struct fixture *f = *state;
    fixture_add_key(f, "quay", NOW + EXPIRATION, true);
    struct keys *keys = new_keys(f), *other = new_keys(f);
    renew(f, keys, NOW + REFRESH - 1);
    assert_string_equal(signing(f, keys, NOW), test_key_id);
    renew(f, other, NOW + REFRESH - 1);
    renew(f, keys, NOW + REFRESH);
    const char *kid = signing(f, keys, NOW + REFRESH);
    assert_string_not_equal(kid, test_key_id);
    assert_string_equal(signing(f, other, NOW + REFRESH), test_key_id); /* for a moment */
    renew(f, other, NOW + REFRESH + 1);
    assert_string_equal(signing(f, other, NOW + REFRESH + 1), kid);
    assert_int_equal(count_keys(f), 2);
    for (size_t i = 0; i < 2; i++) {
        struct keys *node = i ? other : keys;
        assert_int_equal(verifying(f, node, kid, NOW + REFRESH + 1), 0);
        assert_int_equal(verifying(f, node, test_key_id, NOW + EXPIRATION - 1), 0);
        assert_int_equal(verifying(f, node, test_key_id, NOW + EXPIRATION), -1);
        assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
    }
    keys_free(keys);
    keys_free(other);
}

/* Long expired keys are removed when a new one is made. */
static void test_forgets(void **state)
{
    struct fixture *f = *state;
    fixture_add_key(f, "quay", NOW + EXPIRATION, true);
    struct keys *keys = new_keys(f);
    renew(f, keys, NOW + EXPIRATION + FORGET + 1);
    assert_int_equal(count_keys(f), 1);
    assert_string_not_equal(signing(f, keys, NOW), test_key_id);
    keys_free(keys);
}

/* What is in the database but cannot be used is replaced. */
static void test_unreadable(void **state)
{
    struct fixture *f = *state;
    fixture_add_key(f, "quay", 0, true);
    fixture_sql(f, "UPDATE service_key SET private_jwk = '{}'");
    struct keys *keys = new_keys(f);
    renew(f, keys, NOW + 1);
    assert_string_not_equal(signing(f, keys, NOW + 1), test_key_id);
    keys_free(keys);
}

/* A key that is taken away stops to verify within KEYS_REMEMBER_MS, and signs no more after the
 * next step, which comes as soon. */
static void test_withdrawn(void **state)
{
    struct fixture *f = *state;
    fixture_add_key(f, "quay", NOW + EXPIRATION, true);
    struct keys *keys = new_keys(f);
    renew(f, keys, NOW);
    assert_int_equal(verifying(f, keys, test_key_id, NOW), 0);
    fixture_sql(f, "DELETE FROM service_key");
    assert_int_equal(verifying(f, keys, test_key_id, NOW + KEYS_REMEMBER_MS - 1), 0);
    assert_int_equal(verifying(f, keys, test_key_id, NOW + KEYS_REMEMBER_MS), -1);
    assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
    renew(f, keys, NOW + KEYS_REMEMBER_MS);
    assert_string_not_equal(signing(f, keys, NOW + KEYS_REMEMBER_MS), test_key_id);
    keys_free(keys);
}

static void test_not_trusted(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *service;
        int64_t expires_ms;
        bool approved;
        int want;
    } cases[] = {
        {"quay", 0, true, 0},   {"quay", NOW + 1, true, 0}, {"quay", NOW, true, -1},
        {"quay", 0, false, -1}, {"clair", 0, true, -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fixture_sql(f, "DELETE FROM service_key");
        fixture_add_key(f, cases[i].service, cases[i].expires_ms, cases[i].approved);
        struct keys *keys = new_keys(f);
        assert_int_equal(verifying(f, keys, test_key_id, NOW), cases[i].want);
        assert_int_equal(f->err.code, cases[i].want ? ERR_UNAUTHORIZED : ERR_NONE);
        keys_free(keys);
    }
    struct keys *keys = new_keys(f);
    char long_kid[300] = "";
    memset(long_kid, 'a', sizeof long_kid - 1);
    assert_int_equal(verifying(f, keys, "", NOW), -1);
    assert_int_equal(verifying(f, keys, long_kid, NOW), -1);
    keys_free(keys);
}

/* A key that has expired (the database was away for long) signs nothing. */
static void test_expired_signing(void **state)
{
    struct fixture *f = *state;
    fixture_add_key(f, "quay", NOW + EXPIRATION, true);
    struct keys *keys = new_keys(f);
    struct keys_entry *none = NULL;
    renew(f, keys, NOW);
    assert_fails(keys_signing(keys, NOW + EXPIRATION, 0, &none, &f->err), &f->err, ERR_BUSY);
    keys_free(keys);
}

/* The thread: a first key comes by itself, and stopping does not wait for the next step. */
static void test_thread(void **state)
{
    struct fixture *f = *state;
    struct keys *keys = new_keys(f);
    struct keys_entry *entry;
    assert_ok(keys_start(keys, &f->err), &f->err);
    assert_ok(keys_signing(keys, clock_wall_ms(), 60000, &entry, &f->err), &f->err);
    cached_unref(&entry->cached);
    keys_free(keys);
    assert_int_equal(count_keys(f), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUTH(test_first_start),     WITH_AUTH(test_rotation),  WITH_AUTH(test_forgets),
        WITH_AUTH(test_unreadable),      WITH_AUTH(test_withdrawn), WITH_AUTH(test_not_trusted),
        WITH_AUTH(test_expired_signing), WITH_AUTH(test_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
