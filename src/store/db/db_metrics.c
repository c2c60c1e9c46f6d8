/* SPDX-License-Identifier: Apache-2.0 */
/* Two counters by what the transaction was for: reading, which many do at once, or writing. */
#include "store/db/db_metrics.h"

enum { STATEMENTS, STEPS };

static const char *const modes[] = {"read", "write", NULL};

static struct metric table[] = {
    [STATEMENTS] = {.name = "wharf_database_statements_total",
                    .help = "Statements that were run, by what their transaction was for.",
                    .kind = METRIC_COUNTER,
                    .labels = {{"mode", modes}}},
    [STEPS] = {.name = "wharf_database_steps_total",
               .help = "Steps of the engine in these statements.",
               .kind = METRIC_COUNTER,
               .labels = {{"mode", modes}}},
};
const struct metric_set db_metrics = {table, ARRAY_LEN(table)};

void db_metrics_count(enum db_mode mode, uint64_t steps)
{
    size_t writes = mode != DB_READ;
    metric_add(&table[STATEMENTS], metric_cell(&table[STATEMENTS], writes, 0, 0), 1);
    metric_add(&table[STEPS], metric_cell(&table[STEPS], writes, 0, 0), steps);
}
