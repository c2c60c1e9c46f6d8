/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the collector. */
#pragma once

#include "store/db/db.h"

extern const struct query *const gc_queries[];

extern const struct query Q_GC_ENQUEUE;
extern const struct query Q_GC_QUEUE_STATS;
