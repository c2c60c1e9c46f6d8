/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of activity.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const activity_queries[];

extern const struct query Q_ACTIVITY_COUNT;
extern const struct query Q_ACTIVITY_COUNT_MANIFEST;
extern const struct query Q_ACTIVITY_COUNT_TAG;
extern const struct query Q_ACTIVITY_LIST;
extern const struct query Q_ACTIVITY_OF_MANIFEST;
extern const struct query Q_ACTIVITY_OF_TAG;
