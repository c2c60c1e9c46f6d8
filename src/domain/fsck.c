/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a run, and what its parts share. Rows come first: when the objects are walked it is
 * known whether any blob lacks one, and only then orphans are read to find it. */
#include "domain/fsck.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "domain/fsck_run.h"

static const struct {
    const char *name;
    const char *text;
} kinds[FSCK_KIND_COUNT] = {
    [FSCK_BLOB_MISSING] = {"blob-missing", "the object of this blob is gone"},
    [FSCK_BLOB_SIZE] = {"blob-size", "the object of this blob does not have its size"},
    [FSCK_BLOB_CONTENT] = {"blob-content", "the object of this blob does not have its digest"},
    [FSCK_BLOB_UNREADABLE] = {"blob-unreadable", "the object of this blob cannot be read"},
    [FSCK_MANIFEST_CONTENT] = {"manifest-content", "this manifest does not have its digest"},
    [FSCK_UPLOAD_SHORT] = {"upload-short", "this upload lacks bytes that were acknowledged"},
    [FSCK_ORPHAN] = {"orphan", "no row names this object"},
    [FSCK_FORGOTTEN] = {"forgotten", "nothing would ever have collected this"},
    [FSCK_USAGE] = {"usage", "the storage that is used here was not counted right"},
};

const char *fsck_kind_text(enum fsck_kind kind)
{
    return kinds[kind].text;
}

const char *fsck_kind_name(enum fsck_kind kind)
{
    return kinds[kind].name;
}

int fsck_run_tell(struct fsck_run *run, const struct fsck_finding *finding)
{
    run->report->findings[finding->kind]++;
    run->report->repaired += finding->action != FSCK_LEFT;
    return run->fsck->each(run->fsck->context, finding);
}

void fsck_run_progress(struct fsck_run *run)
{
    if (run->fsck->progress)
        run->fsck->progress(run->fsck->context, run->report);
}

int fsck_run_enqueue(struct fsck_run *run, enum gc_kind kind, int64_t id, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_WRITE, &tx, err) != 0 ||
        gc_enqueue(tx, kind, id, run->now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

int fsck_run_size(struct fsck_run *run, const char *key, int64_t *out, struct err *err)
{
    _cleanup_close_ int fd = -1;
    uint64_t size;
    if (blob_open(run->fsck->store, key, &fd, &size, err) != 0)
        return err->code == ERR_NOT_FOUND ? 0 : -1;
    *out = (int64_t)size;
    return 1;
}

int fsck_run_hash(struct fsck_run *run, const char *key, struct hasher *hashers, size_t count,
                  struct err *err)
{
    _cleanup_close_ int fd = -1;
    uint64_t size;
    if (blob_open(run->fsck->store, key, &fd, &size, err) != 0)
        return -1;
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    ssize_t n;
    while ((n = read(fd, run->piece, FSCK_PIECE)) > 0) {
        for (size_t i = 0; i < count; i++)
            hasher_update(&hashers[i], run->piece, (size_t)n);
        run->report->bytes += n;
    }
    if (n < 0)
        return err_set_errno(err, "object %s cannot be read", key);
    /* What clients pull shall stay in memory rather than what was read here once. */
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return 0;
}

int fsck_run_damaged(struct fsck_run *run, const struct fsck_blob_row *blob, int64_t *size_out,
                     enum fsck_kind *kind_out)
{
    struct err unreadable;
    struct hasher hasher;
    struct digest digest;
    int found = fsck_run_size(run, blob->object_key, size_out, &unreadable);
    *kind_out = found < 0 ? FSCK_BLOB_UNREADABLE : found == 0 ? FSCK_BLOB_MISSING : FSCK_BLOB_SIZE;
    if (found <= 0 || *size_out != blob->size)
        return 1;
    if (!run->fsck->verify)
        return 0;
    *kind_out = FSCK_BLOB_UNREADABLE;
    hasher_init(&hasher, (enum digest_alg)blob->digest.alg);
    if (fsck_run_hash(run, blob->object_key, &hasher, 1, &unreadable) != 0)
        return 1;
    *kind_out = FSCK_BLOB_CONTENT;
    hasher_digest(&hasher, &digest);
    return !digest_eq(&blob->digest, &digest);
}

int fsck_run(const struct fsck *fsck, int64_t now_ms, struct fsck_report *report, struct err *err)
{
    static int (*const parts[])(struct fsck_run *, struct err *) = {
        fsck_run_blobs,        fsck_run_uploads, fsck_run_manifests,
        fsck_run_repositories, fsck_run_usage,   fsck_run_objects,
    };
    struct fsck_run run = {fsck, now_ms, report, malloc(FSCK_PIECE)};
    int rc = 0;
    if (!run.piece)
        abort();
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(parts); i++)
        rc = parts[i](&run, err);
    free(run.piece);
    return rc;
}
