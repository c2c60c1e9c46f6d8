/* SPDX-License-Identifier: Apache-2.0 */
/* Blob rows against their objects. A row is read, then its object is opened, then the row is read
 * again: the collector removes the row before the object, so that a row that is still there and has
 * no object is damage. */
#include <stdlib.h>

#include "domain/fsck_run.h"
#include "domain/gc_explain_sql.h"

enum { AFFECTED_MAX = 20 };

static const char *digest_text(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return arena_strdup(arena, text);
}

/* Where the blob is used: by tag, by digest where no tag is on the manifest. */
static int list_affected(struct fsck_run *run, struct arena *arena, int64_t blob_id,
                         struct fsck_finding *finding, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0 ||
        db_list(tx, &Q_GC_PLACES_OF_BLOB, arena, &list, err, blob_id,
                run->now_ms - run->fsck->policy.window_ms, (int64_t)AFFECTED_MAX + 1) != 0)
        return -1;
    const struct gc_place_row *places = list.items;
    size_t count = size_min(list.count, AFFECTED_MAX);
    const char **items = arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = arena_printf(arena, "%s/%s%s%s", places[i].namespace_name, places[i].repository,
                                places[i].tag ? ":" : "@",
                                places[i].tag ? places[i].tag
                                              : digest_text(arena, &places[i].digest));
    finding->affected = (struct texts){items, count};
    finding->more_affected = list.count > AFFECTED_MAX;
    return 0;
}

static int still_there(struct fsck_run *run, struct arena *arena, const struct fsck_blob_row *blob,
                       struct err *err)
{
    struct fsck_blob_row row = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_FSCK_BLOB_BY_ID, arena, &row, err, blob->id);
    return found == 1 ? strcmp(row.object_key, blob->object_key) == 0 : found;
}

static int check_object(struct fsck_run *run, struct arena *arena, const struct fsck_blob_row *blob,
                        struct err *err)
{
    struct fsck_finding finding = {
        .name = digest_text(arena, &blob->digest),
        .object_key = blob->object_key,
        .size = blob->size,
    };
    if (!fsck_run_damaged(run, blob, &finding.found, &finding.kind))
        return 0;
    int there = still_there(run, arena, blob, err);
    if (there <= 0)
        return there;
    if (list_affected(run, arena, blob->id, &finding, err) != 0)
        return -1;
    return fsck_run_tell(run, &finding);
}

static int check_forgotten(struct fsck_run *run, struct arena *arena,
                           const struct fsck_blob_row *blob, struct err *err)
{
    if (!blob->forgotten)
        return 0;
    struct fsck_finding finding = {
        .kind = FSCK_FORGOTTEN,
        .name = digest_text(arena, &blob->digest),
        .size = blob->size,
        .found = blob->size,
    };
    if (run->fsck->repair) {
        if (fsck_run_enqueue(run, GC_BLOB, blob->id, err) != 0)
            return -1;
        finding.action = FSCK_QUEUED;
    }
    return fsck_run_tell(run, &finding);
}

static int page(struct fsck_run *run, int64_t *last, bool *more, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct list list = {0};
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0 ||
        db_list(tx, &Q_FSCK_BLOBS, &arena, &list, err, *last, (int64_t)FSCK_PAGE) != 0)
        return -1;
    db_end(&tx);
    const struct fsck_blob_row *blobs = list.items;
    for (size_t i = 0; i < list.count; i++) {
        int rc = check_object(run, &arena, &blobs[i], err);
        if (rc == 0)
            rc = check_forgotten(run, &arena, &blobs[i], err);
        if (rc != 0)
            return rc;
        *last = blobs[i].id;
        run->report->blobs++;
    }
    *more = list.count == FSCK_PAGE;
    fsck_run_progress(run);
    return 0;
}

int fsck_run_blobs(struct fsck_run *run, struct err *err)
{
    int64_t last = 0;
    bool more = true;
    int rc = 0;
    while (rc == 0 && more)
        rc = page(run, &last, &more, err);
    return rc;
}
