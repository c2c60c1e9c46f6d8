/* SPDX-License-Identifier: Apache-2.0 */
/* Default permissions of an organization: rights that a repository starts with when it is created
 * there, for an account or a team. A rule counts for whoever creates the repository, or only for
 * one account that does. */
#pragma once

#include "base/arena.h"
#include "domain/role.h"
#include "store/db/db.h"

struct default_permission {
    int64_t id;
    const char *uuid;
    int64_t role; /* enum role */
    /* Who must create the repository; NULL: anybody. */
    const char *creator;
    const char *creator_email;
    int64_t creator_kind; /* enum account_kind */
    bool creator_member;
    /* Who gets the right: an account, or a team. */
    const char *account;
    const char *account_email;
    int64_t account_kind;
    bool account_member;
    const char *team;
};

struct default_permission_new {
    int64_t organization_id;
    int64_t creator_id; /* 0: anybody */
    int64_t account_id; /* this one or */
    int64_t team_id;    /* that one; the other is 0 */
    int64_t role;
};

/* The rules of an organization in the order they were made, whole: struct default_permission. */
int default_permission_list(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                            struct list *out, struct err *err);
/* 1 found in that organization, 0 none, -1. */
int default_permission_find(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                            const char *uuid, struct default_permission *out, struct err *err);
/* Make one; its uuid in the arena. */
int default_permission_create(struct db_tx *tx, struct arena *arena,
                              const struct default_permission_new *in, const char **uuid_out,
                              struct err *err);
int default_permission_set_role(struct db_tx *tx, int64_t id, int64_t role, struct err *err);
int default_permission_delete(struct db_tx *tx, int64_t id, struct err *err);
/* Give a new repository what the rules of its organization say, as created by that account. For the
 * same holder a rule for this creator goes before rules for everybody, and among several the
 * highest role counts. The creator's own right is left alone. */
int default_permission_apply(struct db_tx *tx, int64_t repository_id, int64_t creator_id,
                             struct err *err);
