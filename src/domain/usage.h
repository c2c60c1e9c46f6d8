/* SPDX-License-Identifier: Apache-2.0 */
/* How much storage repositories and namespaces use: the sizes of the distinct blobs that their
 * manifests refer to. A blob that several repositories of a namespace share counts once in the
 * namespace, and once in each of them.
 *
 * A push or the collector only notes what may have changed, by rows that nobody else touches. The
 * worker takes them up: it compares what is true with what has been counted (usage_blob), and so
 * may look at the same thing twice, or late, or after a crash, and comes to the same sums. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

/* Begin to account, if that has not been begun: from then on pushes and the collector take note,
 * whatever the configuration says later. What is there already is counted by usage_backfill. */
int usage_begin(struct db *db, int64_t now_ms, struct err *err);

/* In the transaction that stored a manifest with its blobs. */
int usage_note_push(struct db_tx *tx, int64_t repository_id, int64_t manifest_id, struct err *err);
/* In the transaction that removes a manifest, before its blobs are let go of. */
int usage_note_drop(struct db_tx *tx, int64_t manifest_id, struct err *err);

/* Take up some of what was noted, in one short transaction: 1 there may be more, 0 done, -1. */
int usage_fold(struct db *db, struct err *err);
/* Count some of what was there before accounting began, once `delay_ms` has passed since: other
 * nodes may be of a version that does not take note. 1 there is more, 0 done or not yet, -1. */
int usage_backfill(struct db *db, int64_t now_ms, int64_t delay_ms, struct err *err);

enum usage_state {
    USAGE_WAITING,  /* accounting has not begun, or only what is new has been counted */
    USAGE_RUNNING,  /* what was there before is being counted */
    USAGE_COMPLETE, /* the sums are right */
};
/* "waiting", "running", "complete". */
extern const char *const usage_state_names[];
int usage_state_get(struct db_tx *tx, struct arena *arena, enum usage_state *out, struct err *err);

/* The sum that the worker has kept, at most a second old. */
int usage_of_namespace(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t *out,
                       struct err *err);
/* The same, and what was noted since, in this transaction too: what a push must not bring beyond a
 * limit. What was let go of since is still counted. */
int usage_now(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t *out,
              struct err *err);

struct usage_repository {
    int64_t id;
    const char *name;
    int64_t bytes;
};

enum { USAGE_LIST_MAX = 1000 };
/* Repositories of a namespace by name, after the name `after`: struct usage_repository. */
int usage_list(struct db_tx *tx, struct arena *arena, int64_t namespace_id, const char *after,
               int64_t limit, struct list *out, struct err *err);
