/* SPDX-License-Identifier: Apache-2.0 */
/* Stars: repositories that a user likes. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

/* A starred repository. */
struct star {
    int64_t repository_id;
    const char *namespace_name;
    const char *name;
    const char *description; /* NULL: none */
    bool is_public;
};

/* Star it, or take that back; it may be so already. */
int star_put(struct db_tx *tx, int64_t account_id, int64_t repository_id, int64_t now_ms,
             struct err *err);
int star_delete(struct db_tx *tx, int64_t account_id, int64_t repository_id, struct err *err);
/* A page of those that the account may still read, in descending order of id, below `before`
 * (INT64_MAX: from the start): struct star. */
int star_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t before,
              int64_t limit, struct list *out, struct err *err);
