/* SPDX-License-Identifier: Apache-2.0 */
/* The statement of registry_size.c. */
#pragma once

#include "store/db/db.h"

struct registry_size_row {
    int64_t bytes;
};

extern const struct query *const registry_size_queries[];

extern const struct query Q_REGISTRY_SIZE;
