/* SPDX-License-Identifier: Apache-2.0 */
/* Who has rights on a repository: the other side of grant.h. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

struct grant_holder {
    const char *name;
    const char *email; /* of an account */
    int64_t kind;      /* enum account_kind; 0: a team */
    int64_t role;      /* enum role */
    bool member;       /* is in a team of the repository's organization */
};

/* In order of name, whole: struct grant_holder. */
int grant_holder_list_accounts(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                               struct list *out, struct err *err);
int grant_holder_list_teams(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                            struct list *out, struct err *err);
/* That of one account (with its rights of its own, not those of its teams) or team: 1 found, 0
 * none, -1. */
int grant_holder_find_account(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                              int64_t account_id, struct grant_holder *out, struct err *err);
int grant_holder_find_team(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                           int64_t team_id, struct grant_holder *out, struct err *err);
