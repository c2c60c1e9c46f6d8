/* SPDX-License-Identifier: Apache-2.0 */
/* Removing what has expired. There is no thread for it: whoever makes a code or a token removes a
 * few old ones in the same transaction, so that the tables cannot grow by things that are worth
 * nothing. Nothing depends on it: what has expired is not found any more. */
#pragma once

#include "store/db/db.h"

enum { OAUTH_EXPIRE_MAX = 100 }; /* rows of a table that one call removes */

/* Codes, OAuth tokens and access tokens of repositories. */
int oauth_expire(struct db_tx *tx, int64_t now_ms, struct err *err);
