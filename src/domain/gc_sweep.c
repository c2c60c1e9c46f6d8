/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads that nobody went on with, and the removal of objects. An object is removed before its
 * row: whatever stops us in between, the row has the removal repeated. */
#include "domain/gc_round.h"

enum {
    REMOVED_AT_ONCE = 100,     /* objects between two looks at the stop signal */
    RETRY_MS = 60 * 60 * 1000, /* after a removal that failed */
};

int gc_upload_drop(struct gc_round *round, const struct gc_object_row *upload, int64_t expired_ms,
                   struct err *err)
{
    int64_t deleted = db_exec(round->tx, &Q_GC_UPLOAD_DELETE, err, upload->id, expired_ms);
    if (deleted <= 0)
        return deleted < 0 ? -1 : 0; /* finished or continued after it was listed */
    if (db_exec(round->tx, &Q_GC_DEAD_OBJECT_INSERT, err, upload->object_key,
                round->now_ms + round->gc->policy.grace_ms, upload->size) < 0)
        return -1;
    round->report->uploads++;
    return 0;
}

static int decide_upload(struct gc_round *round, const void *items, size_t index, struct err *err)
{
    return gc_upload_drop(round, (const struct gc_object_row *)items + index, round->now_ms, err);
}

/* A batch of rows by $1 time, $2 limit. */
static int list_batch(const struct gc *gc, const struct query *query, int64_t now_ms,
                      struct arena *arena, struct list *out, bool *more, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(gc->db, DB_READ, &tx, err) != 0 ||
        db_list(tx, query, arena, out, err, now_ms, gc->policy.batch) != 0)
        return -1;
    if ((int64_t)out->count == gc->policy.batch)
        *more = true;
    return 0;
}

int gc_uploads_expire(const struct gc *gc, int64_t now_ms, struct gc_report *report, bool *more_out,
                      struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct list list = {0};
    if (list_batch(gc, &Q_GC_UPLOADS_EXPIRED, now_ms, &arena, &list, more_out, err) != 0)
        return -1;
    struct gc_work work = {decide_upload, list.items, list.count};
    return gc_round_each(gc, now_ms, &work, report, more_out, err);
}

static int forget_object(struct gc_round *round, const void *items, size_t index, struct err *err)
{
    const struct gc_object_row *object = (const struct gc_object_row *)items + index;
    if (object->failed)
        return db_exec(round->tx, &Q_GC_DEAD_OBJECT_POSTPONE, err, object->object_key,
                       round->now_ms + RETRY_MS) < 0
                   ? -1
                   : 0;
    int64_t deleted = db_exec(round->tx, &Q_GC_DEAD_OBJECT_DELETE, err, object->object_key);
    if (deleted < 0)
        return -1;
    round->report->objects += deleted;
    round->report->bytes += deleted * object->size;
    return 0;
}

/* One object that cannot be removed must not hold up the others. */
static void remove_singly(const struct gc *gc, struct gc_object_row *objects, size_t count,
                          struct gc_report *report)
{
    for (size_t i = 0; i < count; i++) {
        if (blob_remove(gc->store, &objects[i].object_key, 1, &report->last_failure) != 0) {
            objects[i].failed = true;
            report->failed++;
        }
    }
}

static void remove_some(const struct gc *gc, struct gc_object_row *objects, size_t count,
                        struct gc_report *report)
{
    const char *keys[REMOVED_AT_ONCE] = {NULL};
    for (size_t i = 0; i < count; i++)
        keys[i] = objects[i].object_key;
    if (blob_remove(gc->store, keys, count, NULL) != 0)
        remove_singly(gc, objects, count, report);
}

int gc_objects_sweep(const struct gc *gc, int64_t now_ms, struct gc_report *report, bool *more_out,
                     struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct list list = {0};
    size_t removed = 0;
    if (list_batch(gc, &Q_GC_DEAD_OBJECTS, now_ms, &arena, &list, more_out, err) != 0)
        return -1;
    struct gc_object_row *objects = list.items;
    while (removed < list.count && !gc_stopped(gc)) {
        size_t count = size_min(list.count - removed, REMOVED_AT_ONCE);
        remove_some(gc, objects + removed, count, report);
        removed += count;
    }
    struct gc_work work = {forget_object, objects, removed};
    return gc_round_each(gc, now_ms, &work, report, more_out, err);
}
