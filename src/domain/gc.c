/* SPDX-License-Identifier: Apache-2.0 */
/* A round of the collector: expired uploads, then candidates in the order in which they became
 * due, then dead objects. What a round finds is listed first and decided afterwards, each candidate
 * afresh: the list says where to look, never what is dead. */
#include "domain/gc.h"

#include "domain/gc_round.h"

const struct gc_policy gc_policy_default = {
    .lease_ms = INT64_C(3600) * 1000,
    .window_ms = INT64_C(14) * 24 * 3600 * 1000,
    .grace_ms = INT64_C(600) * 1000,
    .batch = 1000,
    .hold_us = 5000,
};

/* The queue rows go before the object is looked at: what is queued from here on, by a transaction
 * that was not finished yet, will have the object looked at once more. */
static int decide_candidate(struct gc_round *round, const void *items, size_t index,
                            struct err *err)
{
    const struct gc_queue_row *row = (const struct gc_queue_row *)items + index;
    int64_t taken = db_exec(round->tx, &Q_GC_TAKE, err, row->kind, row->object_id, round->now_ms,
                            (int64_t)GC_ROWS);
    if (taken <= 0)
        return taken < 0 ? -1 : 0; /* decided already, by a row before this one or another node */
    if (taken == GC_ROWS)
        round->more = true;
    switch (row->kind) {
    case GC_MANIFEST:
        return gc_manifest_collect(round, row->object_id, err);
    case GC_BLOB:
        return gc_blob_collect(round, row->object_id, err);
    case GC_REPOSITORY:
        return gc_repository_collect(round, row->object_id, err);
    default:
        return err_set(err, ERR_INTERNAL, "the collection queue holds an unknown kind");
    }
}

static int collect_candidates(const struct gc *gc, int64_t now_ms, struct gc_report *report,
                              bool *more, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct list due = {0};
    if (db_begin(gc->db, DB_READ, &tx, err) != 0 ||
        db_list(tx, &Q_GC_DUE, &arena, &due, err, now_ms, gc->policy.batch) != 0)
        return -1;
    db_end(&tx);
    if ((int64_t)due.count == gc->policy.batch)
        *more = true;
    struct gc_work work = {decide_candidate, due.items, due.count};
    return gc_round_each(gc, now_ms, &work, report, more, err);
}

int gc_run(const struct gc *gc, int64_t now_ms, struct gc_report *report, struct err *err)
{
    bool more = false;
    if (gc_uploads_expire(gc, now_ms, report, &more, err) != 0 ||
        collect_candidates(gc, now_ms, report, &more, err) != 0 ||
        gc_objects_sweep(gc, now_ms, report, &more, err) != 0)
        return -1;
    return more && !gc_stopped(gc);
}
