/* SPDX-License-Identifier: Apache-2.0 */
/* Teams of an organization: who belongs to them, and what they may. An organization always keeps a
 * user who administers it: see team_check_admin_left. */
#pragma once

#include "base/arena.h"
#include "domain/role.h"
#include "store/db/db.h"

enum { TEAM_DESCRIPTION_MAX = 4096 };

struct team {
    int64_t id;
    int64_t organization_id;
    const char *name;
    int64_t role; /* enum team_role */
    const char *description;
};

/* A team as a list of an organization shows it. */
struct team_summary {
    int64_t id;
    const char *name;
    int64_t role;
    const char *description;
    int64_t members;
    int64_t repositories;
    bool mine; /* the viewer belongs to it */
};

struct team_member {
    const char *name;
    const char *email;
    int64_t kind; /* enum account_kind */
};

/* A right on a repository that a team or a robot holds. */
struct held_right {
    const char *repository; /* without the namespace */
    bool is_public;
    int64_t role; /* enum role */
};

/* The team of new organizations that their creator is in. */
extern const char team_owners_name[];

/* The rules of account names. ERR_INVALID. */
int team_check_name(const char *name, struct err *err);
/* 1 found, 0 none, -1. */
int team_find(struct db_tx *tx, struct arena *arena, int64_t organization_id, const char *name,
              struct team *out, struct err *err);
/* In order of name, whole: struct team_summary. */
int team_list(struct db_tx *tx, struct arena *arena, int64_t organization_id, int64_t viewer_id,
              struct list *out, struct err *err);
/* The new id, or -1: ERR_INVALID (the name), ERR_EXISTS. */
int64_t team_create(struct db_tx *tx, const struct team *team, struct err *err);
/* Set role and description to those of `team`. */
int team_change(struct db_tx *tx, const struct team *team, struct err *err);
/* With its members, invitations, rights and default permissions. */
int team_delete(struct db_tx *tx, int64_t id, struct err *err);
/* After a change that may take admins away: ERR_INVALID when no enabled user is left in any team
 * with the role admin. The transaction is then to be given up. */
int team_check_admin_left(struct db_tx *tx, int64_t organization_id, struct err *err);

/* 1 done, 0 already so, -1. */
int team_add_member(struct db_tx *tx, int64_t team_id, int64_t account_id, struct err *err);
int team_remove_member(struct db_tx *tx, int64_t team_id, int64_t account_id, struct err *err);
/* 1 a member, 0 not, -1. */
int team_has_member(struct db_tx *tx, int64_t team_id, int64_t account_id, struct err *err);
/* In order of name, whole: struct team_member. */
int team_list_members(struct db_tx *tx, struct arena *arena, int64_t team_id, struct list *out,
                      struct err *err);
/* In order of repository, whole: struct held_right. */
int team_list_rights(struct db_tx *tx, struct arena *arena, int64_t team_id, struct list *out,
                     struct err *err);
