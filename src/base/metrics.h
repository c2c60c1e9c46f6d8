/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms in the Prometheus text format 0.0.4.
 *
 * A module declares its metrics as one static table, and shows it in its header as a metric_set;
 * whoever serves /metrics holds the array of all sets. Values of labels come from fixed lists, so
 * the number of time series is known when the program starts:
 *
 *     enum { PULLS, PULL_SECONDS };
 *     static const char *const kinds[] = {"manifest", "blob", NULL};
 *     static const uint64_t bounds[] = {1000, 10000, 100000, 0};
 *     static struct metric table[] = {
 *         [PULLS] = {.name = "wharf_pulls_total", .help = "Objects pulled.",
                   .kind = METRIC_COUNTER,
 *                    .labels = {{"kind", kinds}}},
 *         [PULL_SECONDS] = {.name = "wharf_pull_seconds", .help = "Time to pull.",
                          .kind = METRIC_HISTOGRAM,
 *                           .bounds = bounds, .decimals = 6},
 *     };
 *     const struct metric_set pull_metrics = {table, ARRAY_LEN(table)};
 *
 *     metric_add(&table[PULLS], metric_cell(&table[PULLS], 1, 0, 0), 1);
 *     metric_observe(&table[PULL_SECONDS], 0, microseconds);
 *
 * Counting is one relaxed atomic addition, and does nothing before metrics_init. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "buf.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

enum {
    METRIC_LABELS_MAX = 3,
    METRIC_CELLS_MAX = 1 << 16, /* of one metric: combinations of its labels' values */
};

struct metric_label {
    const char *name;
    const char *const *values; /* ended by NULL */
};

struct metric {
    const char *name; /* of a counter ending in _total, of a duration in _seconds */
    const char *help;
    enum metric_kind kind;
    struct metric_label labels[METRIC_LABELS_MAX]; /* up to the first without name */
    const uint64_t *bounds; /* of a histogram's buckets, upper, ascending, ended by 0 */
    unsigned decimals;      /* shown value = value / 10^decimals: 6 for seconds counted in us */

    /* Of metrics_init. */
    size_t cells;             /* combinations of label values */
    size_t stride;            /* values of a cell: 1, or buckets and sum of a histogram */
    _Atomic uint64_t *values; /* cells * stride */
};

struct metric_set {
    struct metric *metrics;
    size_t count;
};

/* Make room for the values, all zero. Before threads start; aborts when a metric breaks a rule that
 * is written above or would have more than METRIC_CELLS_MAX cells. */
void metrics_init(const struct metric_set *set);
void metrics_done(const struct metric_set *set);

/* The cell for these indexes into the labels' value lists (0 for labels that the metric lacks). An
 * index outside its list counts as the list's last value, which is best called "other". */
size_t metric_cell(const struct metric *metric, size_t a, size_t b, size_t c);

/* Add to a counter or gauge. */
static inline void metric_add(struct metric *metric, size_t cell, uint64_t amount)
{
    if (metric->values)
        atomic_fetch_add_explicit(&metric->values[cell], amount, memory_order_relaxed);
}

/* Set a gauge, or a counter that mirrors one kept elsewhere. Negative only for gauges. */
static inline void metric_put(struct metric *metric, size_t cell, int64_t value)
{
    if (metric->values)
        atomic_store_explicit(&metric->values[cell], (uint64_t)value, memory_order_relaxed);
}

/* Count one observation in a histogram. */
void metric_observe(struct metric *metric, size_t cell, uint64_t value);

/* Append all sets as text. Of a counter or histogram with labels, combinations that never counted
 * are left out. Check buf_ok afterwards. */
void metrics_write(struct buf *buf, const struct metric_set *const *sets, size_t count);
