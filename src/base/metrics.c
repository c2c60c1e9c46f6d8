/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics: one flat array of atomics for each metric, indexed by label values in row-major order. A
 * histogram's buckets are kept apart and added up when they are shown, so that an observation
 * touches two values and a scrape is consistent: its count is the sum of the buckets it read.
 *
 * No shards by thread: an addition takes 7 ns, and 15 ns where two cores fight over it; a request
 * makes about five of them. */
#include "metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static size_t list_length(const char *const *values)
{
    size_t length = 0;
    while (values[length])
        length++;
    return length;
}

static size_t bucket_count(const struct metric *metric)
{
    size_t count = 0;
    while (metric->bounds[count] != 0)
        count++;
    return count + 1; /* and the one up to infinity */
}

static bool is_label(const struct metric *metric, size_t i)
{
    return i < METRIC_LABELS_MAX && metric->labels[i].name;
}

/* What the format or the header demands; a metric that breaks it is a bug. */
static void check(const struct metric *metric)
{
    bool total = str_ends(str_of(metric->name), STR("_total"));
    bool named = total == (metric->kind == METRIC_COUNTER);
    bool bounded = (metric->bounds != NULL) == (metric->kind == METRIC_HISTOGRAM);
    bool ascending = true;
    for (size_t i = 0; bounded && metric->bounds && metric->bounds[i] != 0; i++)
        ascending = ascending && (i == 0 || metric->bounds[i - 1] < metric->bounds[i]);
    if (!named || !bounded || !ascending || metric->cells == 0 || metric->cells > METRIC_CELLS_MAX)
        abort();
}

void metrics_init(const struct metric_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct metric *metric = &set->metrics[i];
        metric->cells = 1;
        for (size_t k = 0; is_label(metric, k) && metric->cells <= METRIC_CELLS_MAX; k++)
            metric->cells *= list_length(metric->labels[k].values);
        check(metric);
        metric->stride = metric->kind == METRIC_HISTOGRAM ? bucket_count(metric) + 1 : 1;
        metric->values = calloc(metric->cells * metric->stride, sizeof *metric->values);
        if (!metric->values)
            abort();
    }
}

void metrics_done(const struct metric_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->metrics[i].values);
        set->metrics[i].values = NULL;
    }
}

size_t metric_cell(const struct metric *metric, size_t a, size_t b, size_t c)
{
    const size_t indexes[METRIC_LABELS_MAX] = {a, b, c};
    size_t cell = 0;
    for (size_t i = 0; is_label(metric, i); i++) {
        size_t length = list_length(metric->labels[i].values);
        cell = cell * length + size_min(indexes[i], length - 1);
    }
    return cell;
}

void metric_observe(struct metric *metric, size_t cell, uint64_t value)
{
    if (!metric->values)
        return;
    _Atomic uint64_t *own = &metric->values[cell * metric->stride];
    size_t bucket = 0;
    while (metric->bounds[bucket] != 0 && value > metric->bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&own[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&own[metric->stride - 1], value, memory_order_relaxed);
}

static uint64_t load(const _Atomic uint64_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

/* The text of a label's value (then quotation marks are escaped too) or of a HELP line. */
static void add_escaped(struct buf *buf, const char *text, bool quoted)
{
    for (; *text; text++) {
        if (*text == '\n')
            buf_add_text(buf, "\\n");
        else if (*text == '\\' || (quoted && *text == '"'))
            buf_printf(buf, "\\%c", *text);
        else
            buf_add_char(buf, *text);
    }
}

static void add_value(struct buf *buf, uint64_t value, unsigned decimals)
{
    uint64_t divisor = 1;
    for (unsigned i = 0; i < decimals; i++)
        divisor *= 10;
    buf_add_u64(buf, value / divisor);
    if (value % divisor == 0)
        return;
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%0*" PRIu64, (int)decimals, value % divisor);
    while (digits[length - 1] == '0')
        length--;
    buf_add_char(buf, '.');
    buf_add(buf, digits, (size_t)length);
}

static void add_signed(struct buf *buf, int64_t value, unsigned decimals)
{
    if (value < 0)
        buf_add_char(buf, '-');
    add_value(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, decimals);
}

/* The labels of a cell: `a="x",b="y"`. Returns whether there are any. */
static bool add_labels(struct buf *buf, const struct metric *metric, size_t cell)
{
    size_t below = metric->cells; /* cells that share the labels written so far */
    for (size_t i = 0; is_label(metric, i); i++) {
        const struct metric_label *label = &metric->labels[i];
        size_t length = list_length(label->values);
        assert(length > 0 && below >= length); /* metrics_init saw to it */
        below /= length;
        buf_printf(buf, "%s%s=\"", i > 0 ? "," : "", label->name);
        add_escaped(buf, label->values[cell / below], true);
        buf_add_char(buf, '"');
        cell %= below;
    }
    return is_label(metric, 0);
}

/* Name and labels of a line, up to the space before its value. */
static void begin_line(struct buf *buf, const struct metric *metric, const char *suffix,
                       size_t cell)
{
    buf_printf(buf, "%s%s", metric->name, suffix);
    if (is_label(metric, 0)) {
        buf_add_char(buf, '{');
        add_labels(buf, metric, cell);
        buf_add_char(buf, '}');
    }
    buf_add_char(buf, ' ');
}

static void write_single(struct buf *buf, const struct metric *metric, size_t cell)
{
    uint64_t value = load(&metric->values[cell]);
    bool gauge = metric->kind == METRIC_GAUGE;
    if (value == 0 && !gauge && is_label(metric, 0))
        return;
    begin_line(buf, metric, "", cell);
    if (gauge)
        add_signed(buf, (int64_t)value, metric->decimals);
    else
        add_value(buf, value, metric->decimals);
    buf_add_char(buf, '\n');
}

static void write_histogram(struct buf *buf, const struct metric *metric, size_t cell)
{
    const _Atomic uint64_t *own = &metric->values[cell * metric->stride];
    size_t buckets = metric->stride - 1, start = buf->len;
    uint64_t count = 0;
    for (size_t i = 0; i < buckets; i++) {
        count += load(&own[i]);
        buf_printf(buf, "%s_bucket{", metric->name);
        if (add_labels(buf, metric, cell))
            buf_add_char(buf, ',');
        buf_add_text(buf, "le=\"");
        if (i + 1 < buckets)
            add_value(buf, metric->bounds[i], metric->decimals);
        else
            buf_add_text(buf, "+Inf");
        buf_printf(buf, "\"} %" PRIu64 "\n", count);
    }
    if (count == 0 && is_label(metric, 0) && buf_ok(buf)) {
        buf_truncate(buf, start);
        return;
    }
    begin_line(buf, metric, "_sum", cell);
    add_value(buf, load(&own[buckets]), metric->decimals);
    buf_add_char(buf, '\n');
    begin_line(buf, metric, "_count", cell);
    buf_printf(buf, "%" PRIu64 "\n", count);
}

static void write_metric(struct buf *buf, const struct metric *metric)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    buf_printf(buf, "# HELP %s ", metric->name);
    add_escaped(buf, metric->help, false);
    buf_printf(buf, "\n# TYPE %s %s\n", metric->name, kinds[metric->kind]);
    for (size_t cell = 0; cell < metric->cells; cell++) {
        if (metric->kind == METRIC_HISTOGRAM)
            write_histogram(buf, metric, cell);
        else
            write_single(buf, metric, cell);
    }
}

void metrics_write(struct buf *buf, const struct metric_set *const *sets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sets[i]->count; k++) {
            if (sets[i]->metrics[k].values)
                write_metric(buf, &sets[i]->metrics[k]);
        }
    }
}
