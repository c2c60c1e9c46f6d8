/* SPDX-License-Identifier: Apache-2.0 */
/* The pool. A connection that comes back is handed to the thread that has waited longest, so that
 * none starves under load; else the most recently used is lent next, whose caches are warm. */
#include "store/db/db_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/db/db_conn.h"

struct waiter {
    struct waiter *next;
    pthread_cond_t ready;
    bool served;
    struct db_conn *conn; /* NULL when served: open a new one */
};

struct db_pool {
    const struct db_driver *driver;
    const struct db_config *config;
    const char *location;
    enum db_role role;
    pthread_condattr_t monotonic;

    pthread_mutex_t lock; /* guards what follows */
    struct db_conn *idle;
    unsigned unopened; /* connections that may be opened yet */
    struct waiter *first, **last;
    unsigned waiting;
};

struct db_pool *db_pool_new(const struct db_driver *driver, const struct db_config *config,
                            const char *location, enum db_role role, unsigned size)
{
    struct db_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        abort();
    *pool = (struct db_pool){.driver = driver,
                             .config = config,
                             .location = location,
                             .role = role,
                             .unopened = size,
                             .last = &pool->first};
    pthread_condattr_init(&pool->monotonic);
    pthread_condattr_setclock(&pool->monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void db_pool_free(struct db_pool *pool)
{
    if (!pool)
        return;
    while (pool->idle) {
        struct db_conn *conn = pool->idle;
        pool->idle = conn->next;
        db_conn_close(conn);
    }
    pthread_condattr_destroy(&pool->monotonic);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static void waiter_remove(struct db_pool *pool, struct waiter *waiter)
{
    struct waiter **at = &pool->first;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    if (!*at)
        pool->last = at;
    pool->waiting--;
}

/* Serve the first in the queue, if any. Locked. */
static bool serve(struct db_pool *pool, struct db_conn *conn)
{
    struct waiter *waiter = pool->first;
    if (!waiter)
        return false;
    waiter_remove(pool, waiter);
    waiter->conn = conn;
    waiter->served = true;
    pthread_cond_signal(&waiter->ready);
    return true;
}

/* Queue up and wait to be served. Locked. */
static bool wait_turn(struct db_pool *pool, struct db_conn **conn_out)
{
    struct waiter self = {0};
    int64_t until = clock_mono_ms() + pool->config->wait_ms;
    struct timespec deadline = {until / 1000, until % 1000 * 1000000};
    pthread_cond_init(&self.ready, &pool->monotonic);
    *pool->last = &self;
    pool->last = &self.next;
    pool->waiting++;
    int rc = 0;
    while (!self.served && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&self.ready, &pool->lock, &deadline);
    if (!self.served)
        waiter_remove(pool, &self);
    pthread_cond_destroy(&self.ready);
    *conn_out = self.conn;
    return self.served;
}

/* A connection may be opened again: by the first that waits, or by who comes. */
static void allow_one_more(struct db_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    if (!serve(pool, NULL))
        pool->unopened++;
    pthread_mutex_unlock(&pool->lock);
}

int db_pool_take(struct db_pool *pool, struct db_conn **out, struct err *err)
{
    struct db_conn *conn = NULL;
    bool served = true;
    pthread_mutex_lock(&pool->lock);
    if (pool->idle) {
        conn = pool->idle;
        pool->idle = conn->next;
    } else if (pool->unopened > 0) {
        pool->unopened--;
    } else {
        served = wait_turn(pool, &conn);
    }
    pthread_mutex_unlock(&pool->lock);
    if (!served)
        return err_set(err, ERR_BUSY, "the database is busy");
    if (!conn) {
        if (pool->driver->open(pool->config, pool->location, pool->role, &conn, err) != 0) {
            allow_one_more(pool);
            return -1;
        }
        conn->driver = pool->driver;
        conn->pool = pool;
    }
    *out = conn;
    return 0;
}

void db_pool_give(struct db_conn *conn)
{
    struct db_pool *pool = conn->pool;
    if (conn->broken) {
        db_conn_close(conn);
        allow_one_more(pool);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    if (!serve(pool, conn)) {
        conn->next = pool->idle;
        pool->idle = conn;
    }
    pthread_mutex_unlock(&pool->lock);
}

unsigned db_pool_waiting(struct db_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    unsigned waiting = pool->waiting;
    pthread_mutex_unlock(&pool->lock);
    return waiting;
}
