/* SPDX-License-Identifier: Apache-2.0 */
/* Grants. */
#include "grant.h"

#include "domain/grant_sql.h"

static int read_number(struct db_tx *tx, const struct query *query, int64_t first, int64_t second,
                       int64_t *out, struct err *err)
{
    struct grant_number_row row = {0};
    struct arena none = {0}; /* a number takes no memory */
    int found = db_one(tx, query, &none, &row, err, first, second);
    arena_done(&none);
    if (found < 0)
        return -1;
    *out = row.number;
    return 0;
}

int grant_on_repository(struct db_tx *tx, int64_t account_id, int64_t repository_id,
                        int64_t *role_out, struct err *err)
{
    return read_number(tx, &Q_GRANT_ON_REPOSITORY, repository_id, account_id, role_out, err);
}

int grant_in_organization(struct db_tx *tx, int64_t account_id, int64_t organization_id,
                          int64_t *team_role_out, struct err *err)
{
    return read_number(tx, &Q_GRANT_IN_ORGANIZATION, organization_id, account_id, team_role_out,
                       err);
}

int grant_list_reasons(struct db_tx *tx, struct arena *arena, int64_t account_id,
                       int64_t repository_id, int64_t organization_id, struct list *out,
                       struct err *err)
{
    return db_list_whole(tx, &Q_GRANT_REASONS, arena, out, err, repository_id, account_id,
                         organization_id, DB_WHOLE_LIMIT);
}

int grant_list_ways(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                    int64_t namespace_id, enum role least, const struct grant_way *after,
                    int64_t limit, struct list *out, struct err *err)
{
    return db_list(tx, &Q_GRANT_WAYS, arena, out, err, repository_id, namespace_id, (int64_t)least,
                   after ? after->account : "", after ? after->team : "",
                   limit < GRANT_PAGE_MAX ? limit : GRANT_PAGE_MAX);
}

static int put(struct db_tx *tx, const struct query *update, const struct query *insert,
               int64_t repository_id, int64_t holder_id, enum role role, struct err *err)
{
    int64_t rows = db_exec(tx, update, err, repository_id, holder_id, (int64_t)role);
    if (rows != 0)
        return rows < 0 ? -1 : 0;
    return db_exec(tx, insert, err, repository_id, holder_id, (int64_t)role) < 0 ? -1 : 0;
}

int grant_put_account(struct db_tx *tx, int64_t repository_id, int64_t account_id, enum role role,
                      struct err *err)
{
    return put(tx, &Q_GRANT_UPDATE_ACCOUNT, &Q_GRANT_INSERT_ACCOUNT, repository_id, account_id,
               role, err);
}

int grant_put_team(struct db_tx *tx, int64_t repository_id, int64_t team_id, enum role role,
                   struct err *err)
{
    return put(tx, &Q_GRANT_UPDATE_TEAM, &Q_GRANT_INSERT_TEAM, repository_id, team_id, role, err);
}

static int deleted(int64_t rows)
{
    return rows < 0 ? -1 : rows > 0;
}

int grant_delete_account(struct db_tx *tx, int64_t repository_id, int64_t account_id,
                         struct err *err)
{
    return deleted(db_exec(tx, &Q_GRANT_DELETE_ACCOUNT, err, repository_id, account_id));
}

int grant_delete_team(struct db_tx *tx, int64_t repository_id, int64_t team_id, struct err *err)
{
    return deleted(db_exec(tx, &Q_GRANT_DELETE_TEAM, err, repository_id, team_id));
}
