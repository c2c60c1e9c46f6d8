/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is to be pruned. Namespaces take turns, the longest waiting first, a bounded piece
 * of work at a time; the row that says when is also what keeps two processes from doing the same,
 * and where an interrupted turn goes on. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

/* A turn that is not heard of for this long may be taken over. */
enum { PRUNE_LEASE_MS = 10 * 60 * 1000 };

struct prune_turn {
    int64_t namespace_id;
    const char *namespace_name;
    bool enabled; /* the account */
    int64_t due_ms;
    int64_t default_due_ms;
    const char *after; /* repository behind which to go on; "": the first */
};

/* Have a namespace take turns, from now on, before a policy is added to it. One that does so
 * already keeps its turn, unless this is its first policy: then that is now. In any case its row is
 * locked until the transaction ends. */
int prune_turn_ensure(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t now_ms,
                      struct err *err);
/* Lock the row, if there is one. */
int prune_turn_lock(struct db_tx *tx, int64_t namespace_id, struct err *err);
/* Have the next `limit` accounts behind `after_id` that are namespaces take turns: *last_out is the
 * last of them. 1, 0 when there are none, -1. */
int prune_turn_ensure_all(struct db_tx *tx, struct arena *arena, int64_t after_id, int64_t limit,
                          int64_t now_ms, int64_t *last_out, struct err *err);

/* Take the next turn that is due: 1, 0 none, -1. It is ours for PRUNE_LEASE_MS. A turn further
 * ahead than `horizon_ms` was put there by a clock that was wrong, and is due too. */
int prune_turn_take(struct db *db, struct arena *arena, int64_t now_ms, int64_t horizon_ms,
                    struct prune_turn *out, struct err *err);
/* Say where it has got to: the lease begins anew. 1, 0 when it is not ours any more, -1. */
int prune_turn_keep(struct db *db, struct prune_turn *turn, const char *after, int64_t now_ms,
                    struct err *err);
/* End it: the next is at `due_ms`, behind the repository `after`. Also 0 when it is not ours any
 * more. */
int prune_turn_end(struct db *db, const struct prune_turn *turn, int64_t due_ms,
                   int64_t default_due_ms, const char *after, struct err *err);
/* The namespace has nothing to prune by: no more turns, unless a policy has come meanwhile. */
int prune_turn_drop(struct db *db, const struct prune_turn *turn, struct err *err);
