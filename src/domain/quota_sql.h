/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on quotas. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_QUOTA_FIND, Q_QUOTA_INSERT, Q_QUOTA_SET_BYTES, Q_QUOTA_DELETE,
    Q_QUOTA_LIST;
extern const struct query Q_QUOTA_LIMITS, Q_QUOTA_LIMIT_INSERT, Q_QUOTA_LIMIT_SET,
    Q_QUOTA_LIMIT_DELETE, Q_QUOTA_LIMITS_DELETE;
/* Makes those who tell the owners of a namespace wait for each other. */
extern const struct query Q_QUOTA_TELL_LOCK;

extern const struct query *const quota_queries[];
