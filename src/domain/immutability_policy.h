/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that make tags immutable by their names. One belongs to a repository, or to an
 * organization and so to all of its repositories. It holds for tags that are made or moved from
 * then on (immutability_rule.h) and for those that are there (immutability_sweep.h). What it made
 * immutable stays so when it goes. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

/* Of a namespace, and of a repository. Every push matches all of them, and one expression can name
 * many things: "v.*|release-.*". */
enum { IMMUTABILITY_POLICIES_MAX = 20 };

/* Whose policies: of one repository, or (repository_id 0) of a namespace. */
struct immutability_scope {
    int64_t namespace_id;
    int64_t repository_id;
};

struct immutability_policy {
    int64_t id;
    const char *uuid;
    const char *tag_pattern;
    bool matches; /* true: for tags that match all over, false: for tags that do not */
    bool pending; /* tags that were there before it are not all looked at yet */
};

/* All policies of the scope itself, oldest first: struct immutability_policy. */
int immutability_policy_list(struct db_tx *tx, struct arena *arena,
                             const struct immutability_scope *scope, struct list *out,
                             struct err *err);
/* 1 found in that scope, 0 none, -1. */
int immutability_policy_find(struct db_tx *tx, struct arena *arena,
                             const struct immutability_scope *scope, const char *uuid,
                             struct immutability_policy *out, struct err *err);
/* The pattern without white space around it, when it is a regular expression. ERR_INVALID. */
int immutability_policy_check(struct arena *arena, const char *pattern, const char **out,
                              struct err *err);
/* Make one of a checked pattern; its uuid in the arena. The sweep has to follow. ERR_INVALID when
 * the scope has one of that pattern already, whatever it says of it, or has the most it may. */
int immutability_policy_create(struct db_tx *tx, struct arena *arena,
                               const struct immutability_scope *scope, const char *pattern,
                               bool matches, const char **uuid_out, struct err *err);
/* Replace what one says, by the same rules; the sweep begins anew. 1 done, 0 there is none, -1. */
int immutability_policy_update(struct db_tx *tx, struct arena *arena,
                               const struct immutability_scope *scope, const char *uuid,
                               const char *pattern, bool matches, struct err *err);
/* 1 done, 0 there is none, -1. */
int immutability_policy_delete(struct db_tx *tx, struct arena *arena,
                               const struct immutability_scope *scope, const char *uuid,
                               struct err *err);
