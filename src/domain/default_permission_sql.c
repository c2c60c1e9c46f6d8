/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on default permissions. */
#include "default_permission_sql.h"

#include "domain/default_permission.h"

static const struct field rule_fields[] = {
    F_INT(struct default_permission, id, "id", 0),
    F_TEXT(struct default_permission, uuid, "uuid", 0),
    F_INT(struct default_permission, role, "role", 0),
    F_TEXT(struct default_permission, creator, "creator", FIELD_NULLABLE),
    F_TEXT(struct default_permission, creator_email, "creator_email", FIELD_NULLABLE),
    F_INT(struct default_permission, creator_kind, "creator_kind", FIELD_NULLABLE),
    F_BOOL(struct default_permission, creator_member, "creator_member", 0),
    F_TEXT(struct default_permission, account, "account", FIELD_NULLABLE),
    F_TEXT(struct default_permission, account_email, "account_email", FIELD_NULLABLE),
    F_INT(struct default_permission, account_kind, "account_kind", FIELD_NULLABLE),
    F_BOOL(struct default_permission, account_member, "account_member", 0),
    F_TEXT(struct default_permission, team, "team", FIELD_NULLABLE),
};
static const struct schema rule_row = SCHEMA(struct default_permission, rule_fields);

/* CROSS: from the memberships of the account, not from the teams of the organization. */
#define IS_MEMBER(account)                                                                         \
    "EXISTS (SELECT 1 FROM team_member m CROSS JOIN team t WHERE t.id = m.team_id"                 \
    " AND m.account_id = " account " AND t.organization_id = d.organization_id)"
#define RULE_COLUMNS                                                                               \
    "SELECT d.id AS id, d.uuid AS uuid, d.role AS role, c.name AS creator,"                        \
    " c.email AS creator_email, c.kind AS creator_kind," IS_MEMBER(                                \
        "d.activating_id") " AS creator_member, a.name AS account, a.email AS account_email,"      \
                           " a.kind AS account_kind," IS_MEMBER(                                   \
                               "d.account_id") " AS account_member, g.name AS team"                \
                                               " FROM default_permission d"                        \
                                               " LEFT JOIN account c ON c.id = d.activating_id"    \
                                               " LEFT JOIN account a ON a.id = d.account_id"       \
                                               " LEFT JOIN team g ON g.id = d.team_id"

const struct query Q_DEFAULT_PERMISSION_LIST = {
    .sql = RULE_COLUMNS " WHERE d.organization_id = $1 ORDER BY d.id LIMIT $2",
    .params = "ii",
    .row = &rule_row,
};

const struct query Q_DEFAULT_PERMISSION_FIND = {
    .sql = RULE_COLUMNS " WHERE d.uuid = $2 AND d.organization_id = $1",
    .params = "it",
    .row = &rule_row,
};

const struct query Q_DEFAULT_PERMISSION_INSERT = {
    .sql = "INSERT INTO default_permission (uuid, organization_id, activating_id, account_id,"
           " team_id, role) VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "tiIIIi",
};

const struct query Q_DEFAULT_PERMISSION_SET_ROLE = {
    .sql = "UPDATE default_permission SET role = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_DEFAULT_PERMISSION_DELETE = {
    .sql = "DELETE FROM default_permission WHERE id = $1",
    .params = "i",
};

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
    &Q_DEFAULT_PERMISSION_APPLY_ACCOUNTS, &Q_DEFAULT_PERMISSION_APPLY_TEAMS,
    &Q_DEFAULT_PERMISSION_LIST,           &Q_DEFAULT_PERMISSION_FIND,
    &Q_DEFAULT_PERMISSION_INSERT,         &Q_DEFAULT_PERMISSION_SET_ROLE,
    &Q_DEFAULT_PERMISSION_DELETE,         NULL,
};
