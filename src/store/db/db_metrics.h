/* SPDX-License-Identifier: Apache-2.0 */
/* What the database is asked: statements, and the engine's own steps for them. A request that asks
 * once for each row, or walks through a table, shows here before anybody feels it. */
#pragma once

#include "base/metrics.h"
#include "store/db/db.h"

extern const struct metric_set db_metrics;

/* Count a statement that has ended, and the steps it took (0 when the engine counts none). */
void db_metrics_count(enum db_mode mode, uint64_t steps);
