/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of account_profile.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const account_profile_queries[];

extern const struct query Q_ACCOUNT_PROFILE_GET;
extern const struct query Q_ACCOUNT_PROFILE_PUT;
extern const struct query Q_ACCOUNT_ORGANIZATIONS;
extern const struct query Q_ACCOUNT_SET_VERIFIED;
extern const struct query Q_ACCOUNT_TOUCH;
extern const struct query Q_ACCOUNT_CONVERT;
extern const struct query Q_ACCOUNT_OWNERS_INSERT;
extern const struct query Q_ACCOUNT_OWNER_INSERT;

/* What a user loses who becomes an organization: each by $1 its id. NULL-ended. */
extern const struct query *const account_convert_drops[];
