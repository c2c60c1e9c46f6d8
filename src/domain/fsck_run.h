/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of fsck: a run, and its parts in their order. */
#pragma once

#include "domain/fsck.h"
#include "domain/fsck_sql.h"

struct fsck_run {
    const struct fsck *fsck;
    int64_t now_ms;
    struct fsck_report *report;
    char *piece; /* FSCK_PIECE bytes to read into */
};

enum {
    FSCK_PAGE = 200, /* rows in one snapshot */
    FSCK_PIECE = 256 * 1024,
};

/* Each returns 0, the non-zero value of fsck->each, or -1. */
int fsck_run_blobs(struct fsck_run *run, struct err *err);
int fsck_run_uploads(struct fsck_run *run, struct err *err);
int fsck_run_manifests(struct fsck_run *run, struct err *err);
int fsck_run_repositories(struct fsck_run *run, struct err *err);
int fsck_run_usage(struct fsck_run *run, struct err *err);
/* Last, so that it is known whether some blob lacks its object. */
int fsck_run_objects(struct fsck_run *run, struct err *err);

/* Count and tell. */
int fsck_run_tell(struct fsck_run *run, const struct fsck_finding *finding);
void fsck_run_progress(struct fsck_run *run);
/* Have the collector look at a row. */
int fsck_run_enqueue(struct fsck_run *run, enum gc_kind kind, int64_t id, struct err *err);
/* Size of an object: 1 found, 0 missing, -1. */
int fsck_run_size(struct fsck_run *run, const char *key, int64_t *out, struct err *err);
/* Feed an object's content to each hasher. */
int fsck_run_hash(struct fsck_run *run, const char *key, struct hasher *hashers, size_t count,
                  struct err *err);
/* Does the object of a blob have its size and, when verifying, its digest? 1 and what is wrong, 0
 * when nothing is. *size_out is untouched when the object is missing. */
int fsck_run_damaged(struct fsck_run *run, const struct fsck_blob_row *blob, int64_t *size_out,
                     enum fsck_kind *kind_out);
