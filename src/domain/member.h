/* SPDX-License-Identifier: Apache-2.0 */
/* The people of an organization: its members, who are in one of its teams, and its collaborators,
 * who are in none but have rights on some of its repositories.
 *
 * Lists come as links, one row for each team or repository of somebody, in order of names; a
 * reader puts the rows of one account together. So a list is one query however many there are. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

struct member_link {
    const char *account; /* name */
    const char *email;
    int64_t kind;     /* enum account_kind */
    const char *name; /* of the team or the repository */
};

/* Of users who are members: their teams, and the repositories on which they themselves have rights.
 * `account_id` 0: of all. struct member_link, whole. */
int member_list_teams(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                      int64_t account_id, struct list *out, struct err *err);
int member_list_repositories(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                             int64_t account_id, struct list *out, struct err *err);
/* Repositories of users who are no members. */
int member_list_collaborators(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                              struct list *out, struct err *err);
/* Out of all teams, default permissions and repositories of the organization. 1 done, 0 there was
 * nothing to take away, -1. */
int member_remove(struct db_tx *tx, int64_t organization_id, int64_t account_id, struct err *err);
