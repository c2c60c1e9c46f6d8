/* SPDX-License-Identifier: Apache-2.0 */
/* Making an organization, by the API, a push or on the command line. */
#pragma once

#include "domain/account.h"

/* Create an organization with its team of owners, whose only member is the user `owner_id`. Errors
 * as account_create_organization. */
int organization_create(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                        int64_t owner_id, int64_t now_ms, struct account *out, struct err *err);
