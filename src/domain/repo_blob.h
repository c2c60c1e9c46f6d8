/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs as a repository sees them. A repository may use a blob while one of its manifests refers
 * to it, or while it holds a lease on it: after an upload, after a mount, and for a while after
 * the last such manifest has been collected (see docs/gc.md). */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

struct blob_row {
    int64_t id;
    struct digest digest;
    int64_t size;
    const char *object_key;
    int64_t lease_ms; /* when the lease ends; 0: none, a manifest holds it */
};

/* The blob, if the repository may use it now: 1 found, 0 not, -1. Reads only. */
int repo_blob_find(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                   const struct digest *digest, int64_t now_ms, struct blob_row *out,
                   struct err *err);
/* As above on a database, and when only a lease that is more than half over keeps the blob, extend
 * it: whoever is told that a blob exists must find it a moment later. */
int repo_blob_touch(struct db *db, struct arena *arena, int64_t repository_id,
                    const struct digest *digest, int64_t now_ms, int64_t lease_ms,
                    struct blob_row *out, struct err *err);
/* Any blob of that digest, whoever uses it. 1, 0, -1. */
int blob_row_find(struct db_tx *tx, struct arena *arena, const struct digest *digest,
                  struct blob_row *out, struct err *err);
/* Whether there is any blob at all. 1, 0, -1. */
int blob_row_any(struct db_tx *tx, struct arena *arena, struct err *err);
/* Let the repository use the blob until `until_ms` at least. */
int repo_blob_lease(struct db_tx *tx, int64_t repository_id, int64_t blob_id, int64_t until_ms,
                    struct err *err);
/* Take a blob that `from_id` may use into `to_id`: 1 mounted, 0 not visible there, -1. */
int repo_blob_mount(struct db *db, struct arena *arena, int64_t from_id, int64_t to_id,
                    const struct digest *digest, int64_t now_ms, int64_t lease_ms,
                    struct blob_row *out, struct err *err);
/* Stop using the blob: ERR_NOT_FOUND semantics as 0, ERR_UNSUPPORTED while a manifest has it.
 * 1 released, 0 it was not in use, -1. */
int repo_blob_release(struct db *db, struct arena *arena, int64_t repository_id,
                      const struct digest *digest, int64_t now_ms, struct err *err);
