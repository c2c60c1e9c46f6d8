/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on the use of storage, for usage*.c and fsck_usage.c. */
#pragma once

#include "store/db/db.h"

struct usage_state_row {
    int64_t at_ms;
    int64_t cursor_id;
};

/* A manifest, or one blob. */
struct usage_note_row {
    int64_t id;
    int64_t namespace_id;
    int64_t repository_id;
    int64_t manifest_id;
    int64_t blob_id;
};

struct usage_truth_row {
    int64_t size;    /* of the blob; -1: it is gone */
    bool used;       /* by a manifest of the repository */
    int64_t counted; /* the size that is in the sum; -1: it is not */
};

struct usage_id_row {
    int64_t id;
};

struct usage_sum_row {
    int64_t bytes;
};

struct usage_name_row {
    const char *name;
};

/* What a repository's manifests say, what has been counted, and the sum that is kept. */
struct usage_check_row {
    int64_t bytes, blobs;
    int64_t counted_bytes, counted_blobs;
    int64_t sum;
};

extern const struct query Q_USAGE_STATE, Q_USAGE_STATE_LOCK, Q_USAGE_STATE_INSERT,
    Q_USAGE_STATE_UPDATE, Q_USAGE_ANY_MANIFEST;
extern const struct query Q_USAGE_NOTE_PUSH, Q_USAGE_NOTE_DROP, Q_USAGE_NOTES, Q_USAGE_NOTE_DELETE;
extern const struct query Q_USAGE_MANIFESTS, Q_USAGE_MANIFEST_BLOBS, Q_USAGE_TRUTH, Q_USAGE_SHARED;
extern const struct query Q_USAGE_BLOB_INSERT, Q_USAGE_BLOB_DELETE;
extern const struct query Q_USAGE_REPOSITORY_ADD, Q_USAGE_REPOSITORY_INSERT,
    Q_USAGE_REPOSITORY_DELETE, Q_USAGE_NAMESPACE_ADD, Q_USAGE_NAMESPACE_INSERT,
    Q_USAGE_NAMESPACE_DELETE;
extern const struct query Q_USAGE_OF_NAMESPACE, Q_USAGE_PENDING, Q_USAGE_LIST;
extern const struct query Q_USAGE_CHECK_REPOSITORIES, Q_USAGE_CHECK_REPOSITORY,
    Q_USAGE_CHECK_NAMESPACES, Q_USAGE_CHECK_NAMESPACE, Q_USAGE_MANIFESTS_OF, Q_USAGE_BLOBS_OF,
    Q_USAGE_REPOSITORY_UNSET, Q_USAGE_NAMESPACE_UNSET, Q_USAGE_REPOSITORY_NAME,
    Q_USAGE_NAMESPACE_NAME;

extern const struct query *const usage_queries[];
