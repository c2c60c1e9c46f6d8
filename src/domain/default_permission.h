/* SPDX-License-Identifier: Apache-2.0 */
/* Default permissions of an organization: rights that a repository starts with when it is created
 * there, for an account or a team. A rule counts for whoever creates the repository, or only for
 * one account that does. */
#pragma once

#include "base/arena.h"
#include "domain/role.h"
#include "store/db/db.h"

/* Give a new repository what the rules of its organization say, as created by that account. For the
 * same holder a rule for this creator goes before rules for everybody, and among several the
 * highest role counts. The creator's own right is left alone. */
int default_permission_apply(struct db_tx *tx, int64_t repository_id, int64_t creator_id,
                             struct err *err);
