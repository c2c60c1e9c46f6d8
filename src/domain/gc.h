/* SPDX-License-Identifier: Apache-2.0 */
/* Garbage collection, while the registry is in use.
 *
 * Whoever drops a reference queues what it referred to (gc_queue.h). The collector looks at what is
 * due and decides by what refers to it at that moment, in the transaction that removes its rows:
 *
 *   manifest    kept by a tag that is live or can still be restored, by an index that names it, by
 *               the subject it is attached to
 *   blob        kept by a manifest of any repository, by an unexpired lease of one
 *   repository  goes when it was deleted: first its content, then its row
 *   upload      goes when its session has expired
 *
 * A blob's row going away turns its object into a dead one, which the sweep removes after a grace
 * time. Object keys are never used again, so nothing can come back to life in between. When a
 * manifest goes, the repository keeps a lease on blobs that nothing else there holds: an existence
 * check that was answered a moment ago stays true. Every step is one short transaction or may be
 * repeated; a crash anywhere loses nothing and leaves nothing behind but work that is still queued.
 * The protocol is checked by tests/model/gc.pml. */
#pragma once

#include "domain/gc_queue.h"
#include "store/blob/blob.h"

struct gc_policy {
    int64_t lease_ms;  /* blobs of a collected manifest stay usable this long [1 hour] */
    int64_t window_ms; /* time machine: a closed tag can be restored this long [14 days] */
    int64_t grace_ms;  /* an object outlives its row by this, for readers that have looked it up
                          but not opened it yet [10 minutes] */
    int64_t batch;     /* most candidates, uploads and objects in a round [1000] */
    int64_t hold_us;   /* a write transaction takes on no more work after this, and sooner when a
                          commit is quick [5000] */
};
extern const struct gc_policy gc_policy_default;

struct gc {
    struct db *db;
    struct blob_store *store;
    struct gc_policy policy;
    /* Asked before each decision; true ends the round early. NULL: never. */
    bool (*stop)(void *context);
    /* Told after each write transaction how long it was waited for and then held, so that it can
     * pause in favour of pushes. NULL: no pause. */
    void (*breathe)(void *context, int64_t waited_us, int64_t held_us);
    void *context;
};

/* How long to pause after a write transaction: as long as it held the database, and more when it
 * had to wait for its own turn, for then there are pushes in the queue. */
int64_t gc_pause_us(int64_t waited_us, int64_t held_us);

/* What was done. Rounds add to it. */
struct gc_report {
    int64_t kept; /* candidates that turned out to be in use */
    int64_t tags; /* intervals that cannot be restored any more */
    int64_t manifests, blobs, uploads, repositories;
    int64_t objects, bytes;  /* removed from storage */
    int64_t failed;          /* objects that could not be removed; tried again in an hour */
    int64_t conflicts;       /* decisions that ran into a push and were made again */
    struct err last_failure; /* of `failed` */
};

/* One round over what is due at `now_ms`, of bounded size. 1 when more is due already, 0 when not
 * (or when told to stop), -1. The report counts what was committed, also on failure. */
int gc_run(const struct gc *gc, int64_t now_ms, struct gc_report *report, struct err *err);

/* What a run would do with each candidate, and why. Looks only. */
enum gc_subject { GC_OF_MANIFEST, GC_OF_BLOB, GC_OF_REPOSITORY, GC_OF_UPLOAD, GC_OF_OBJECT };
struct gc_verdict {
    enum gc_subject subject;
    int64_t id;
    const char *name;   /* digest, repository, upload or object key */
    int64_t size;       /* bytes of the blob, manifest, upload or object; 0 for a repository */
    int64_t due_ms;     /* when the collector looks at it */
    bool goes;          /* if it looked now */
    const char *reason; /* one sentence without a full stop */
};
/* A non-zero return of `each` ends the walk with that value. */
int gc_explain(const struct gc *gc, int64_t now_ms,
               int (*each)(void *context, const struct gc_verdict *verdict), void *context,
               struct err *err);
