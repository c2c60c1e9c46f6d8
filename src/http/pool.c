/* SPDX-License-Identifier: Apache-2.0 */
/* The thread pool. One lock, one condition: a job is a whole request or a large piece of a body,
 * so the lock is taken a few times per hundred microseconds at most. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { IDLE_SECONDS = 10 };

enum slot_state { SLOT_FREE, SLOT_RUNNING, SLOT_ENDED };

struct slot {
    struct pool *pool;
    pthread_t thread;
    enum slot_state state;
};

struct pool {
    pool_run_fn *run;
    size_t queue_max;
    pthread_mutex_t lock; /* everything below */
    pthread_cond_t wake;
    struct job *first, *last;
    atomic_size_t queued; /* written under the lock, read anywhere */
    unsigned waiting;     /* threads at the condition that no job was counted for */
    unsigned running;
    bool stopping;
    unsigned slot_count;
    struct slot slots[];
};

struct pool *pool_new(unsigned threads, size_t queue_max, pool_run_fn *run)
{
    struct pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->slots[0]);
    if (!pool)
        abort();
    pool->run = run;
    pool->queue_max = queue_max;
    pool->slot_count = threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    return pool;
}

static void drop_scratch(struct pool_scratch *scratch)
{
    free(scratch->body);
    free(scratch->ahead);
    *scratch = (struct pool_scratch){0};
}

/* The next job, or NULL when the thread shall end. Called and returns with the lock held. */
static struct job *take_job(struct pool *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_SECONDS;
    int waited = 0;
    pool->waiting++;
    while (!pool->first && !pool->stopping && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&pool->wake, &pool->lock, &until);
    pool->waiting--;
    struct job *job = pool->first;
    if (!job)
        return NULL;
    pool->first = job->next;
    if (!pool->first)
        pool->last = NULL;
    atomic_fetch_sub_explicit(&pool->queued, 1, memory_order_relaxed);
    return job;
}

static void *work(void *argument)
{
    struct slot *slot = argument;
    struct pool *pool = slot->pool;
    struct pool_scratch scratch = {0};
    pthread_mutex_lock(&pool->lock);
    struct job *job;
    while ((job = take_job(pool))) {
        pthread_mutex_unlock(&pool->lock);
        pool->run(job, &scratch);
        pthread_mutex_lock(&pool->lock);
    }
    pool->running--;
    slot->state = SLOT_ENDED;
    pthread_mutex_unlock(&pool->lock);
    drop_scratch(&scratch);
    return NULL;
}

static int start_thread(struct slot *slot)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&slot->thread, NULL, work, slot);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failed;
}

/* Add a thread if there is room. Called with the lock held. */
static void grow(struct pool *pool)
{
    for (unsigned i = 0; i < pool->slot_count; i++) {
        struct slot *slot = &pool->slots[i];
        if (slot->state == SLOT_RUNNING)
            continue;
        if (slot->state == SLOT_ENDED)
            pthread_join(slot->thread, NULL); /* has let go of the lock: ends at once */
        slot->pool = pool;
        slot->state = SLOT_FREE;
        if (start_thread(slot) == 0) {
            slot->state = SLOT_RUNNING;
            pool->running++;
        }
        return;
    }
}

bool pool_submit(struct pool *pool, struct job *job, bool refusable)
{
    pthread_mutex_lock(&pool->lock);
    size_t queued = atomic_load_explicit(&pool->queued, memory_order_relaxed);
    if (queued >= pool->waiting && pool->running < pool->slot_count)
        grow(pool);
    bool refused = refusable && (queued >= pool->queue_max || pool->running == 0);
    if (!refused) {
        job->next = NULL;
        if (pool->last)
            pool->last->next = job;
        else
            pool->first = job;
        pool->last = job;
        atomic_store_explicit(&pool->queued, queued + 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&pool->lock);
    if (!refused) /* not under the lock, which the thread that wakes would have to wait for */
        pthread_cond_signal(&pool->wake);
    return !refused;
}

bool pool_is_behind(struct pool *pool)
{
    return atomic_load_explicit(&pool->queued, memory_order_relaxed) > 0;
}

void pool_counts(struct pool *pool, uint64_t *threads_out, uint64_t *busy_out, uint64_t *queued_out)
{
    pthread_mutex_lock(&pool->lock);
    *threads_out = pool->running;
    *busy_out = pool->running - pool->waiting;
    *queued_out = atomic_load_explicit(&pool->queued, memory_order_relaxed);
    pthread_mutex_unlock(&pool->lock);
}

static bool is_used(struct pool *pool, const struct slot *slot)
{
    pthread_mutex_lock(&pool->lock);
    bool used = slot->state != SLOT_FREE;
    pthread_mutex_unlock(&pool->lock);
    return used;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->slot_count; i++) {
        if (is_used(pool, &pool->slots[i]))
            pthread_join(pool->slots[i].thread, NULL);
    }
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
