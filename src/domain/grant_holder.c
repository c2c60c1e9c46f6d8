/* SPDX-License-Identifier: Apache-2.0 */
/* Holders of rights. */
#include "grant_holder.h"

#include "domain/grant_holder_sql.h"

int grant_holder_list_accounts(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                               struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_GRANT_HOLDER_ACCOUNTS, arena, out, err, repository_id,
                         DB_WHOLE_LIMIT);
}

int grant_holder_list_teams(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                            struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_GRANT_HOLDER_TEAMS, arena, out, err, repository_id, DB_WHOLE_LIMIT);
}

int grant_holder_find_account(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                              int64_t account_id, struct grant_holder *out, struct err *err)
{
    return db_one(tx, &Q_GRANT_HOLDER_ACCOUNT, arena, out, err, repository_id, account_id);
}

int grant_holder_find_team(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                           int64_t team_id, struct grant_holder *out, struct err *err)
{
    return db_one(tx, &Q_GRANT_HOLDER_TEAM, arena, out, err, repository_id, team_id);
}
