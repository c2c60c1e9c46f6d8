/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on OAuth access tokens. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_OAUTH_TOKEN_APPLICATION;
extern const struct query Q_OAUTH_TOKEN_FIND, Q_OAUTH_TOKEN_INSERT, Q_OAUTH_TOKEN_TOUCH;

extern const struct query *const oauth_token_queries[];
