/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting a blob. Both the row that a manifest holds it by and a lease are foreign keys to the
 * blob's row: should one appear after the look, the removal fails and is decided again. */
#include "domain/gc_round.h"

enum { BUSY_MS = 60 * 1000 }; /* look again after this at what a push was using just now */

bool gc_blob_kept(const struct gc_blob_row *blob, int64_t now_ms)
{
    return blob->used || blob->lease_ms > now_ms;
}

static int keep(struct gc_round *round, int64_t id, const struct gc_blob_row *blob, bool locked,
                struct err *err)
{
    round->report->kept++;
    if (!locked)
        return gc_round_again(round, GC_BLOB, id, round->now_ms + BUSY_MS, err);
    if (blob->used)
        return 0; /* queued when the manifest goes */
    return gc_round_again(round, GC_BLOB, id, blob->lease_ms, err);
}

static int bury(struct gc_round *round, int64_t id, const struct gc_blob_row *blob, struct err *err)
{
    int64_t delete_after = round->now_ms + round->gc->policy.grace_ms;
    if (db_exec(round->tx, &Q_GC_DEAD_OBJECT_INSERT, err, blob->object_key, delete_after,
                blob->size) < 0)
        return -1;
    int64_t deleted = db_exec(round->tx, &Q_GC_BLOB_DELETE, err, id);
    if (deleted < 0)
        return -1;
    if (deleted == 0)
        return err_set(err, ERR_CONFLICT, "a blob was collected by another process");
    round->report->blobs++;
    return 0;
}

int gc_blob_collect(struct gc_round *round, int64_t id, struct err *err)
{
    struct gc_id_row lock;
    struct gc_blob_row blob = {0};
    int locked = db_one(round->tx, &Q_GC_BLOB_LOCK, round->arena, &lock, err, id);
    if (locked < 0 || db_exec(round->tx, &Q_GC_LEASES_DELETE, err, id, round->now_ms) < 0)
        return -1;
    int found = db_one(round->tx, &Q_GC_BLOB, round->arena, &blob, err, id);
    if (found <= 0)
        return found;
    if (!locked || gc_blob_kept(&blob, round->now_ms))
        return keep(round, id, &blob, locked, err);
    return bury(round, id, &blob, err);
}
