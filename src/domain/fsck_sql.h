/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of fsck. */
#pragma once

#include "store/db/db.h"

struct fsck_blob_row {
    int64_t id;
    struct digest digest;
    int64_t size;
    const char *object_key;
    bool forgotten; /* no manifest has it and the collector will not look at it */
};

struct fsck_upload_row {
    int64_t id;
    const char *uuid;
    const char *object_key;
    int64_t received;
};

struct fsck_manifest_row {
    int64_t id;
    struct digest digest;
    struct str content;
};

struct fsck_repository_row {
    int64_t id;
    const char *name; /* of its namespace */
};

extern const struct query *const fsck_queries[];

/* Pages: rows behind id $1, at most $2. */
extern const struct query Q_FSCK_BLOBS;
extern const struct query Q_FSCK_UPLOADS;
extern const struct query Q_FSCK_MANIFESTS; /* struct gc_manifest_row */
/* Deleted repositories that the collector will not look at. */
extern const struct query Q_FSCK_REPOSITORIES;

extern const struct query Q_FSCK_BLOB_BY_ID;
extern const struct query Q_FSCK_BLOB_BY_DIGEST;
extern const struct query Q_FSCK_UPLOAD_BY_ID;
extern const struct query Q_FSCK_MANIFEST_CONTENT;
/* Does a row of blob or dead_object name the object $1? struct gc_id_row. */
extern const struct query Q_FSCK_KEY_KNOWN;
extern const struct query Q_FSCK_QUEUED;     /* kind $1, object $2: struct gc_id_row */
extern const struct query Q_FSCK_BLOB_ADOPT; /* blob $1 had key $2, gets $3 */
extern const struct query Q_FSCK_DEAD_OBJECT;
