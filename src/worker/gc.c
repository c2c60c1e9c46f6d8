/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's loop. After each write transaction it pauses in favour of pushes. */
#include "worker/gc.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/gc_metrics.h"
#include "worker/steady.h"

struct gc_worker {
    struct gc_worker_config config;
    pthread_t thread;
    struct steady clock; /* of the thread */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping; /* guarded by lock */
};

/* True when the thread is to end; false after `us` otherwise. */
static bool sleep_us(struct gc_worker *worker, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + us % 1000000 * 1000;
    until.tv_sec += us / 1000000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&worker->lock);
    int rc = 0;
    while (!worker->stopping && rc == 0)
        rc = pthread_cond_timedwait(&worker->wake, &worker->lock, &until);
    bool stopping = worker->stopping;
    pthread_mutex_unlock(&worker->lock);
    return stopping;
}

static bool is_stopping(void *context)
{
    struct gc_worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    bool stopping = worker->stopping;
    pthread_mutex_unlock(&worker->lock);
    return stopping;
}

static void breathe(void *context, int64_t waited_us, int64_t held_us)
{
    sleep_us(context, gc_pause_us(waited_us, held_us));
}

static bool did_something(const struct gc_report *report)
{
    return report->tags + report->manifests + report->blobs + report->uploads +
               report->repositories + report->objects + report->failed >
           0;
}

static void log_pass(const struct gc_report *report, int64_t took_us)
{
    struct log_line line;
    log_begin(&line, report->failed ? LOG_WARNING : LOG_INFO, "collected");
    log_int(&line, "tags", report->tags);
    log_int(&line, "manifests", report->manifests);
    log_int(&line, "blobs", report->blobs);
    log_int(&line, "uploads", report->uploads);
    log_int(&line, "repositories", report->repositories);
    log_int(&line, "objects", report->objects);
    log_int(&line, "bytes", report->bytes);
    log_int(&line, "ms", took_us / 1000);
    if (report->failed) {
        log_int(&line, "failed", report->failed);
        log_err(&line, &report->last_failure);
    }
    log_end(&line);
}

static void show_queue(struct gc_worker *worker)
{
    struct gc_queue_stats stats;
    struct err ignored; /* the pass has told */
    int64_t now_ms = clock_wall_ms();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(worker->config.db, DB_READ, &tx, &ignored) == 0 &&
        gc_queue_stats(tx, now_ms, &stats, &ignored) == 0)
        gc_metrics_queue(&stats, now_ms);
}

/* Windows and leases are times: while the clock cannot be trusted nothing is collected. What was
 * looked at is what the collection goes by. */
static bool clock_is_steady(struct gc_worker *worker, int64_t *now_ms_out)
{
    int64_t leapt_ms;
    *now_ms_out = worker->config.wall_ms();
    bool steady = steady_check(&worker->clock, *now_ms_out, clock_mono_ms(), &leapt_ms);
    if (leapt_ms != 0) {
        struct log_line line;
        log_begin(&line, LOG_WARNING, "the clock was set ahead; collection waits");
        log_int(&line, "ahead_seconds", leapt_ms / 1000);
        log_int(&line, "wait_seconds", STEADY_WAIT_MS / 1000);
        log_end(&line);
    }
    return steady;
}

/* A pass may take hours: the clock is looked at before each of its rounds. */
static void pass(struct gc_worker *worker)
{
    struct gc gc = {
        .db = worker->config.db,
        .store = worker->config.store,
        .policy = worker->config.policy,
        .stop = is_stopping,
        .breathe = breathe,
        .context = worker,
    };
    struct gc_report report = {0};
    struct err err = {0};
    int64_t started_us = clock_mono_us(), now_ms;
    int more;
    if (!clock_is_steady(worker, &now_ms))
        return;
    do {
        more = gc_run(&gc, now_ms, &report, &err);
    } while (more > 0 && clock_is_steady(worker, &now_ms));
    int64_t took_us = clock_mono_us() - started_us;
    if (did_something(&report))
        log_pass(&report, took_us);
    if (more < 0)
        log_failure("collection failed; it goes on at the next look", &err);
    if (clock_is_steady(worker, &now_ms) &&
        expiry_run(gc.db, &worker->config.expiry, now_ms, &err) != 0)
        log_failure("expired credentials could not be removed", &err);
    gc_metrics_pass(&report, took_us, more < 0);
    show_queue(worker);
}

static void *loop(void *context)
{
    struct gc_worker *worker = context;
    int64_t now_ms;
    clock_is_steady(worker, &now_ms);
    show_queue(worker);
    while (!sleep_us(worker, worker->config.interval_ms * 1000))
        pass(worker);
    return NULL;
}

int gc_worker_start(const struct gc_worker_config *config, struct gc_worker **out, struct err *err)
{
    struct gc_worker *worker = calloc(1, sizeof *worker);
    pthread_condattr_t monotonic;
    if (!worker)
        abort();
    worker->config = *config;
    if (!worker->config.wall_ms)
        worker->config.wall_ms = clock_wall_ms;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&worker->lock, NULL);
    int rc = pthread_create(&worker->thread, NULL, loop, worker);
    if (rc != 0) {
        pthread_cond_destroy(&worker->wake);
        pthread_mutex_destroy(&worker->lock);
        free(worker);
        return err_set(err, ERR_INTERNAL, "the collector's thread cannot be started");
    }
    *out = worker;
    return 0;
}

void gc_worker_stop(struct gc_worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}
