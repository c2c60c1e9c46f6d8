/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a user or an organization, and new names for them: what touches more tables than
 * account.h knows. */
#pragma once

#include "base/arena.h"
#include "domain/account.h"

/* Delete a user or an organization with all that is its own: repositories (whose content the
 * collector removes), robots, teams, applications, tokens, rights. Its name and its address are
 * free at once. The row itself stays, as ACCOUNT_DELETED under a name that nobody can have, until
 * nothing points to it. */
int account_delete(struct db_tx *tx, const struct account *account, int64_t now_ms,
                   struct err *err);
/* ERR_INVALID, naming one, when the user is the only one left to administer an organization. */
int account_check_not_sole_admin(struct db_tx *tx, struct arena *arena, int64_t id,
                                 struct err *err);
/* Rename a user or an organization; the names of its robots follow. ERR_INVALID, ERR_EXISTS. */
int account_rename(struct db_tx *tx, struct arena *arena, const struct account *account,
                   const char *name, struct err *err);
