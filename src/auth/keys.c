/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys. The database is the truth: at every step the newest good key in it becomes the one
 * to sign with, so nodes that start at the same time agree after one step, and a key that an
 * administrator withdraws is replaced within KEYS_REMEMBER_MS. */
#include "keys.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/service_key.h"

enum {
    KID_MAX = 255,
    ENTRIES_MAX = 64,
    ENTRY_BYTES = 8 * 1024, /* about what an RSA key takes */
    RETRY_MS = 2000,        /* after a failure */
};

struct keys {
    struct keys_config config;
    struct db *db;
    struct lru *verifying; /* struct keys_entry by kid */

    pthread_mutex_t lock;  /* guards what follows */
    pthread_cond_t change; /* of any of it */
    struct keys_entry *signing;
    bool stopping;

    bool started;
    pthread_t thread;
};

static void entry_destroy(struct cached *cached)
{
    struct keys_entry *entry = CONTAINER_OF(cached, struct keys_entry, cached);
    jwt_key_free(entry->key);
    free(entry);
}

static void entry_unref(struct keys_entry *entry)
{
    if (entry)
        cached_unref(&entry->cached);
}
DEFINE_CLEANUP(struct keys_entry, entry_unref)

/* Takes over the key. */
static struct keys_entry *entry_new(struct jwt_key *key, const struct service_key *row)
{
    struct keys_entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        abort();
    cached_init(&entry->cached, entry_destroy);
    entry->key = key;
    entry->created_ms = row->created_ms;
    entry->expires_ms = row->expires_ms;
    return entry;
}

static bool is_expired(const struct keys_entry *entry, int64_t now_ms)
{
    return entry->expires_ms != 0 && entry->expires_ms <= now_ms;
}

struct keys *keys_new(const struct keys_config *config, struct db *db)
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        abort();
    keys->config = *config;
    keys->db = db;
    keys->verifying = lru_new(ENTRIES_MAX, (size_t)ENTRIES_MAX * ENTRY_BYTES * 2);
    pthread_mutex_init(&keys->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&keys->change, &attr);
    pthread_condattr_destroy(&attr);
    return keys;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    if (keys->started) {
        pthread_mutex_lock(&keys->lock);
        keys->stopping = true;
        pthread_cond_broadcast(&keys->change);
        pthread_mutex_unlock(&keys->lock);
        pthread_join(keys->thread, NULL);
    }
    entry_unref(keys->signing);
    lru_free(keys->verifying);
    pthread_cond_destroy(&keys->change);
    pthread_mutex_destroy(&keys->lock);
    free(keys);
}

static struct keys_entry *current(struct keys *keys)
{
    pthread_mutex_lock(&keys->lock);
    struct keys_entry *entry = keys->signing ? cached_ref(&keys->signing->cached) : NULL;
    pthread_mutex_unlock(&keys->lock);
    return entry;
}

/* Sign with this key from now on. */
static void use(struct keys *keys, struct keys_entry *entry)
{
    pthread_mutex_lock(&keys->lock);
    struct keys_entry *old = keys->signing;
    keys->signing = cached_ref(&entry->cached);
    pthread_cond_broadcast(&keys->change);
    pthread_mutex_unlock(&keys->lock);
    entry_unref(old);
}

/* Sign with the key of this row, if it can be read. */
static int use_row(struct keys *keys, const struct service_key *row, struct err *err)
{
    _cleanup_(entry_unrefp) struct keys_entry *old = current(keys);
    if (old && strcmp(jwt_key_id(old->key), row->kid) == 0)
        return 0;
    struct jwt_key *key = NULL;
    if (jwt_key_load(str_of(row->private_jwk), &key, err) != 0)
        return err_wrap(err, "service key %.64s: ", row->kid);
    _cleanup_(entry_unrefp) struct keys_entry *entry = entry_new(key, row);
    use(keys, entry);
    return 0;
}

/* The newest key that this registry may sign with: 1, 0, -1. */
static int find_newest(struct keys *keys, struct arena *arena, int64_t now_ms,
                       struct service_key *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(keys->db, DB_READ, &tx, err) != 0)
        return -1;
    return service_key_find_signing(tx, arena, keys->config.service, now_ms, out, err);
}

/* Store the new key in the place of `old` (id 0: of none). When another node was quicker, so that
 * the newest is no longer `old`, take its key instead. *row becomes the key to use. */
static int store(struct keys *keys, struct arena *arena, int64_t now_ms,
                 const struct service_key *old, struct service_key *row, struct err *err)
{
    struct service_key newest = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(keys->db, DB_WRITE, &tx, err) != 0 ||
        service_key_find_signing(tx, arena, keys->config.service, now_ms, &newest, err) < 0)
        return -1;
    if (newest.id != 0 && newest.id != old->id) {
        *row = newest;
        return 0;
    }
    if (service_key_create(tx, row, err) != 0 ||
        service_key_prune(tx, now_ms - keys->config.forget_ms, err) < 0)
        return -1;
    return db_commit(&tx, err);
}

/* A new key for the database and for us. The slow part is done before the transaction. */
static int generate(struct keys *keys, struct arena *arena, int64_t now_ms,
                    const struct service_key *old, struct err *err)
{
    _cleanup_(jwt_key_freep) struct jwt_key *key = NULL;
    char *public_jwk, *private_jwk;
    if (jwt_key_generate(&key, err) != 0 ||
        jwt_key_format(key, arena, false, &public_jwk, err) != 0 ||
        jwt_key_format(key, arena, true, &private_jwk, err) != 0)
        return -1;
    struct service_key row = {
        .service = keys->config.service,
        .kid = jwt_key_id(key),
        .name = "registry tokens",
        .public_jwk = public_jwk,
        .private_jwk = private_jwk,
        .created_ms = now_ms,
        .expires_ms = now_ms + keys->config.expiration_ms,
        .approved = true,
    };
    int result = store(keys, arena, now_ms, old, &row, err);
    return result != 0 ? -1 : use_row(keys, &row, err);
}

static int renew(struct keys *keys, struct arena *arena, int64_t now_ms, int64_t *next_ms_out,
                 struct err *err)
{
    struct service_key newest = {0};
    int found = find_newest(keys, arena, now_ms, &newest, err);
    if (found < 0)
        return -1;
    /* One that cannot be read any more is as good as none; its successor is newer. */
    bool good = found > 0 && use_row(keys, &newest, err) == 0;
    bool due = good && now_ms - newest.created_ms >= keys->config.refresh_ms;
    if ((!good || due) && generate(keys, arena, now_ms, &newest, err) != 0)
        return -1;
    *next_ms_out = now_ms + KEYS_REMEMBER_MS;
    return 0;
}

int keys_renew(struct keys *keys, int64_t now_ms, int64_t *next_ms_out, struct err *err)
{
    struct arena arena = {0};
    int result = renew(keys, &arena, now_ms, next_ms_out, err);
    arena_done(&arena);
    return result;
}

/* Wait on `change` until then; false when the time has passed. */
static bool wait_for(struct keys *keys, int64_t mono_ms)
{
    struct timespec until = {mono_ms / 1000, mono_ms % 1000 * 1000000};
    return pthread_cond_timedwait(&keys->change, &keys->lock, &until) != ETIMEDOUT;
}

/* Sleep between two steps; false when it is time to stop. */
static bool pause_for(struct keys *keys, int64_t ms)
{
    int64_t until = clock_mono_ms() + ms;
    pthread_mutex_lock(&keys->lock);
    while (!keys->stopping && wait_for(keys, until))
        ;
    bool go_on = !keys->stopping;
    pthread_mutex_unlock(&keys->lock);
    return go_on;
}

static void *run(void *argument)
{
    struct keys *keys = argument;
    int64_t pause_ms = 0;
    do {
        struct err err = {0};
        int64_t now_ms = clock_wall_ms(), next_ms;
        if (keys_renew(keys, now_ms, &next_ms, &err) == 0) {
            pause_ms = next_ms - now_ms;
        } else {
            log_failure("the key for registry tokens cannot be renewed", &err);
            pause_ms = RETRY_MS;
        }
    } while (pause_for(keys, pause_ms));
    return NULL;
}

int keys_start(struct keys *keys, struct err *err)
{
    errno = pthread_create(&keys->thread, NULL, run, keys);
    if (errno != 0)
        return err_set_errno(err, "cannot start the thread for service keys");
    keys->started = true;
    return 0;
}

int keys_signing(struct keys *keys, int64_t now_ms, int64_t wait_ms, struct keys_entry **out,
                 struct err *err)
{
    int64_t until = clock_mono_ms() + wait_ms;
    pthread_mutex_lock(&keys->lock);
    while (!keys->signing && wait_for(keys, until))
        ;
    struct keys_entry *entry = keys->signing;
    bool good = entry && !is_expired(entry, now_ms);
    if (good)
        *out = cached_ref(&entry->cached);
    pthread_mutex_unlock(&keys->lock);
    return good ? 0 : err_set(err, ERR_BUSY, "the key for registry tokens is not ready yet");
}

static int load_verifying(struct keys *keys, struct arena *arena, const char *kid, int64_t now_ms,
                          struct keys_entry **out, struct err *err)
{
    struct service_key row = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(keys->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = service_key_find(tx, arena, kid, &row, err);
    if (found < 0)
        return -1;
    if (!found || strcmp(row.service, keys->config.service) != 0)
        return err_set(err, ERR_UNAUTHORIZED, "the token is signed by an unknown key");
    if (service_key_check(&row, now_ms, err) != 0)
        return err_set(err, ERR_UNAUTHORIZED, "the token is signed by a key that is not valid now");
    struct jwt_key *key = NULL;
    if (jwt_key_load(str_of(row.public_jwk), &key, err) != 0)
        return err_set(err, ERR_INTERNAL, "stored service key %.64s cannot be read", kid);
    *out = entry_new(key, &row);
    return 0;
}

int keys_verifying(struct keys *keys, const char *kid, int64_t now_ms, struct keys_entry **out,
                   struct err *err)
{
    if (strlen(kid) > KID_MAX)
        return err_set(err, ERR_UNAUTHORIZED, "the token is signed by an unknown key");
    struct cached *known = lru_get(keys->verifying, str_of(kid), now_ms);
    struct keys_entry *entry = known ? CONTAINER_OF(known, struct keys_entry, cached) : NULL;
    if (!entry) {
        struct arena arena = {0};
        int result = load_verifying(keys, &arena, kid, now_ms, &entry, err);
        arena_done(&arena);
        if (result != 0)
            return -1;
        int64_t until = now_ms + KEYS_REMEMBER_MS;
        if (entry->expires_ms != 0 && entry->expires_ms < until)
            until = entry->expires_ms;
        lru_put(keys->verifying, str_of(kid), &entry->cached, ENTRY_BYTES, until);
    }
    *out = entry;
    return 0;
}
