/* SPDX-License-Identifier: Apache-2.0 */
/* Applying a policy of immutability to the tags that were there before it. How far it is stands in
 * the policy's row and moves in the transaction that changes tags, so that a sweep which was cut
 * off goes on where it was, wherever; tags of a later time are immutable when they are made. */
#pragma once

#include "domain/tag.h"

/* At most so many tags are changed in one transaction: some milliseconds. */
enum { IMMUTABILITY_SWEEP_TAGS = 250 };

/* One step, of the policy `uuid` or (NULL) of the next one that is pending: 1 there may be more, 0
 * nothing is pending, -1. The last step of a policy writes the entry of the audit log, by nobody in
 * particular. `store_policy` says whether immutable tags may end. Several may run at once. */
int immutability_sweep_step(struct db *db, const struct manifest_policy *store_policy,
                            const char *uuid, struct err *err);
/* Before a policy changes or goes: when its sweep is under way, the audit log tells what it has
 * done so far. */
int immutability_sweep_settle(struct db_tx *tx, struct arena *arena, const char *uuid,
                              struct err *err);
