/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of activity.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const activity_queries[];

extern const struct query Q_ACTIVITY_ADD;
extern const struct query Q_ACTIVITY_LIST;
extern const struct query Q_MANIFEST_PULL_ADD;
extern const struct query Q_MANIFEST_PULL_GET;
extern const struct query Q_TAG_PULL_ADD;
extern const struct query Q_TAG_PULL_GET;
