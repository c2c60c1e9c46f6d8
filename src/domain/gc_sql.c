/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of the collector. */
#include "domain/gc_sql.h"

#include "domain/gc_queue.h"

const struct query Q_GC_ENQUEUE = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms) VALUES ($1, $2, $3)",
    .params = "iii",
};

static const struct field stats_fields[] = {
    F_INT(struct gc_queue_stats, depth, "depth", 0),
    F_INT(struct gc_queue_stats, due, "due", 0),
    F_INT(struct gc_queue_stats, oldest_due_ms, "oldest_due_ms", 0),
    F_INT(struct gc_queue_stats, dead_objects, "dead_objects", 0),
    F_INT(struct gc_queue_stats, dead_bytes, "dead_bytes", 0),
};
static const struct schema stats_schema = SCHEMA(struct gc_queue_stats, stats_fields);

const struct query Q_GC_QUEUE_STATS = {
    .sql = "SELECT (SELECT COUNT(*) FROM gc_queue) AS depth,"
           " (SELECT COUNT(*) FROM gc_queue WHERE due_ms <= $1) AS due,"
           " COALESCE((SELECT MIN(due_ms) FROM gc_queue), 0) AS oldest_due_ms,"
           " (SELECT COUNT(*) FROM dead_object) AS dead_objects,"
           " COALESCE((SELECT SUM(size) FROM dead_object), 0) AS dead_bytes",
    .params = "i",
    .row = &stats_schema,
    .scan_ok = true, /* counts two tables that are small unless the collector is behind */
};

const struct query *const gc_queries[] = {
    &Q_GC_ENQUEUE,
    &Q_GC_QUEUE_STATS,
    NULL,
};
