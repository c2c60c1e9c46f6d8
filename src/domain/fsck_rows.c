/* SPDX-License-Identifier: Apache-2.0 */
/* The other rows: uploads against their objects, manifests against their digests, and what nobody
 * has queued for the collector though nothing keeps it. */
#include "domain/fsck_run.h"
#include "domain/gc_round.h"

/* ---- uploads ---- */

/* The session cannot go on: end it, so that its client starts anew. */
static int end_session(struct fsck_run *run, const struct fsck_upload_row *upload, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int64_t deleted = db_exec(tx, &Q_GC_UPLOAD_DELETE, err, upload->id, INT64_MAX);
    if (deleted < 0 || (deleted == 1 && db_exec(tx, &Q_FSCK_DEAD_OBJECT, err, upload->object_key,
                                                run->now_ms, upload->received) < 0))
        return -1;
    return db_commit(&tx, err);
}

static int check_upload(struct fsck_run *run, struct arena *arena,
                        const struct fsck_upload_row *upload, struct err *err)
{
    struct fsck_upload_row again = {0};
    struct fsck_finding finding = {
        .kind = FSCK_UPLOAD_SHORT,
        .name = upload->uuid,
        .object_key = upload->object_key,
        .size = upload->received,
    };
    if (upload->received == 0)
        return 0;
    int found = fsck_run_size(run, upload->object_key, &finding.found, err);
    if (found < 0 || (found == 1 && finding.found >= upload->received))
        return found < 0 ? -1 : 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    found = db_one(tx, &Q_FSCK_UPLOAD_BY_ID, arena, &again, err, upload->id);
    if (found <= 0)
        return found; /* finished, or expired and collected */
    db_end(&tx);
    if (run->fsck->repair) {
        if (end_session(run, upload, err) != 0)
            return -1;
        finding.action = FSCK_REMOVED;
    }
    return fsck_run_tell(run, &finding);
}

/* ---- manifests ---- */

static const char *digest_text(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return arena_strdup(arena, text);
}

static int check_content(struct fsck_run *run, struct db_tx *tx, struct arena *arena,
                         const struct gc_manifest_row *manifest, struct err *err)
{
    struct fsck_manifest_row row = {0};
    struct digest digest;
    int found = db_one(tx, &Q_FSCK_MANIFEST_CONTENT, arena, &row, err, manifest->id);
    if (found <= 0)
        return found;
    digest_of((enum digest_alg)row.digest.alg, row.content, &digest);
    run->report->bytes += (int64_t)row.content.len;
    if (digest_eq(&digest, &row.digest))
        return 0;
    struct fsck_finding finding = {
        .kind = FSCK_MANIFEST_CONTENT,
        .name = digest_text(arena, &manifest->digest),
        .size = manifest->size,
        .found = (int64_t)row.content.len,
    };
    return fsck_run_tell(run, &finding);
}

/* Nothing keeps it, or only something that ends: then a queue row must say when to look. */
static int is_forgotten(struct fsck_run *run, struct db_tx *tx, struct arena *arena,
                        const struct gc_manifest_row *manifest, struct err *err)
{
    struct gc_manifest_keeper keeper;
    struct gc_id_row queued;
    if (gc_manifest_keeper(tx, arena, run->now_ms, manifest, &keeper, err) != 0)
        return -1;
    bool ends = keeper.keeper == GC_KEPT_BY_TAG &&
                gc_tag_until(&keeper.tag, manifest->window_ms) < INT64_MAX;
    if (keeper.keeper != GC_KEPT_BY_NOTHING && !ends)
        return 0;
    int found = db_one(tx, &Q_FSCK_QUEUED, arena, &queued, err, (int64_t)GC_MANIFEST, manifest->id);
    if (found == 0) /* or its repository is being emptied */
        found = db_one(tx, &Q_FSCK_QUEUED, arena, &queued, err, (int64_t)GC_REPOSITORY,
                       manifest->repository_id);
    return found < 0 ? -1 : !found;
}

static int tell_forgotten(struct fsck_run *run, enum gc_kind kind, int64_t id, const char *name,
                          int64_t size, struct err *err)
{
    struct fsck_finding finding = {
        .kind = FSCK_FORGOTTEN,
        .name = name,
        .size = size,
        .found = size,
    };
    if (run->fsck->repair) {
        if (fsck_run_enqueue(run, kind, id, err) != 0)
            return -1;
        finding.action = FSCK_QUEUED;
    }
    return fsck_run_tell(run, &finding);
}

static int check_manifest(struct fsck_run *run, struct arena *arena,
                          const struct gc_manifest_row *manifest, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    int rc = run->fsck->verify ? check_content(run, tx, arena, manifest, err) : 0;
    if (rc != 0)
        return rc;
    int forgotten = is_forgotten(run, tx, arena, manifest, err);
    if (forgotten <= 0)
        return forgotten;
    db_end(&tx);
    return tell_forgotten(run, GC_MANIFEST, manifest->id, digest_text(arena, &manifest->digest),
                          manifest->size, err);
}

/* ---- pages ---- */

static int list_page(struct fsck_run *run, const struct query *query, int64_t last,
                     struct arena *arena, struct list *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    return db_list(tx, query, arena, out, err, last, (int64_t)FSCK_PAGE);
}

int fsck_run_uploads(struct fsck_run *run, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct list list = {.count = FSCK_PAGE};
    for (int64_t last = 0; list.count == FSCK_PAGE; fsck_run_progress(run)) {
        arena_reset(&arena);
        if (list_page(run, &Q_FSCK_UPLOADS, last, &arena, &list, err) != 0)
            return -1;
        const struct fsck_upload_row *uploads = list.items;
        for (size_t i = 0; i < list.count; i++, run->report->uploads++) {
            last = uploads[i].id;
            int rc = check_upload(run, &arena, &uploads[i], err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

static int list_manifests(struct fsck_run *run, int64_t last, struct arena *arena, struct list *out,
                          struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    return db_list(tx, &Q_FSCK_MANIFESTS, arena, out, err, last, (int64_t)FSCK_PAGE,
                   run->fsck->policy.window_ms);
}

int fsck_run_manifests(struct fsck_run *run, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0}, one = {0};
    struct list list = {.count = FSCK_PAGE};
    for (int64_t last = 0; list.count == FSCK_PAGE; fsck_run_progress(run)) {
        arena_reset(&arena);
        if (list_manifests(run, last, &arena, &list, err) != 0)
            return -1;
        const struct gc_manifest_row *manifests = list.items;
        for (size_t i = 0; i < list.count; i++, run->report->manifests++) {
            last = manifests[i].id;
            arena_reset(&one); /* a manifest's content may be large */
            int rc = check_manifest(run, &one, &manifests[i], err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

int fsck_run_repositories(struct fsck_run *run, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct list list = {.count = FSCK_PAGE};
    for (int64_t last = 0; list.count == FSCK_PAGE; fsck_run_progress(run)) {
        arena_reset(&arena);
        if (list_page(run, &Q_FSCK_REPOSITORIES, last, &arena, &list, err) != 0)
            return -1;
        const struct fsck_repository_row *repositories = list.items;
        for (size_t i = 0; i < list.count; i++) {
            last = repositories[i].id;
            const char *name = arena_printf(&arena, "a deleted repository of %s",
                                            repositories[i].name);
            int rc = tell_forgotten(run, GC_REPOSITORY, last, name, 0, err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}
