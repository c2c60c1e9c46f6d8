/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the counting of storage: one transaction, for the worker and for fsck. */
#pragma once

#include "base/arena.h"
#include "domain/usage_sql.h"
#include "store/db/db.h"

struct usage_count {
    struct db_tx *tx;
    struct arena *arena;
    int64_t namespace_id, repository_id;       /* being looked at */
    int64_t namespace_bytes, repository_bytes; /* changes of their sums, not yet written */
};

/* Begin, and wait until nobody else counts: 1, 0 accounting has not begun, -1. */
int usage_count_begin(struct usage_count *count, struct db *db, struct arena *arena,
                      struct usage_state_row *state_out, struct err *err);
/* Look at a manifest's blobs, or at one blob, of a repository. */
int usage_count_note(struct usage_count *count, const struct usage_note_row *note, struct err *err);
/* Write the sums of the repository that was looked at last; needed before the commit. */
int usage_count_settle(struct usage_count *count, struct err *err);
/* Roll back what was not committed. */
static inline void usage_count_end(struct usage_count *count)
{
    db_end(&count->tx);
}
