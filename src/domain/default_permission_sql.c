/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on default permissions. */
#include "default_permission_sql.h"

/* A rule for everybody ($2 or not) is left out where this creator has one of his own for the same
 * holder. */
const struct query Q_DEFAULT_PERMISSION_APPLY_ACCOUNTS = {
    .sql = "INSERT INTO repository_permission (repository_id, account_id, role)"
           " SELECT r.id, d.account_id, MAX(d.role) FROM repository r"
           " JOIN default_permission d ON d.organization_id = r.namespace_id"
           " WHERE r.id = $1 AND d.account_id IS NOT NULL AND d.account_id <> $2"
           " AND (d.activating_id = $2 OR (d.activating_id IS NULL AND NOT EXISTS ("
           "SELECT 1 FROM default_permission own WHERE own.organization_id = r.namespace_id"
           " AND own.activating_id = $2 AND own.account_id = d.account_id)))"
           " GROUP BY r.id, d.account_id",
    .params = "ii",
};

const struct query Q_DEFAULT_PERMISSION_APPLY_TEAMS = {
    .sql = "INSERT INTO repository_permission (repository_id, team_id, role)"
           " SELECT r.id, d.team_id, MAX(d.role) FROM repository r"
           " JOIN default_permission d ON d.organization_id = r.namespace_id"
           " WHERE r.id = $1 AND d.team_id IS NOT NULL"
           " AND (d.activating_id = $2 OR (d.activating_id IS NULL AND NOT EXISTS ("
           "SELECT 1 FROM default_permission own WHERE own.organization_id = r.namespace_id"
           " AND own.activating_id = $2 AND own.team_id = d.team_id)))"
           " GROUP BY r.id, d.team_id",
    .params = "ii",
};

const struct query *const default_permission_queries[] = {
    &Q_DEFAULT_PERMISSION_APPLY_ACCOUNTS,
    &Q_DEFAULT_PERMISSION_APPLY_TEAMS,
    NULL,
};
