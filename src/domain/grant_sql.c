/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on rights. A repository names few teams and an account is in many, or the other way round;
 * lookups start from the repository or the organization and probe the membership by its key. CROSS
 * keeps SQLite from starting with all teams of the account. The highest role comes first by index,
 * so that a member of many teams is found at once. */
#include "grant_sql.h"

#include "domain/grant.h"

static const struct field number_fields[] = {
    F_INT(struct grant_number_row, number, "number", 0),
};
static const struct schema number_row = SCHEMA(struct grant_number_row, number_fields);

static const struct field reason_fields[] = {
    F_INT(struct grant_reason, role, "role", 0),
    F_TEXT(struct grant_reason, team, "team", FIELD_NULLABLE),
    F_INT(struct grant_reason, team_role, "team_role", 0),
};
static const struct schema reason_row = SCHEMA(struct grant_reason, reason_fields);

static const struct field way_fields[] = {
    F_TEXT(struct grant_way, account, "account", 0),
    F_INT(struct grant_way, kind, "kind", 0),
    F_BOOL(struct grant_way, enabled, "enabled", 0),
    F_INT(struct grant_way, role, "role", 0),
    F_TEXT(struct grant_way, team, "team", 0),
    F_INT(struct grant_way, team_role, "team_role", 0),
};
static const struct schema way_row = SCHEMA(struct grant_way, way_fields);

const struct query Q_GRANT_ON_REPOSITORY = {
    .sql = "SELECT COALESCE(MAX(g.role), 0) AS number FROM ("
           "SELECT p.role AS role FROM repository_permission p"
           " WHERE p.repository_id = $1 AND p.account_id = $2"
           " UNION ALL SELECT COALESCE((SELECT p.role FROM repository_permission p"
           " CROSS JOIN team_member m WHERE m.team_id = p.team_id AND m.account_id = $2"
           " AND p.repository_id = $1 ORDER BY p.role DESC LIMIT 1), 0) AS role) g",
    .params = "ii",
    .row = &number_row,
};

const struct query Q_GRANT_IN_ORGANIZATION = {
    .sql = "SELECT COALESCE((SELECT t.role FROM team t CROSS JOIN team_member m"
           " WHERE m.team_id = t.id AND m.account_id = $2 AND t.organization_id = $1"
           " ORDER BY t.role DESC LIMIT 1), 0) AS number",
    .params = "ii",
    .row = &number_row,
};

const struct query Q_GRANT_REASONS = {
    .sql = "SELECT p.role AS role, NULL AS team, 0 AS team_role FROM repository_permission p"
           " WHERE p.repository_id = $1 AND p.account_id = $2"
           " UNION ALL SELECT COALESCE(p.role, 0) AS role, t.name AS team, t.role AS team_role"
           " FROM team t CROSS JOIN team_member m"
           " LEFT JOIN repository_permission p ON p.team_id = t.id AND p.repository_id = $1"
           " WHERE m.team_id = t.id AND m.account_id = $2 AND t.organization_id = $3 AND (p.role "
           "IS NOT NULL OR t.role = 3)"
           " ORDER BY team_role DESC, role DESC, team LIMIT $4",
    .params = "iiii",
    .row = &reason_row,
};

/* Given to accounts, given to teams, teams of administrators, the owner of a user's namespace. */
const struct query Q_GRANT_WAYS = {
    .sql = "SELECT a.name AS account, a.kind AS kind, a.enabled AS enabled, MAX(h.role) AS role,"
           " h.team AS team, MAX(h.team_role) AS team_role FROM ("
           "SELECT p.account_id AS account_id, p.role AS role, '' AS team, 0 AS team_role"
           " FROM repository_permission p WHERE p.repository_id = $1 AND p.account_id IS NOT NULL"
           " UNION ALL SELECT m.account_id AS account_id, p.role AS role, t.name AS team,"
           " t.role AS team_role FROM repository_permission p"
           " JOIN team t ON t.id = p.team_id JOIN team_member m ON m.team_id = t.id"
           " WHERE p.repository_id = $1"
           " UNION ALL SELECT m.account_id AS account_id, 3 AS role, t.name AS team,"
           " t.role AS team_role FROM team t JOIN team_member m ON m.team_id = t.id"
           " WHERE t.organization_id = $2 AND t.role = 3"
           " UNION ALL SELECT o.id AS account_id, 3 AS role, '' AS team, 0 AS team_role"
           " FROM account o WHERE o.id = $2 AND o.kind = 1) h"
           /* CROSS: in this order, not from the accounts */
           " CROSS JOIN account a WHERE a.id = h.account_id AND h.role >= $3 AND (a.name > $4 OR "
           "(a.name = $4 AND h.team > $5))"
           " GROUP BY a.name, a.kind, a.enabled, h.team ORDER BY a.name, h.team LIMIT $6",
    .params = "iiitti",
    .row = &way_row,
    .scan_ok = true, /* of h only: what the indexes have found for one repository */
};

const struct query Q_GRANT_UPDATE_ACCOUNT = {
    .sql =
        "UPDATE repository_permission SET role = $3 WHERE repository_id = $1 AND account_id = $2",
    .params = "iii",
};

const struct query Q_GRANT_INSERT_ACCOUNT = {
    .sql = "INSERT INTO repository_permission (repository_id, account_id, role)"
           " VALUES ($1, $2, $3)",
    .params = "iii",
};

const struct query Q_GRANT_DELETE_ACCOUNT = {
    .sql = "DELETE FROM repository_permission WHERE repository_id = $1 AND account_id = $2",
    .params = "ii",
};

const struct query Q_GRANT_UPDATE_TEAM = {
    .sql = "UPDATE repository_permission SET role = $3 WHERE repository_id = $1 AND team_id = $2",
    .params = "iii",
};

const struct query Q_GRANT_INSERT_TEAM = {
    .sql = "INSERT INTO repository_permission (repository_id, team_id, role) VALUES ($1, $2, $3)",
    .params = "iii",
};

const struct query Q_GRANT_DELETE_TEAM = {
    .sql = "DELETE FROM repository_permission WHERE repository_id = $1 AND team_id = $2",
    .params = "ii",
};

const struct query *const grant_queries[] = {
    &Q_GRANT_ON_REPOSITORY,
    &Q_GRANT_IN_ORGANIZATION,
    &Q_GRANT_REASONS,
    &Q_GRANT_WAYS,
    &Q_GRANT_UPDATE_ACCOUNT,
    &Q_GRANT_INSERT_ACCOUNT,
    &Q_GRANT_DELETE_ACCOUNT,
    &Q_GRANT_UPDATE_TEAM,
    &Q_GRANT_INSERT_TEAM,
    &Q_GRANT_DELETE_TEAM,
    NULL,
};
