/* SPDX-License-Identifier: Apache-2.0 */
/* Searching accounts and teams by the beginning of their names, as one types it. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { ENTITY_LIMIT = 10 };

struct entity {
    const char *name;
    const char *email;
    int64_t kind; /* enum account_kind; 0: a team */
    bool member;  /* of the organization that is asked about */
};

struct entity_search {
    const char *prefix;
    bool exact;              /* whole names only */
    const char *robots_of;   /* robots of this namespace too; NULL: none */
    int64_t organization_id; /* whose members are marked; 0: none */
};

/* Users, and robots of one namespace, in order of name: struct entity, at most ENTITY_LIMIT. */
int entity_find_accounts(struct db_tx *tx, struct arena *arena, const struct entity_search *search,
                         struct list *out, struct err *err);
/* Teams of the organization, likewise. */
int entity_find_teams(struct db_tx *tx, struct arena *arena, const struct entity_search *search,
                      struct list *out, struct err *err);
