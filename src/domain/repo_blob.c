/* SPDX-License-Identifier: Apache-2.0 */
/* Which blobs a repository may use. Looking one up costs one or two index probes and writes
 * nothing, except in the last half of a lease that nothing else backs: that write is what makes
 * "HEAD said it exists" a promise that the collector keeps. */
#include "repo_blob.h"

#include "domain/gc_queue.h"
#include "domain/repo_blob_sql.h"

int repo_blob_find(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                   const struct digest *digest, int64_t now_ms, struct blob_row *out,
                   struct err *err)
{
    int found = db_one(tx, &Q_REPO_BLOB_BY_MANIFEST, arena, out, err, digest, repository_id);
    if (found != 0)
        return found;
    return db_one(tx, &Q_REPO_BLOB_BY_LEASE, arena, out, err, digest, repository_id, now_ms);
}

int blob_row_find(struct db_tx *tx, struct arena *arena, const struct digest *digest,
                  struct blob_row *out, struct err *err)
{
    return db_one(tx, &Q_BLOB_BY_DIGEST, arena, out, err, digest);
}

int blob_row_any(struct db_tx *tx, struct arena *arena, struct err *err)
{
    struct blob_row row;
    return db_one(tx, &Q_BLOB_ANY, arena, &row, err);
}

int repo_blob_lease(struct db_tx *tx, int64_t repository_id, int64_t blob_id, int64_t until_ms,
                    struct err *err)
{
    int64_t changed = db_exec(tx, &Q_BLOB_LEASE_EXTEND, err, repository_id, blob_id, until_ms);
    if (changed < 0)
        return -1;
    if (changed == 0 &&
        db_exec(tx, &Q_BLOB_LEASE_INSERT, err, repository_id, blob_id, until_ms) < 0)
        return -1;
    return gc_enqueue(tx, GC_BLOB, blob_id, until_ms, err);
}

static int extend(struct db *db, struct arena *arena, int64_t repository_id,
                  const struct digest *digest, int64_t now_ms, int64_t lease_ms,
                  struct blob_row *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = repo_blob_find(tx, arena, repository_id, digest, now_ms, out, err);
    if (found <= 0)
        return found;
    if (out->lease_ms > 0 &&
        repo_blob_lease(tx, repository_id, out->id, now_ms + lease_ms, err) != 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

int repo_blob_touch(struct db *db, struct arena *arena, int64_t repository_id,
                    const struct digest *digest, int64_t now_ms, int64_t lease_ms,
                    struct blob_row *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int found = repo_blob_find(tx, arena, repository_id, digest, now_ms, out, err);
    if (found <= 0 || out->lease_ms == 0 || out->lease_ms - now_ms > lease_ms / 2)
        return found;
    db_end(&tx);
    return extend(db, arena, repository_id, digest, now_ms, lease_ms, out, err);
}

int repo_blob_mount(struct db *db, struct arena *arena, int64_t from_id, int64_t to_id,
                    const struct digest *digest, int64_t now_ms, int64_t lease_ms,
                    struct blob_row *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = repo_blob_find(tx, arena, from_id, digest, now_ms, out, err);
    if (found <= 0)
        return found;
    if (repo_blob_lease(tx, to_id, out->id, now_ms + lease_ms, err) != 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

int repo_blob_release(struct db *db, struct arena *arena, int64_t repository_id,
                      const struct digest *digest, int64_t now_ms, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct blob_row blob;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = repo_blob_find(tx, arena, repository_id, digest, now_ms, &blob, err);
    if (found <= 0)
        return found;
    if (blob.lease_ms == 0)
        return err_set(err, ERR_UNSUPPORTED,
                       "blob belongs to a manifest of this repository and goes when that does");
    if (db_exec(tx, &Q_BLOB_LEASE_DELETE, err, repository_id, blob.id) < 0 ||
        gc_enqueue(tx, GC_BLOB, blob.id, now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}
