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
#include "domain/account.h"
#include "domain/repository.h"
#include "store/db/db.h"

enum {
    PERMISSION_RIGHTS = 4,      /* read, write, admin, create: weakest first */
    PERMISSION_QUERIES_MAX = 5, /* of one decision */
};

/* What there is under a name, and what somebody may do with it. */
struct permission_decision {
    struct account space;         /* id 0: there is no such namespace, and all else is zero */
    struct repository repository; /* id 0: there is none */
    unsigned access;              /* access_bit */
    const char *reasons[PERMISSION_RIGHTS]; /* the source that gives each right: "the repository is
                                               public"; NULL: nothing allows it */
};

/* Look up a namespace and a repository of it, and decide what the identity may do there, within the
 * scopes of its token. Where there is no repository only ACCESS_CREATE can come out, and
 * ACCESS_READ for the namespace's owner, who may know that it does not exist. Whether the namespace
 * is enabled and what the repository's state allows is left to the caller: see permission_actions.
 *
 * Two queries find what there is. At most three find rights: the role of the caller's teams in the
 * organization, the role given on the repository, and where a public repository stands behind terms
 * whether they are accepted. None of these for owners and anonymous callers, and none is asked once
 * nothing is left to add. -1 only when the database fails. */
int permission_decide(const struct auth_config *rules, struct db_tx *tx, struct arena *arena,
                      const struct identity *identity, const struct repository_name *name,
                      struct permission_decision *out, struct err *err);

/* "read", "write", "admin", "create": of what stands at that place in `reasons`. */
const char *permission_right_name(size_t right);

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

/* Of the asked scope_actions (auth/scope.h) those that a token may carry, given rights and whether
 * the repository takes pushes (its state is normal): pull with read; push and delete with write,
 * and '*' with admin, only when it does. */
unsigned permission_actions(unsigned asked, unsigned access, bool writable);
