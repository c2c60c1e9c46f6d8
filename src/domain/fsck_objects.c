/* SPDX-License-Identifier: Apache-2.0 */
/* Objects against rows. The walk gives keys in no order; they are gathered into batches, and each
 * batch is compared in one snapshot: an object moves from an upload to a blob to the dead ones in
 * single transactions, so that a snapshot sees it exactly once. A key is never used again, so what
 * no row names now no row will ever name, but for an upload too young to have one. */
#include <stdio.h>
#include <stdlib.h>

#include "domain/fsck_run.h"
#include "domain/gc_sql.h"

enum { BATCH = 500 };

struct suspect {
    char key[BLOB_KEY_SIZE];
    int64_t size;
    bool known;
};

struct walk {
    struct fsck_run *run;
    struct err *err;
    bool counting; /* only */
    int64_t known, unknown;
    struct suspect batch[BATCH];
    size_t count;
};

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct suspect *)a)->key, ((const struct suspect *)b)->key);
}

static int mark_rows(struct walk *walk, struct db_tx *tx, struct arena *arena, size_t *unknown,
                     struct err *err)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct gc_id_row row;
        struct suspect *suspect = &walk->batch[i];
        int found = db_one(tx, &Q_FSCK_KEY_KNOWN, arena, &row, err, suspect->key, suspect->key);
        if (found < 0)
            return -1;
        suspect->known = found == 1;
        *unknown += found == 0;
    }
    return 0;
}

/* Uploads have no index by key. They are few, and read only when something is left to explain. */
static int mark_uploads(struct walk *walk, struct db_tx *tx, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct list list = {.count = FSCK_PAGE};
    qsort(walk->batch, walk->count, sizeof walk->batch[0], compare_keys);
    for (int64_t last = 0; list.count == FSCK_PAGE;) {
        arena_reset(&arena);
        if (db_list(tx, &Q_FSCK_UPLOADS, &arena, &list, err, last, (int64_t)FSCK_PAGE) != 0)
            return -1;
        const struct fsck_upload_row *uploads = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct suspect key;
            last = uploads[i].id;
            snprintf(key.key, sizeof key.key, "%s", uploads[i].object_key);
            struct suspect *suspect = bsearch(&key, walk->batch, walk->count, sizeof key,
                                              compare_keys);
            if (suspect)
                suspect->known = true;
        }
    }
    return 0;
}

static int mark_known(struct walk *walk, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    size_t unknown = 0;
    if (db_begin(walk->run->fsck->db, DB_READ, &tx, err) != 0 ||
        mark_rows(walk, tx, &arena, &unknown, err) != 0)
        return -1;
    return unknown > 0 ? mark_uploads(walk, tx, err) : 0;
}

/* Has any blob been found without a good object? */
static bool any_damage(const struct fsck_report *report)
{
    return report->findings[FSCK_BLOB_MISSING] + report->findings[FSCK_BLOB_SIZE] +
               report->findings[FSCK_BLOB_CONTENT] + report->findings[FSCK_BLOB_UNREADABLE] >
           0;
}

/* The blob with this content, if there is one: 1, 0, -1. */
static int find_blob(struct fsck_run *run, struct arena *arena, const struct hasher *hashers,
                     size_t count, struct fsck_blob_row *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    int found = 0;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    for (size_t i = 0; found == 0 && i < count; i++) {
        struct digest digest;
        hasher_digest(&hashers[i], &digest);
        found = db_one(tx, &Q_FSCK_BLOB_BY_DIGEST, arena, out, err, &digest);
    }
    return found;
}

/* The blob's row names the orphan from now on; what it named goes. 1 done, 0 the row has changed
 * or another fsck has removed the orphan. */
static int give_object(struct fsck_run *run, const struct fsck_blob_row *blob, const char *key,
                       struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int64_t size;
    int there = fsck_run_size(run, key, &size, err);
    if (there <= 0)
        return there;
    int64_t changed = db_exec(tx, &Q_FSCK_BLOB_ADOPT, err, blob->id, blob->object_key, key);
    if (changed <= 0)
        return changed < 0 ? -1 : 0;
    if (db_exec(tx, &Q_FSCK_DEAD_OBJECT, err, blob->object_key,
                run->now_ms + run->fsck->policy.grace_ms, blob->size) < 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

/* Look whether the orphan is what some blob lacks, afresh, since that may have been pushed again.
 */
static int adopt(struct fsck_run *run, struct arena *arena, const struct suspect *orphan,
                 struct fsck_finding *finding, struct err *err)
{
    struct hasher hashers[2];
    struct fsck_blob_row blob = {0};
    enum fsck_kind damage;
    char text[DIGEST_TEXT_SIZE];
    int64_t size;
    hasher_init(&hashers[0], DIGEST_SHA256);
    hasher_init(&hashers[1], DIGEST_SHA512);
    if (fsck_run_hash(run, orphan->key, hashers, ARRAY_LEN(hashers), err) != 0)
        return -1;
    int found = find_blob(run, arena, hashers, ARRAY_LEN(hashers), &blob, err);
    if (found <= 0 || !fsck_run_damaged(run, &blob, &size, &damage))
        return found < 0 ? -1 : 0;
    int given = give_object(run, &blob, orphan->key, err);
    if (given <= 0)
        return given;
    digest_format(&blob.digest, text);
    finding->name = arena_strdup(arena, text);
    finding->action = FSCK_ADOPTED;
    return 1;
}

/* Another fsck may have given the object to a blob since the snapshot in which no row named it.
 * While this transaction is open, none can. 0 removed, 1 it is no orphan any more. */
static int remove_orphan(struct fsck_run *run, struct arena *arena, const char *key,
                         struct err *err)
{
    struct gc_id_row row;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int known = db_one(tx, &Q_FSCK_KEY_KNOWN, arena, &row, err, key, key);
    return known != 0 ? known : blob_remove(run->fsck->store, &key, 1, err);
}

/* 0 done, 1 it is no orphan any more, -1. */
static int repair(struct fsck_run *run, struct arena *arena, const struct suspect *orphan,
                  struct fsck_finding *finding, struct err *err)
{
    int adopted = any_damage(run->report) ? adopt(run, arena, orphan, finding, err) : 0;
    if (adopted != 0)
        return adopted < 0 ? -1 : 0;
    int rc = remove_orphan(run, arena, orphan->key, err);
    if (rc == 0)
        finding->action = FSCK_REMOVED;
    return rc;
}

static int settle_orphan(struct fsck_run *run, const struct suspect *orphan, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct err left; /* what cannot be repaired is told as left, and does not end the run */
    struct fsck_finding finding = {
        .kind = FSCK_ORPHAN,
        .name = orphan->key,
        .object_key = orphan->key,
        .size = orphan->size,
        .found = orphan->size,
    };
    if (fsck_run_size(run, orphan->key, &finding.found, err) == 0)
        return 0; /* swept in the meantime */
    int repaired = run->fsck->repair ? repair(run, &arena, orphan, &finding, &left) : 0;
    if (repaired > 0)
        return 0;
    if (repaired < 0)
        finding.action = FSCK_LEFT;
    run->report->orphan_bytes += orphan->size;
    return fsck_run_tell(run, &finding);
}

static int settle_batch(struct walk *walk, struct err *err)
{
    if (mark_known(walk, err) != 0)
        return -1;
    for (size_t i = 0; i < walk->count; i++) {
        bool known = walk->batch[i].known;
        walk->known += known;
        walk->unknown += !known;
        int rc = known || walk->counting ? 0 : settle_orphan(walk->run, &walk->batch[i], err);
        if (rc != 0)
            return rc;
    }
    walk->count = 0;
    fsck_run_progress(walk->run);
    return 0;
}

static int gather(void *context, const struct blob_info *info)
{
    struct walk *walk = context;
    walk->run->report->objects += !walk->counting;
    if (info->modified_ms > walk->run->now_ms - walk->run->fsck->orphan_age_ms)
        return 0;
    struct suspect *suspect = &walk->batch[walk->count++];
    *suspect = (struct suspect){.size = (int64_t)info->size};
    snprintf(suspect->key, sizeof suspect->key, "%s", info->key);
    return walk->count == BATCH ? settle_batch(walk, walk->err) : 0;
}

static int walk_all(struct walk *walk, struct err *err)
{
    int rc = blob_walk(walk->run->fsck->store, gather, walk, err);
    return rc == 0 ? settle_batch(walk, err) : rc;
}

/* With the wrong database, or a very old backup of the right one, everything would be an orphan. */
static int refuse_massacre(struct walk *walk, struct err *err)
{
    walk->counting = true;
    int rc = walk_all(walk, err);
    walk->counting = false;
    if (rc == 0 && walk->unknown > walk->known)
        return err_set(err, ERR_CONFLICT,
                       "%lld of %lld objects are named by no row, and repairing would remove them:"
                       " is this the right database for this storage? Force it if so",
                       (long long)walk->unknown, (long long)(walk->known + walk->unknown));
    return rc;
}

int fsck_run_objects(struct fsck_run *run, struct err *err)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        abort();
    walk->run = run;
    walk->err = err;
    int rc = run->fsck->repair && !run->fsck->force ? refuse_massacre(walk, err) : 0;
    if (rc == 0)
        rc = walk_all(walk, err);
    free(walk);
    return rc;
}
