/* SPDX-License-Identifier: Apache-2.0 */
/* Searching accounts and teams that a caller may know of, by the beginning of their names.
 * Repositories are searched by repository_search. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { SEARCH_LIMIT = 5 }; /* of each kind */

struct search_entity {
    int64_t kind; /* enum account_kind; 0: a team */
    const char *name;
    const char *email;  /* NULL: none; of a team that of its organization */
    const char *owner;  /* of a team or a robot: organization or user; NULL: none */
    int64_t owner_kind; /* enum account_kind */
};

/* Users and organizations that have public repositories, or that the viewer (0: nobody) is or
 * belongs to; teams of the organizations that he belongs to; robots that are his own or of
 * organizations that he administers. struct search_entity, in order of kind and name. */
int search_entities(struct db_tx *tx, struct arena *arena, int64_t viewer_id, const char *prefix,
                    struct list *out, struct err *err);
