/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on OAuth access tokens. */
#pragma once

#include "store/db/db.h"

struct oauth_token_number {
    int64_t number;
};

extern const struct query Q_OAUTH_TOKEN_FIND, Q_OAUTH_TOKEN_BY_UUID, Q_OAUTH_TOKEN_INSERT,
    Q_OAUTH_TOKEN_TOUCH, Q_OAUTH_TOKEN_DELETE, Q_OAUTH_TOKEN_OF_APPLICATION,
    Q_OAUTH_TOKEN_OF_ACCOUNT, Q_OAUTH_TOKEN_ONE_OF_ACCOUNT, Q_OAUTH_TOKEN_COUNT,
    Q_OAUTH_TOKEN_SCOPES;

extern const struct query *const oauth_token_queries[];
