/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of plan.c. */
#pragma once

#include "store/db/db.h"

struct plan_count_row {
    int64_t count;
};

extern const struct query *const plan_queries[];

extern const struct query Q_PLAN_COUNT_PRIVATE;
