/* SPDX-License-Identifier: Apache-2.0 */
/* What an identity may do with a repository: the one place where that is decided.
 *
 * The sources of rights are an ordered table of functions in permission.c; each adds bits. A new
 * kind of right (teams, robots, prototypes) is a new row there. */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"
#include "base/arena.h"
#include "base/err.h"
#include "store/db/db.h"

/* The question. A repository that does not exist has id 0: then only ACCESS_CREATE can come out,
 * and ACCESS_READ for the namespace's owner, who may know that it does not exist. */
struct permission_target {
    int64_t namespace_id;
    const char *namespace_name;
    int64_t repository_id; /* 0: there is none */
    const char *repository;
    bool public_;
    int64_t pull_policy; /* enum pull_policy of the namespace */
};

/* All rights of the identity on the target, as access_bit, within the scopes of its token. Whether
 * the namespace is enabled and what the repository's state allows is not looked at: see
 * permission_actions. Costs at most two queries (the role of its teams in the organization, the
 * role given on the repository), and where terms must be accepted a third; none for owners and
 * anonymous callers. They are not asked once nothing is left to add. -1 only when the database
 * fails. */
int permission_on_repository(const struct auth_config *rules, struct db_tx *tx, struct arena *arena,
                             const struct identity *identity,
                             const struct permission_target *target, unsigned *out,
                             struct err *err);

/* What may be done in a namespace as a whole. */
enum namespace_bit {
    NAMESPACE_MEMBER = 1, /* belongs to the organization, by any team */
    NAMESPACE_CREATE = 2, /* may create repositories */
    NAMESPACE_ADMIN = 4,
    NAMESPACE_ALL = 7,
};

/* All rights of the identity in a namespace, as namespace_bit: a user has all in his own, and
 * members have what their teams' roles say. A restricted user may not create in his own. Superusers
 * have none by that alone. At most one query. */
int permission_on_namespace(struct db_tx *tx, const struct identity *identity, int64_t namespace_id,
                            unsigned *out, struct err *err);

/* One right, and the source that gives it. */
struct permission_reason {
    unsigned bit;       /* access_bit */
    const char *right;  /* "read", "write", "admin", "create" */
    const char *reason; /* "the repository is public"; NULL: nothing allows it */
};

enum { PERMISSION_RIGHTS = 4 };

/* The same as permission_on_repository with reasons: one entry for each right there is, weakest
 * first. */
int permission_list_reasons(const struct auth_config *rules, struct db_tx *tx, struct arena *arena,
                            const struct identity *identity, const struct permission_target *target,
                            struct permission_reason out[PERMISSION_RIGHTS], struct err *err);

/* The same in words, one right a line with the source that gives it ("read: the repository is
 * public"), or what is missing ("write: nothing allows it"). For debug logs, support and tests. */
int permission_explain(const struct auth_config *rules, struct db_tx *tx, struct arena *arena,
                       const struct identity *identity, const struct permission_target *target,
                       const char **out, struct err *err);

/* Of the asked scope_actions (auth/scope.h) those that a token may carry, given rights and whether
 * the repository takes pushes (its state is normal): pull with read; push and delete with write,
 * and '*' with admin, only when it does. */
unsigned permission_actions(unsigned asked, unsigned access, bool writable);
