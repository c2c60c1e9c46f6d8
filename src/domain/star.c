/* SPDX-License-Identifier: Apache-2.0 */
/* Stars. */
#include "star.h"

#include "domain/star_sql.h"

int star_put(struct db_tx *tx, int64_t account_id, int64_t repository_id, int64_t now_ms,
             struct err *err)
{
    return db_exec(tx, &Q_STAR_INSERT, err, account_id, repository_id, now_ms) < 0 ? -1 : 0;
}

int star_delete(struct db_tx *tx, int64_t account_id, int64_t repository_id, struct err *err)
{
    return db_exec(tx, &Q_STAR_DELETE, err, account_id, repository_id) < 0 ? -1 : 0;
}

int star_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t before,
              int64_t limit, struct list *out, struct err *err)
{
    return db_list(tx, &Q_STAR_LIST, arena, out, err, account_id, before, limit);
}
