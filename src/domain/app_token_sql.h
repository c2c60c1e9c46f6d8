/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of app_token.c. */
#pragma once

#include "store/db/db.h"

struct app_token_count_row {
    int64_t number;
};

extern const struct query *const app_token_queries[];

extern const struct query Q_APP_TOKEN_INSERT;
extern const struct query Q_APP_TOKEN_COUNT;
extern const struct query Q_APP_TOKEN_FIND;
extern const struct query Q_APP_TOKEN_FIND_BY_UUID;
extern const struct query Q_APP_TOKEN_FIND_OWN;
extern const struct query Q_APP_TOKEN_LIST;
extern const struct query Q_APP_TOKEN_LIST_ALL;
extern const struct query Q_APP_TOKEN_LIST_EXPIRING;
extern const struct query Q_APP_TOKEN_DELETE;
extern const struct query Q_APP_TOKEN_TOUCH;
