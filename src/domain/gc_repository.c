/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting a deleted repository: a few milliseconds of its content at a time, and at last its
 * row. Nobody can reach it any more, so its blobs need no lease. */
#include "domain/gc_round.h"

/* Each step returns how many rows it removed, GC_ROWS when there may be more, or -1. */
static int64_t drop_tags(struct gc_round *round, int64_t id, struct err *err)
{
    int64_t tags = db_exec(round->tx, &Q_GC_REPOSITORY_TAGS_DELETE, err, id, (int64_t)GC_ROWS);
    if (tags > 0)
        round->report->tags += tags;
    return tags;
}

static int64_t drop_manifests(struct gc_round *round, int64_t id, struct err *err)
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
            return (int64_t)i + 1;
    }
    return (int64_t)list.count;
}

static int64_t drop_leases(struct gc_round *round, int64_t id, struct err *err)
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
    return (int64_t)list.count;
}

static int64_t drop_uploads(struct gc_round *round, int64_t id, struct err *err)
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
    return (int64_t)list.count;
}

/* What people said about it, what they may do with it, how much it was used. */
static int64_t drop_around(struct gc_round *round, int64_t id, struct err *err)
{
    static const struct query *const queries[] = {
        &Q_GC_REPOSITORY_PERMISSIONS_DELETE,    &Q_GC_REPOSITORY_STARS_DELETE,
        &Q_GC_REPOSITORY_TOKENS_DELETE,         &Q_GC_REPOSITORY_MAIL_DELETE,
        &Q_GC_REPOSITORY_ACTIVITY_DELETE,       &Q_GC_REPOSITORY_TAG_PULLS_DELETE,
        &Q_GC_REPOSITORY_MANIFEST_PULLS_DELETE, &Q_GC_REPOSITORY_IMMUTABILITY_DELETE,
    };
    int64_t sum = 0;
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        int64_t rows = db_exec(round->tx, queries[i], err, id, (int64_t)GC_ROWS);
        if (rows < 0 || rows == GC_ROWS)
            return rows;
        sum += rows;
    }
    return sum < GC_ROWS ? sum : GC_ROWS;
}

static int drop_row(struct gc_round *round, int64_t id, struct err *err)
{
    if (db_exec(round->tx, &Q_GC_REPOSITORY_DELETE, err, id) < 0)
        return -1;
    round->report->repositories++;
    return 0;
}

int gc_repository_collect(struct gc_round *round, int64_t id, struct err *err)
{
    static int64_t (*const steps[])(struct gc_round *, int64_t, struct err *) = {
        drop_tags, drop_manifests, drop_leases, drop_uploads, drop_around,
    };
    struct gc_id_row lock;
    int deleted = db_one(round->tx, &Q_GC_REPOSITORY_DELETED, round->arena, &lock, err, id);
    if (deleted <= 0)
        return deleted;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        int64_t rows = steps[i](round, id, err);
        if (rows < 0)
            return -1;
        if (rows == GC_ROWS || (rows > 0 && gc_round_full(round)))
            return gc_round_again(round, GC_REPOSITORY, id, round->now_ms, err);
    }
    return drop_row(round, id, err);
}
