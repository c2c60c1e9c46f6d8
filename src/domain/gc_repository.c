/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting a deleted repository: a few milliseconds of its content at a time, and at last its
 * row. Nobody can reach it any more, so its blobs need no lease. */
#include "domain/gc_round.h"

/* Rows of other tables that go with a repository, none of them many. A table with a foreign key to
 * the repository belongs here. */
static const struct query *const last_rows[] = {NULL};

static int again(struct gc_round *round, int64_t id, struct err *err)
{
    return gc_round_again(round, GC_REPOSITORY, id, round->now_ms, err);
}

/* 1 when all are gone, 0 when not yet, -1. So do the others. */
static int drop_tags(struct gc_round *round, int64_t id, struct err *err)
{
    int64_t tags = db_exec(round->tx, &Q_GC_REPOSITORY_TAGS_DELETE, err, id, (int64_t)GC_ROWS);
    if (tags < 0)
        return -1;
    round->report->tags += tags;
    return tags < GC_ROWS && !gc_round_full(round);
}

static int drop_manifests(struct gc_round *round, int64_t id, struct err *err)
{
    struct list list = {0};
    if (db_list(round->tx, &Q_GC_REPOSITORY_MANIFESTS, round->arena, &list, err, id,
                (int64_t)GC_ROWS) != 0)
        return -1;
    const struct gc_manifest_row *manifests = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (gc_manifest_drop(round, &manifests[i], false, err) != 0)
            return -1;
        if (gc_round_full(round))
            return 0;
    }
    return list.count < GC_ROWS;
}

static int drop_leases(struct gc_round *round, int64_t id, struct err *err)
{
    struct list list = {0};
    if (db_list(round->tx, &Q_GC_REPOSITORY_LEASES, round->arena, &list, err, id,
                (int64_t)GC_ROWS) != 0)
        return -1;
    const struct gc_id_row *blobs = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (db_exec(round->tx, &Q_GC_LEASE_DELETE, err, id, blobs[i].id) < 0 ||
            gc_enqueue(round->tx, GC_BLOB, blobs[i].id, round->now_ms, err) != 0)
            return -1;
        round->more = true;
    }
    return list.count < GC_ROWS && !gc_round_full(round);
}

static int drop_uploads(struct gc_round *round, int64_t id, struct err *err)
{
    struct list list = {0};
    if (db_list(round->tx, &Q_GC_REPOSITORY_UPLOADS, round->arena, &list, err, id,
                (int64_t)GC_ROWS) != 0)
        return -1;
    const struct gc_object_row *uploads = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (gc_upload_drop(round, &uploads[i], INT64_MAX, err) != 0)
            return -1;
    }
    return list.count < GC_ROWS && !gc_round_full(round);
}

static int drop_row(struct gc_round *round, int64_t id, struct err *err)
{
    for (size_t i = 0; last_rows[i]; i++) {
        if (db_exec(round->tx, last_rows[i], err, id) < 0)
            return -1;
    }
    if (db_exec(round->tx, &Q_GC_REPOSITORY_DELETE, err, id) < 0)
        return -1;
    round->report->repositories++;
    return 1;
}

int gc_repository_collect(struct gc_round *round, int64_t id, struct err *err)
{
    static int (*const steps[])(struct gc_round *, int64_t, struct err *) = {
        drop_tags, drop_manifests, drop_leases, drop_uploads, drop_row,
    };
    struct gc_id_row lock;
    int deleted = db_one(round->tx, &Q_GC_REPOSITORY_DELETED, round->arena, &lock, err, id);
    if (deleted <= 0)
        return deleted;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        int done = steps[i](round, id, err);
        if (done <= 0)
            return done < 0 ? -1 : again(round, id, err);
    }
    return 0;
}
