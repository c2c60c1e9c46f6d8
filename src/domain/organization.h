/* SPDX-License-Identifier: Apache-2.0 */
/* Making an organization, and taking one over, by the API, a push or on the command line. */
#pragma once

#include "domain/account.h"

/* Create an organization with its team of owners, whose only member is the user `owner_id`. Errors
 * as account_create_organization. */
int organization_create(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                        int64_t owner_id, int64_t now_ms, struct account *out, struct err *err);
/* Make the user an administrator: a member of the team of owners when that administers, else of
 * another that does; there is one but for accidents, else it is made. */
int organization_take(struct db_tx *tx, struct arena *arena, int64_t id, int64_t user_id,
                      struct err *err);
