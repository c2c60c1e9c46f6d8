/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on limits of namespaces. */
#include "plan_sql.h"

static const struct field count_fields[] = {
    F_INT(struct plan_count_row, count, "number", 0),
};
static const struct schema count_row = SCHEMA(struct plan_count_row, count_fields);

/* The rows of one namespace, by repository_public. */
const struct query Q_PLAN_COUNT_PRIVATE = {
    .sql = "SELECT COUNT(*) AS number FROM repository"
           " WHERE public = 0 AND namespace_id = $1 AND state <> 3",
    .params = "i",
    .row = &count_row,
};

const struct query *const plan_queries[] = {
    &Q_PLAN_COUNT_PRIVATE,
    NULL,
};
