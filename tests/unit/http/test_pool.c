/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pool.h"

#include <pthread.h>

#include "unit.h"

enum { THREADS = 4, QUEUE = 8, JOBS = 2000 };

struct item {
    struct job job;
    int runs;
};

/* A gate that jobs wait at, and a count of those that passed it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool open;
static int waiting, passed;

static void set_gate(bool value)
{
    pthread_mutex_lock(&lock);
    open = value;
    passed = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void run(struct job *job, struct pool_scratch *scratch)
{
    (void)scratch;
    pthread_mutex_lock(&lock);
    waiting++;
    pthread_cond_broadcast(&changed);
    while (!open)
        pthread_cond_wait(&changed, &lock);
    waiting--;
    passed++;
    CONTAINER_OF(job, struct item, job)->runs++;
    pthread_mutex_unlock(&lock);
}

static void wait_for_waiting(int count)
{
    pthread_mutex_lock(&lock);
    while (waiting < count)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* Every job runs once, also those that are queued when the pool ends. */
static void test_all_run(void **state)
{
    (void)state;
    static struct item items[JOBS];
    set_gate(true);
    struct pool *pool = pool_new(THREADS, QUEUE, run);
    for (size_t i = 0; i < JOBS; i++)
        assert_true(pool_submit(pool, &items[i].job, false));
    pool_free(pool);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(items[i].runs, 1);
}

/* As many threads as there are jobs, up to the limit; then the queue, up to its own. */
static void test_limits(void **state)
{
    (void)state;
    static struct item items[THREADS + QUEUE + 2];
    uint64_t threads, busy, queued;
    set_gate(false);
    struct pool *pool = pool_new(THREADS, QUEUE, run);
    pool_counts(pool, &threads, &busy, &queued);
    assert_int_equal(threads, 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_true(pool_submit(pool, &items[i].job, true));
        wait_for_waiting((int)i + 1);
    }
    assert_false(pool_is_behind(pool));
    for (size_t i = THREADS; i < THREADS + QUEUE; i++)
        assert_true(pool_submit(pool, &items[i].job, true));
    assert_true(pool_is_behind(pool));
    assert_false(pool_submit(pool, &items[THREADS + QUEUE].job, true));
    assert_true(pool_submit(pool, &items[THREADS + QUEUE + 1].job, false));
    pool_counts(pool, &threads, &busy, &queued);
    assert_int_equal(threads, THREADS);
    assert_int_equal(busy, THREADS);
    assert_int_equal(queued, QUEUE + 1);
    set_gate(true);
    pool_free(pool);
    assert_int_equal(passed, THREADS + QUEUE + 1);
    assert_int_equal(items[THREADS + QUEUE].runs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_run),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
