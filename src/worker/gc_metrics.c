/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's metrics. */
#include "worker/gc_metrics.h"

enum {
    COLLECTED,
    KEPT,
    RECLAIMED_BYTES,
    FAILURES,
    CONFLICTS,
    PASS_SECONDS,
    QUEUED,
    OVERDUE_SECONDS,
    PENDING_OBJECTS,
    PENDING_BYTES,
};

static const char *const kinds[] = {"tag",        "manifest", "blob", "upload",
                                    "repository", "object",   NULL};
static const char *const failures[] = {"pass", "object", NULL};
static const char *const states[] = {"due", "later", NULL};
static const uint64_t bounds[] = {1000, 10000, 100000, 1000000, 10000000, 100000000, 0};

static struct metric table[] = {
    [COLLECTED] = {.name = "wharf_gc_collected_total",
                   .help = "Collected, by kind.",
                   .kind = METRIC_COUNTER,
                   .labels = {{"kind", kinds}}},
    [KEPT] = {.name = "wharf_gc_kept_total",
              .help = "Candidates that were found in use.",
              .kind = METRIC_COUNTER},
    [RECLAIMED_BYTES] = {.name = "wharf_gc_reclaimed_bytes_total",
                         .help = "Bytes of removed objects.",
                         .kind = METRIC_COUNTER},
    [FAILURES] = {.name = "wharf_gc_failures_total",
                  .help = "Passes that failed, objects not removed.",
                  .kind = METRIC_COUNTER,
                  .labels = {{"of", failures}}},
    [CONFLICTS] = {.name = "wharf_gc_conflicts_total",
                   .help = "Decisions that lost against a push.",
                   .kind = METRIC_COUNTER},
    [PASS_SECONDS] = {.name = "wharf_gc_pass_seconds",
                      .help = "Duration of a pass.",
                      .kind = METRIC_HISTOGRAM,
                      .bounds = bounds,
                      .decimals = 6},
    [QUEUED] = {.name = "wharf_gc_queue",
                .help = "Candidates to be looked at.",
                .kind = METRIC_GAUGE,
                .labels = {{"state", states}}},
    [OVERDUE_SECONDS] = {.name = "wharf_gc_overdue_seconds",
                         .help = "How long the oldest candidate has been due.",
                         .kind = METRIC_GAUGE,
                         .decimals = 3},
    [PENDING_OBJECTS] = {.name = "wharf_gc_pending_objects",
                         .help = "Objects to be removed.",
                         .kind = METRIC_GAUGE},
    [PENDING_BYTES] = {.name = "wharf_gc_pending_bytes",
                       .help = "Bytes of objects to be removed.",
                       .kind = METRIC_GAUGE},
};
const struct metric_set gc_metrics = {table, ARRAY_LEN(table)};

void gc_metrics_pass(const struct gc_report *report, int64_t took_us, bool failed)
{
    const int64_t collected[] = {report->tags,    report->manifests,    report->blobs,
                                 report->uploads, report->repositories, report->objects};
    for (size_t i = 0; i < ARRAY_LEN(collected); i++)
        metric_add(&table[COLLECTED], metric_cell(&table[COLLECTED], i, 0, 0),
                   (uint64_t)collected[i]);
    metric_add(&table[KEPT], 0, (uint64_t)report->kept);
    metric_add(&table[RECLAIMED_BYTES], 0, (uint64_t)report->bytes);
    metric_add(&table[FAILURES], metric_cell(&table[FAILURES], 0, 0, 0), failed);
    metric_add(&table[FAILURES], metric_cell(&table[FAILURES], 1, 0, 0), (uint64_t)report->failed);
    metric_add(&table[CONFLICTS], 0, (uint64_t)report->conflicts);
    metric_observe(&table[PASS_SECONDS], 0, (uint64_t)took_us);
}

void gc_metrics_queue(const struct gc_queue_stats *stats, int64_t now_ms)
{
    bool overdue = stats->due > 0 && stats->oldest_due_ms < now_ms;
    metric_put(&table[QUEUED], metric_cell(&table[QUEUED], 0, 0, 0), stats->due);
    metric_put(&table[QUEUED], metric_cell(&table[QUEUED], 1, 0, 0), stats->depth - stats->due);
    metric_put(&table[OVERDUE_SECONDS], 0, overdue ? now_ms - stats->oldest_due_ms : 0);
    metric_put(&table[PENDING_OBJECTS], 0, stats->dead_objects);
    metric_put(&table[PENDING_BYTES], 0, stats->dead_bytes);
}
