/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of account.c. */
#pragma once

#include "store/db/db.h"

struct account_number_row {
    int64_t number;
};

extern const struct query *const account_queries[];

extern const struct query Q_ACCOUNT_BY_NAME;
extern const struct query Q_ACCOUNT_BY_EMAIL;
extern const struct query Q_ACCOUNT_BY_ID;
extern const struct query Q_ACCOUNT_BY_UUID;
extern const struct query Q_ACCOUNT_INSERT;
extern const struct query Q_ACCOUNT_SET_PASSWORD;
extern const struct query Q_ACCOUNT_SET_ENABLED;
extern const struct query Q_ACCOUNT_SET_SUPERUSER;
extern const struct query Q_ACCOUNT_SET_EMAIL;
extern const struct query Q_ACCOUNT_LOGIN_FAILED;
extern const struct query Q_ACCOUNT_LOGIN_CLEARED;
extern const struct query Q_ACCOUNT_PAGE;
extern const struct query Q_ACCOUNT_COUNT;
extern const struct query Q_ACCOUNT_FIRST;
extern const struct query Q_ACCOUNT_END_SESSIONS;
