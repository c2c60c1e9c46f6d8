/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose first word is a user. */
#pragma once

#include "app/stores.h"
#include "domain/account.h"

/* `{0}` is one that has not begun. */
struct user_work {
    struct settings settings;
    struct stores stores;
    struct db_tx *tx;
    struct account user;
};

/* Open the stores, begin a transaction, find the user args[0]. ERR_NOT_FOUND. */
int user_work_begin(struct cli *cli, enum db_mode mode, struct user_work *work, struct err *err);
/* Roll back what was not committed, and close. */
void user_work_done(struct user_work *work);
#define _cleanup_user_work_ _cleanup_(user_work_done)
