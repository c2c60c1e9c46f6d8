/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that end and rename accounts. */
#pragma once

#include "store/db/db.h"

struct account_delete_length_row {
    int64_t longest;
};

struct account_delete_name_row {
    const char *name;
};

extern const struct query Q_ACCOUNT_DELETE_SOLE_ADMIN, Q_ACCOUNT_DELETE_ROBOT_ACCOUNTS,
    Q_ACCOUNT_DELETE_BURY, Q_ACCOUNT_DELETE_RENAME, Q_ACCOUNT_DELETE_LONGEST_ROBOT,
    Q_ACCOUNT_DELETE_RENAME_ROBOTS;

/* What an account owns and is mentioned in, in the order in which it can be removed; each takes the
 * account's id. NULL-ended. */
extern const struct query *const account_delete_steps[];

extern const struct query *const account_delete_queries[];
