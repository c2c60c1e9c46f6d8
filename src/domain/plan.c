/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of namespaces. */
#include "plan.h"

#include "domain/plan_sql.h"

int plan_count_private(struct db_tx *tx, int64_t namespace_id, int64_t *out, struct err *err)
{
    _cleanup_(arena_done) struct arena scratch = {0};
    struct plan_count_row row = {0};
    if (db_one(tx, &Q_PLAN_COUNT_PRIVATE, &scratch, &row, err, namespace_id) < 0)
        return -1;
    *out = row.count;
    return 0;
}

int plan_check_private(struct db_tx *tx, int64_t namespace_id, int64_t most, struct err *err)
{
    int64_t count;
    if (most < 0)
        return 0;
    if (plan_count_private(tx, namespace_id, &count, err) != 0)
        return -1;
    if (count < most)
        return 0;
    return err_set(err, ERR_LIMIT,
                   "this namespace has all the private repositories that it may have: %lld",
                   (long long)most);
}
