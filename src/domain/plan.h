/* SPDX-License-Identifier: Apache-2.0 */
/* What a namespace may have at most, where sign-up is open to everybody. There is no payment: the
 * limit is one number of config.yaml for all. */
#pragma once

#include "store/db/db.h"

enum { PLAN_UNLIMITED = -1 };

/* How many private repositories a namespace has. */
int plan_count_private(struct db_tx *tx, int64_t namespace_id, int64_t *out, struct err *err);
/* Whether it may have one more: ERR_LIMIT when there are `most` already (PLAN_UNLIMITED: always).
 * For the transaction that creates a private repository or makes one private, before it does. */
int plan_check_private(struct db_tx *tx, int64_t namespace_id, int64_t most, struct err *err);
