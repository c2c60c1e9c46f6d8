/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on access tokens of repositories. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_ACCESS_TOKEN_FIND, Q_ACCESS_TOKEN_BY_UUID, Q_ACCESS_TOKEN_INSERT,
    Q_ACCESS_TOKEN_DELETE;

extern const struct query *const access_token_queries[];
