/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the collector: one write transaction on its way, and the decision on each kind of
 * candidate. A candidate's queue rows are gone when its function is called; whoever finds that it
 * must be looked at again queues it again. */
#pragma once

#include "domain/gc.h"
#include "domain/gc_sql.h"

struct gc_round {
    const struct gc *gc;
    int64_t now_ms;
    struct db_tx *tx;
    struct arena *arena;      /* of the transaction */
    struct gc_report *report; /* of the transaction: counts once it is committed */
    int64_t full_us;          /* take on no more work after this (clock_mono_us) */
    bool more;                /* something was queued again that is due now */
};

enum { GC_ROWS = 500 }; /* rows that one statement removes at most */

/* True when the transaction has been held long enough. */
bool gc_round_full(const struct gc_round *round);
/* Have the object looked at again at `due_ms`, unless a queue row has that done by then. */
int gc_round_again(struct gc_round *round, enum gc_kind kind, int64_t id, int64_t due_ms,
                   struct err *err);

int gc_blob_collect(struct gc_round *round, int64_t id, struct err *err);
int gc_manifest_collect(struct gc_round *round, int64_t id, struct err *err);
int gc_repository_collect(struct gc_round *round, int64_t id, struct err *err);

/* Remove the rows of a manifest. With `lease` the repository may go on using its blobs for a while,
 * and what it held on to is queued; without, the blobs are due at once (the repository goes). */
int gc_manifest_drop(struct gc_round *round, const struct gc_manifest_row *manifest, bool lease,
                     struct err *err);

/* End an upload session that expired by `expired_ms`. */
int gc_upload_drop(struct gc_round *round, const struct gc_object_row *upload, int64_t expired_ms,
                   struct err *err);

/* Why a manifest stays. */
enum gc_keeper { GC_KEPT_BY_NOTHING, GC_KEPT_BY_TAG, GC_KEPT_BY_INDEX, GC_KEPT_BY_SUBJECT };
struct gc_manifest_keeper {
    enum gc_keeper keeper;
    struct gc_tag_row tag; /* BY_TAG: the one that lasts longest */
    struct digest digest;  /* BY_INDEX: of the index */
};
/* The decision itself, for the collector and for gc_explain. */
int gc_manifest_keeper(struct db_tx *tx, struct arena *arena, int64_t now_ms,
                       const struct gc_manifest_row *manifest, struct gc_manifest_keeper *out,
                       struct err *err);
/* When a tag lets go of its manifest, in a namespace with that time machine. */
int64_t gc_tag_until(const struct gc_tag_row *tag, int64_t window_ms);
/* The decision on a blob. */
bool gc_blob_kept(const struct gc_blob_row *blob, int64_t now_ms);

struct gc_work {
    int (*decide)(struct gc_round *round, const void *items, size_t index, struct err *err);
    const void *items;
    size_t count;
};
/* Decide about each of the items in order, in as many short write transactions as it takes. A
 * transaction that lost against a push is done again. *more_out is set, never cleared, when
 * something was queued again that is due. */
int gc_round_each(const struct gc *gc, int64_t now_ms, const struct gc_work *work,
                  struct gc_report *report, bool *more_out, struct err *err);
/* True when the collector has been told to stop. */
bool gc_stopped(const struct gc *gc);

/* A batch of expired uploads, and of dead objects. *more_out is set when there may be more. */
int gc_uploads_expire(const struct gc *gc, int64_t now_ms, struct gc_report *report, bool *more_out,
                      struct err *err);
int gc_objects_sweep(const struct gc *gc, int64_t now_ms, struct gc_report *report, bool *more_out,
                     struct err *err);
