/* SPDX-License-Identifier: Apache-2.0 */
/* Grants: the rights that were given to an account, directly or through its teams. What they amount
 * to, with ownership, visibility and superusers, is auth/permission.h's business. */
#pragma once

#include "base/arena.h"
#include "domain/role.h"
#include "store/db/db.h"

/* The highest role on a repository, direct or by a team: an enum role, 0 none. One query. */
int grant_on_repository(struct db_tx *tx, int64_t account_id, int64_t repository_id,
                        int64_t *role_out, struct err *err);
/* The highest role of the account's teams in an organization: an enum team_role, 0: not a member.
 * One query. */
int grant_in_organization(struct db_tx *tx, int64_t account_id, int64_t organization_id,
                          int64_t *team_role_out, struct err *err);

/* One reason why an account has rights on a repository. */
struct grant_reason {
    int64_t role;      /* enum role; 0: none by itself */
    const char *team;  /* the team it comes by; NULL: given to the account itself */
    int64_t team_role; /* of that team in the organization: an admin's team has all rights */
};

/* All reasons, strongest first, whole: struct grant_reason. Teams of the
 * repository's organization count when the repository names them, or when their role is admin. */
int grant_list_reasons(struct db_tx *tx, struct arena *arena, int64_t account_id,
                       int64_t repository_id, int64_t organization_id, struct list *out,
                       struct err *err);

/* One way in which an account has a role on a repository. */
struct grant_way {
    const char *account;
    int64_t kind; /* enum account_kind */
    bool enabled;
    int64_t role;      /* enum role */
    const char *team;  /* the team it comes by; empty: it owns the namespace, or was given it */
    int64_t team_role; /* of that team: an administrator's team has all rights */
};

enum { GRANT_PAGE_MAX = 500 };
/* A page of all that have at least `least` (enum role) on a repository, in order of (account,
 * team), behind `after` (NULL: from the start; its account and team count): struct grant_way.
 * One query. Who may because the repository is public is not among them. */
int grant_list_ways(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                    int64_t namespace_id, enum role least, const struct grant_way *after,
                    int64_t limit, struct list *out, struct err *err);

/* Give a role on a repository to an account or to a team, in place of the one it has. */
int grant_put_account(struct db_tx *tx, int64_t repository_id, int64_t account_id, enum role role,
                      struct err *err);
int grant_put_team(struct db_tx *tx, int64_t repository_id, int64_t team_id, enum role role,
                   struct err *err);
/* Take it away: 1 done, 0 there was none, -1. */
int grant_delete_account(struct db_tx *tx, int64_t repository_id, int64_t account_id,
                         struct err *err);
int grant_delete_team(struct db_tx *tx, int64_t repository_id, int64_t team_id, struct err *err);
