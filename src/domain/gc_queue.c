/* SPDX-License-Identifier: Apache-2.0 */
/* The candidate queue. A row is only ever inserted here and removed by the collector, in the
 * transaction that decides about its object; so two writers never wait for the same row. */
#include "domain/gc_queue.h"

#include "domain/gc_sql.h"

int gc_enqueue(struct db_tx *tx, enum gc_kind kind, int64_t object_id, int64_t due_ms,
               struct err *err)
{
    return db_exec(tx, &Q_GC_ENQUEUE, err, (int64_t)kind, object_id, due_ms) < 0 ? -1 : 0;
}

int gc_enqueue_ended(struct db_tx *tx, int64_t repository_id, int64_t manifest_id, int64_t end_ms,
                     int64_t window_ms, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_GC_ENQUEUE_ENDED, err, repository_id, manifest_id, end_ms,
                           window_ms);
    return rows < 0 ? -1 : 0;
}

int gc_queue_stats(struct db_tx *tx, int64_t now_ms, struct gc_queue_stats *out, struct err *err)
{
    struct gc_queue_stats stats = {0};
    _cleanup_(arena_done) struct arena arena = {0};
    if (db_one(tx, &Q_GC_QUEUE_STATS, &arena, &stats, err, now_ms) < 0)
        return -1;
    *out = stats;
    return 0;
}
