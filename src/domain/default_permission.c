/* SPDX-License-Identifier: Apache-2.0 */
/* Default permissions. */
#include "default_permission.h"

#include "domain/default_permission_sql.h"

int default_permission_apply(struct db_tx *tx, int64_t repository_id, int64_t creator_id,
                             struct err *err)
{
    if (db_exec(tx, &Q_DEFAULT_PERMISSION_APPLY_ACCOUNTS, err, repository_id, creator_id) < 0)
        return -1;
    return db_exec(tx, &Q_DEFAULT_PERMISSION_APPLY_TEAMS, err, repository_id, creator_id) < 0 ? -1
                                                                                              : 0;
}
