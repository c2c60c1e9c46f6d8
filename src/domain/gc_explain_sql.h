/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of gc_explain.c and fsck.c that name things for a reader. */
#pragma once

#include "store/db/db.h"

/* Where something is used: a repository, and what in it. */
struct gc_place_row {
    const char *namespace_name;
    const char *repository;
    bool deleted;         /* the repository */
    struct digest digest; /* of the manifest; len 0 where none is meant */
    const char *tag;      /* NULL where none is meant */
    int64_t when_ms;      /* end of the lease or the tag */
};

extern const struct query *const gc_explain_queries[];

/* Candidates of kind $1 behind object $2, at most $3. */
extern const struct query Q_GC_CANDIDATES;
/* One place each. */
extern const struct query Q_GC_PLACE_REPOSITORY; /* repository $1 */
extern const struct query Q_GC_PLACE_USE;        /* a manifest that holds blob $1 */
extern const struct query Q_GC_PLACE_LEASE;      /* the longest lease of blob $1 */
/* Tags, live or restorable at $2 (window start), of manifests that hold blob $1; at most $3. */
extern const struct query Q_GC_PLACES_OF_BLOB;
