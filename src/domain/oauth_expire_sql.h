/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that remove what has expired. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_OAUTH_EXPIRE_CODES, Q_OAUTH_EXPIRE_TOKENS, Q_OAUTH_EXPIRE_ACCESS_TOKENS;

extern const struct query *const oauth_expire_queries[];
