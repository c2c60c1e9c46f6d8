/* SPDX-License-Identifier: Apache-2.0 */
/* Writing audit entries once a second. What could not be written is tried again at the next look;
 * trouble is logged when it begins and not each second. */
#include "worker/audit.h"

#include <stdlib.h>

#include "base/log.h"
#include "worker/ticker.h"

enum { EVENTS, DROPPED, ENTRIES, FAILURES };

static struct metric table[] = {
    [EVENTS] = {.name = "wharf_audit_events_total",
                .help = "Pulls, logins and refusals that were taken for the audit log.",
                .kind = METRIC_COUNTER},
    [DROPPED] = {.name = "wharf_audit_dropped_total",
                 .help = "Those for which there was no room in memory.",
                 .kind = METRIC_COUNTER},
    [ENTRIES] = {.name = "wharf_audit_entries_total",
                 .help = "Entries that were written for them; alike ones share one.",
                 .kind = METRIC_COUNTER},
    [FAILURES] = {.name = "wharf_audit_failures_total",
                  .help = "Times that writing failed, to be tried again.",
                  .kind = METRIC_COUNTER},
};
const struct metric_set audit_metrics = {table, ARRAY_LEN(table)};

struct audit_worker {
    struct audit_worker_config config;
    struct ticker *ticker;
    uint64_t dropped; /* of the last look */
    bool failing;
};

static void say_dropped(struct audit_worker *worker)
{
    struct audit_queue_stats stats;
    audit_queue_stats(worker->config.queue, &stats);
    metric_put(&table[EVENTS], 0, (int64_t)stats.added);
    metric_put(&table[DROPPED], 0, (int64_t)stats.dropped);
    if (stats.dropped == worker->dropped)
        return;
    struct log_line line;
    log_begin(&line, LOG_ERROR, "audit entries were dropped: there was no room for them");
    log_int(&line, "dropped", (int64_t)(stats.dropped - worker->dropped));
    log_end(&line);
    worker->dropped = stats.dropped;
}

static void look(void *context)
{
    struct audit_worker *worker = context;
    struct err err = {0};
    int64_t written = audit_queue_flush(worker->config.queue, worker->config.db, &err);
    if (written < 0)
        metric_add(&table[FAILURES], 0, 1);
    else
        metric_add(&table[ENTRIES], 0, (uint64_t)written);
    if (written < 0 && !worker->failing)
        log_failure("audit entries cannot be written; they wait", &err);
    worker->failing = written < 0;
    say_dropped(worker);
}

int audit_worker_start(const struct audit_worker_config *config, struct audit_worker **out,
                       struct err *err)
{
    struct audit_worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        abort();
    worker->config = *config;
    struct ticker_config ticker = {config->interval_ms, look, worker};
    if (ticker_start(&ticker, &worker->ticker, err) != 0) {
        free(worker);
        return -1;
    }
    *out = worker;
    return 0;
}

void audit_worker_stop(struct audit_worker *worker)
{
    if (!worker)
        return;
    ticker_stop(worker->ticker);
    look(worker);
    free(worker);
}
