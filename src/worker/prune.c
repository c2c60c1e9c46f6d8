/* SPDX-License-Identifier: Apache-2.0 */
/* The pruner's thread. Tags go by their age, so nothing is done while the clock cannot be trusted.
 */
#include "worker/prune.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/gc.h"
#include "worker/steady.h"
#include "worker/ticker.h"

struct prune_worker {
    struct prune_worker_config config;
    struct ticker *ticker;
    struct steady clock;
    int64_t seen; /* for prune_enlist */
    bool failing;
};

static bool is_stopping(void *context)
{
    struct prune_worker *worker = context;
    return ticker_is_stopping(worker->ticker);
}

/* At most a tenth of a second: whoever stops the thread can wait for that. */
static void breathe(void *context, int64_t waited_us, int64_t held_us)
{
    (void)context;
    int64_t us = gc_pause_us(waited_us, held_us);
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

static bool clock_is_steady(struct prune_worker *worker)
{
    int64_t leapt_ms;
    bool steady = steady_check(&worker->clock, clock_wall_ms(), clock_mono_ms(), &leapt_ms);
    if (leapt_ms != 0) {
        struct log_line line;
        log_begin(&line, LOG_WARNING, "the clock was set ahead; pruning waits");
        log_int(&line, "ahead_seconds", leapt_ms / 1000);
        log_int(&line, "wait_seconds", STEADY_WAIT_MS / 1000);
        log_end(&line);
    }
    return steady;
}

static void log_look(const struct prune_report *report, int64_t took_us)
{
    struct log_line line;
    if (report->tags + report->failed == 0)
        return;
    log_begin(&line, report->failed ? LOG_WARNING : LOG_INFO, "pruned");
    log_int(&line, "tags", report->tags);
    log_int(&line, "repositories", report->repositories);
    log_int(&line, "namespaces", report->turns);
    log_int(&line, "ms", took_us / 1000);
    if (report->failed) {
        log_int(&line, "failed", report->failed);
        log_err(&line, &report->last_failure);
    }
    log_end(&line);
}

static void look(void *context)
{
    struct prune_worker *worker = context;
    const struct prune *prune = &worker->config.prune;
    struct prune_report report = {0};
    struct err err = {0};
    int64_t started_us = clock_mono_us();
    if (!clock_is_steady(worker))
        return;
    int more = prune_enlist(prune, &worker->seen, clock_wall_ms(), &err) == 0 ? 1 : -1;
    for (int64_t i = 0; more > 0 && i < worker->config.turns_max && !is_stopping(worker); i++)
        more = clock_is_steady(worker) ? prune_next(prune, clock_wall_ms(), &report, &err) : 0;
    log_look(&report, clock_mono_us() - started_us);
    if (more < 0 && !worker->failing)
        log_failure("pruning failed; it goes on at the next look", &err);
    worker->failing = more < 0;
}

int prune_worker_start(const struct prune_worker_config *config, struct prune_worker **out,
                       struct err *err)
{
    struct prune_worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        abort();
    worker->config = *config;
    worker->config.prune.stop = is_stopping;
    worker->config.prune.breathe = breathe;
    worker->config.prune.context = worker;
    clock_is_steady(worker);
    struct ticker_config ticker = {config->poll_ms, look, worker};
    if (ticker_start(&ticker, &worker->ticker, err) != 0) {
        free(worker);
        return -1;
    }
    *out = worker;
    return 0;
}

void prune_worker_stop(struct prune_worker *worker)
{
    if (!worker)
        return;
    ticker_stop(worker->ticker);
    free(worker);
}
