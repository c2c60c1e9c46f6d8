/* SPDX-License-Identifier: Apache-2.0 */
/* The candidate queue of garbage collection: whoever drops a reference says so here, in the same
 * transaction. Nothing else has to: an object is looked at when its row is due, found alive or dead
 * by what refers to it then, and the row is gone. */
#pragma once

#include "store/db/db.h"

enum gc_kind { GC_MANIFEST = 1, GC_BLOB = 2, GC_REPOSITORY = 3 };

/* Have the object looked at when `due_ms` has come. Queueing what turns out to be alive, or is
 * queued already, is fine. */
int gc_enqueue(struct db_tx *tx, enum gc_kind kind, int64_t object_id, int64_t due_ms,
               struct err *err);

/* Have the manifest looked at when the time machine of the repository's namespace lets go of a tag
 * that ends at `end_ms`; window_ms is the registry's own, where the namespace says nothing. */
int gc_enqueue_ended(struct db_tx *tx, int64_t repository_id, int64_t manifest_id, int64_t end_ms,
                     int64_t window_ms, struct err *err);

struct gc_queue_stats {
    int64_t depth;         /* rows, due or not */
    int64_t due;           /* rows that are due */
    int64_t oldest_due_ms; /* when the first row becomes due, also in the future; 0: no rows */
    int64_t dead_objects;  /* objects that wait for their removal */
    int64_t dead_bytes;
};
/* The queue as it is, for metrics. */
int gc_queue_stats(struct db_tx *tx, int64_t now_ms, struct gc_queue_stats *out, struct err *err);
