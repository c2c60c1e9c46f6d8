/* SPDX-License-Identifier: Apache-2.0 */
/* The pool with a driver that only counts. */
#include "store/db/db_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store/db/db_conn.h"
#include "unit.h"

static atomic_int open_now, opened, failures_due;

static int fake_open(const struct db_config *config, const char *location, enum db_role role,
                     struct db_conn **out, struct err *err)
{
    (void)config, (void)role;
    assert_string_equal(location, "here");
    if (atomic_load(&failures_due) > 0) {
        atomic_fetch_sub(&failures_due, 1);
        return err_set(err, ERR_IO, "not now");
    }
    struct db_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    atomic_fetch_add(&opened, 1);
    atomic_fetch_add(&open_now, 1);
    *out = conn;
    return 0;
}

static void fake_close(struct db_conn *conn)
{
    atomic_fetch_sub(&open_now, 1);
    free(conn);
}

static const struct db_driver fake_driver = {.open = fake_open, .close = fake_close};

static struct db_pool *new_pool(unsigned size, unsigned wait_ms)
{
    static struct db_config config;
    config.wait_ms = wait_ms;
    atomic_store(&opened, 0);
    return db_pool_new(&fake_driver, &config, "here", DB_ROLE_READER, size);
}

static void free_pool(struct db_pool *pool)
{
    db_pool_free(pool);
    assert_int_equal(atomic_load(&open_now), 0);
}

/* Connections are opened when needed, and the last one that came back goes out first. */
static void test_reuse(void **state)
{
    (void)state;
    struct err err;
    struct db_conn *a, *b, *c;
    struct db_pool *pool = new_pool(2, 1000);
    assert_int_equal(atomic_load(&opened), 0);
    for (int i = 0; i < 3; i++) {
        assert_ok(db_pool_take(pool, &a, &err), &err);
        db_pool_give(a);
    }
    assert_int_equal(atomic_load(&opened), 1);
    assert_ok(db_pool_take(pool, &a, &err), &err);
    assert_ok(db_pool_take(pool, &b, &err), &err);
    assert_int_equal(atomic_load(&opened), 2);
    db_pool_give(b);
    db_pool_give(a);
    assert_ok(db_pool_take(pool, &c, &err), &err);
    assert_ptr_equal(c, a);
    db_pool_give(c);
    free_pool(pool);
    db_pool_free(NULL);
}

static void test_none_free(void **state)
{
    (void)state;
    struct err err;
    struct db_conn *conn, *second = NULL;
    struct db_pool *pool = new_pool(1, 1);
    assert_ok(db_pool_take(pool, &conn, &err), &err);
    assert_fails(db_pool_take(pool, &second, &err), &err, ERR_BUSY);
    assert_null(second);
    assert_int_equal(db_pool_waiting(pool), 0);
    db_pool_give(conn);
    assert_ok(db_pool_take(pool, &conn, &err), &err);
    db_pool_give(conn);
    free_pool(pool);
}

static void test_broken(void **state)
{
    (void)state;
    struct err err;
    struct db_conn *conn;
    struct db_pool *pool = new_pool(1, 1);
    assert_ok(db_pool_take(pool, &conn, &err), &err);
    conn->broken = true;
    db_pool_give(conn);
    assert_int_equal(atomic_load(&open_now), 0);
    atomic_store(&failures_due, 1);
    assert_fails(db_pool_take(pool, &conn, &err), &err, ERR_IO);
    assert_ok(db_pool_take(pool, &conn, &err), &err);
    assert_int_equal(atomic_load(&opened), 2);
    db_pool_give(conn);
    free_pool(pool);
}

enum { QUEUE = 6 };

struct turn {
    pthread_t thread;
    struct db_pool *pool;
    int number;
    bool leave_broken;
    int *order;
    atomic_int *served;
    int rc;
};

static void *take_turn(void *context)
{
    struct turn *turn = context;
    struct db_conn *conn;
    turn->rc = db_pool_take(turn->pool, &conn, NULL);
    if (turn->rc != 0)
        return NULL;
    turn->order[atomic_fetch_add(turn->served, 1)] = turn->number;
    conn->broken = turn->leave_broken;
    db_pool_give(conn);
    return NULL;
}

/* Threads that wait are served in the order in which they came, also when the connection has to be
 * opened again for them. */
static void test_order(void **state)
{
    (void)state;
    for (int broken = 0; broken < 2; broken++) {
        struct err err;
        struct db_conn *conn;
        int order[QUEUE];
        atomic_int served = 0;
        struct turn turns[QUEUE];
        struct db_pool *pool = new_pool(1, 60 * 1000);
        assert_ok(db_pool_take(pool, &conn, &err), &err);
        for (int i = 0; i < QUEUE; i++) {
            turns[i] = (struct turn){.pool = pool,
                                     .number = i,
                                     .leave_broken = broken == 1,
                                     .order = order,
                                     .served = &served};
            pthread_create(&turns[i].thread, NULL, take_turn, &turns[i]);
            while (db_pool_waiting(pool) < (unsigned)i + 1)
                sched_yield();
        }
        db_pool_give(conn);
        for (int i = 0; i < QUEUE; i++)
            pthread_join(turns[i].thread, NULL);
        for (int i = 0; i < QUEUE; i++) {
            assert_int_equal(turns[i].rc, 0);
            assert_int_equal(order[i], i);
        }
        assert_int_equal(atomic_load(&opened), broken ? QUEUE : 1);
        free_pool(pool);
    }
}

/* When opening fails for the first in the queue, the next one has its try. */
static void test_failure_is_passed_on(void **state)
{
    (void)state;
    struct err err;
    struct db_conn *conn;
    int order[QUEUE];
    atomic_int served = 0;
    struct turn turns[QUEUE];
    struct db_pool *pool = new_pool(1, 60 * 1000);
    assert_ok(db_pool_take(pool, &conn, &err), &err);
    for (int i = 0; i < QUEUE; i++) {
        turns[i] = (struct turn){.pool = pool, .number = i, .order = order, .served = &served};
        pthread_create(&turns[i].thread, NULL, take_turn, &turns[i]);
        while (db_pool_waiting(pool) < (unsigned)i + 1)
            sched_yield();
    }
    atomic_store(&failures_due, 2);
    conn->broken = true;
    db_pool_give(conn);
    for (int i = 0; i < QUEUE; i++)
        pthread_join(turns[i].thread, NULL);
    for (int i = 0; i < QUEUE; i++)
        assert_int_equal(turns[i].rc, i < 2 ? -1 : 0);
    assert_int_equal(order[0], 2);
    free_pool(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_none_free),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_failure_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
