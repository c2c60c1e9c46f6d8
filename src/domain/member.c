/* SPDX-License-Identifier: Apache-2.0 */
/* The people of an organization. */
#include "member.h"

#include "domain/member_sql.h"

int member_list_teams(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                      int64_t account_id, struct list *out, struct err *err)
{
    int64_t limit = DB_WHOLE_LIMIT;
    if (account_id)
        return db_list_whole(tx, &Q_MEMBER_TEAMS_OF, arena, out, err, organization_id, limit,
                             account_id);
    return db_list_whole(tx, &Q_MEMBER_TEAMS, arena, out, err, organization_id, limit);
}

int member_list_repositories(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                             int64_t account_id, struct list *out, struct err *err)
{
    int64_t limit = DB_WHOLE_LIMIT;
    if (account_id)
        return db_list_whole(tx, &Q_MEMBER_REPOSITORIES_OF, arena, out, err, organization_id, limit,
                             account_id);
    return db_list_whole(tx, &Q_MEMBER_REPOSITORIES, arena, out, err, organization_id, limit);
}

int member_list_collaborators(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                              struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_MEMBER_COLLABORATORS, arena, out, err, organization_id,
                         DB_WHOLE_LIMIT);
}

int member_remove(struct db_tx *tx, int64_t organization_id, int64_t account_id, struct err *err)
{
    static const struct query *const steps[] = {
        &Q_MEMBER_LEAVE_TEAMS,
        &Q_MEMBER_LEAVE_REPOSITORIES,
        &Q_MEMBER_LEAVE_DEFAULTS,
    };
    int64_t all = 0;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        int64_t rows = db_exec(tx, steps[i], err, organization_id, account_id);
        if (rows < 0)
            return -1;
        all += rows;
    }
    return all > 0;
}
