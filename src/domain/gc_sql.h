/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the collector and of its queue. */
#pragma once

#include "store/db/db.h"

struct gc_id_row {
    int64_t id;
};

struct gc_digest_row {
    struct digest digest;
};

struct gc_queue_row {
    int64_t kind; /* enum gc_kind */
    int64_t object_id;
    int64_t due_ms;
};

struct gc_blob_row {
    struct digest digest;
    int64_t size;
    const char *object_key;
    int64_t lease_ms; /* end of the longest lease; 0: none */
    bool used;        /* by a manifest of any repository */
};

struct gc_manifest_row {
    int64_t id;
    int64_t repository_id;
    struct digest digest;
    struct digest subject; /* len 0: none */
    int64_t size;
    bool deleted;
    int64_t window_ms; /* time machine of its namespace */
};

struct gc_tag_row {
    const char *name;
    int64_t end_ms;
    bool hidden;
};

struct gc_object_row { /* an upload or a dead object */
    int64_t id;        /* of the upload */
    const char *name;  /* of the upload */
    const char *object_key;
    int64_t size;
    int64_t due_ms;
    bool failed; /* not a column: the object could not be removed */
};

extern const struct query *const gc_queries[];

/* The queue. */
extern const struct query Q_GC_ENQUEUE;
extern const struct query Q_GC_ENQUEUE_ENDED;
extern const struct query Q_GC_QUEUE_STATS;
extern const struct query Q_GC_DUE;
extern const struct query Q_GC_TAKE;
extern const struct query Q_GC_QUEUED_BY;

/* Blobs. */
extern const struct query Q_GC_BLOB_LOCK;
extern const struct query Q_GC_BLOB;
extern const struct query Q_GC_LEASES_DELETE;
extern const struct query Q_GC_BLOB_DELETE;

/* Manifests. */
extern const struct query Q_GC_MANIFEST;
extern const struct query Q_GC_MANIFEST_BY_DIGEST;
extern const struct query Q_GC_REPOSITORY_LOCK;
extern const struct query Q_GC_TAGS_DELETE;
extern const struct query Q_GC_TAG_LASTING;
extern const struct query Q_GC_PARENT;
extern const struct query Q_GC_LEASE_BLOBS;
extern const struct query Q_GC_QUEUE_LEASED_BLOBS;
extern const struct query Q_GC_QUEUE_BLOBS;
extern const struct query Q_GC_QUEUE_CHILDREN;
extern const struct query Q_GC_QUEUE_REFERRERS;
extern const struct query Q_GC_MANIFEST_BLOBS_DELETE;
extern const struct query Q_GC_MANIFEST_CHILDREN_DELETE;
extern const struct query Q_GC_MANIFEST_LABELS_DELETE;
extern const struct query Q_GC_MANIFEST_PULLS_DELETE;
extern const struct query Q_GC_MANIFEST_DELETE;

/* Repositories. */
extern const struct query Q_GC_REPOSITORY_DELETED;
extern const struct query Q_GC_REPOSITORY_TAGS_DELETE;
extern const struct query Q_GC_REPOSITORY_MANIFESTS;
extern const struct query Q_GC_REPOSITORY_LEASES;
extern const struct query Q_GC_LEASE_DELETE;
extern const struct query Q_GC_REPOSITORY_UPLOADS;
/* What else belongs to a repository, $2 rows of it. */
extern const struct query Q_GC_REPOSITORY_PERMISSIONS_DELETE;
extern const struct query Q_GC_REPOSITORY_STARS_DELETE;
extern const struct query Q_GC_REPOSITORY_IMMUTABILITY_DELETE;
extern const struct query Q_GC_REPOSITORY_TOKENS_DELETE;
extern const struct query Q_GC_REPOSITORY_MAIL_DELETE;
extern const struct query Q_GC_REPOSITORY_ACTIVITY_DELETE;
extern const struct query Q_GC_REPOSITORY_MANIFEST_PULLS_DELETE;
extern const struct query Q_GC_REPOSITORY_TAG_PULLS_DELETE;
extern const struct query Q_GC_REPOSITORY_DELETE;

/* Uploads and objects. */
extern const struct query Q_GC_UPLOADS_EXPIRED;
extern const struct query Q_GC_UPLOAD_DELETE;
extern const struct query Q_GC_DEAD_OBJECTS;
extern const struct query Q_GC_DEAD_OBJECT_INSERT;
extern const struct query Q_GC_DEAD_OBJECT_DELETE;
extern const struct query Q_GC_DEAD_OBJECT_POSTPONE;
