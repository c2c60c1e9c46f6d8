/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the holders of rights. */
#include "grant_holder_sql.h"

#include "domain/grant_holder.h"

static const struct field holder_fields[] = {
    F_TEXT(struct grant_holder, name, "name", 0),
    F_TEXT(struct grant_holder, email, "email", FIELD_NULLABLE),
    F_INT(struct grant_holder, kind, "kind", 0),
    F_INT(struct grant_holder, role, "role", 0),
    F_BOOL(struct grant_holder, member, "member", 0),
};
static const struct schema holder_row = SCHEMA(struct grant_holder, holder_fields);

/* CROSS: from the memberships of the account, not from the teams of the organization. */
#define ACCOUNT_HOLDERS                                                                            \
    "SELECT a.name AS name, a.email AS email, a.kind AS kind, p.role AS role,"                     \
    " EXISTS (SELECT 1 FROM team_member m CROSS JOIN team t CROSS JOIN repository r"               \
    " WHERE m.account_id = a.id AND t.id = m.team_id AND r.id = $1"                                \
    " AND r.namespace_id = t.organization_id) AS member"                                           \
    " FROM repository_permission p JOIN account a ON a.id = p.account_id"                          \
    " WHERE p.repository_id = $1"
#define TEAM_HOLDERS                                                                               \
    "SELECT t.name AS name, NULL AS email, 0 AS kind, p.role AS role, 0 AS member"                 \
    " FROM repository_permission p JOIN team t ON t.id = p.team_id WHERE p.repository_id = $1"

const struct query Q_GRANT_HOLDER_ACCOUNTS = {
    .sql = ACCOUNT_HOLDERS " ORDER BY a.name LIMIT $2",
    .params = "ii",
    .row = &holder_row,
};

const struct query Q_GRANT_HOLDER_ACCOUNT = {
    .sql = ACCOUNT_HOLDERS " AND p.account_id = $2",
    .params = "ii",
    .row = &holder_row,
};

const struct query Q_GRANT_HOLDER_TEAMS = {
    .sql = TEAM_HOLDERS " ORDER BY t.name LIMIT $2",
    .params = "ii",
    .row = &holder_row,
};

const struct query Q_GRANT_HOLDER_TEAM = {
    .sql = TEAM_HOLDERS " AND p.team_id = $2",
    .params = "ii",
    .row = &holder_row,
};

const struct query *const grant_holder_queries[] = {
    &Q_GRANT_HOLDER_ACCOUNTS,
    &Q_GRANT_HOLDER_ACCOUNT,
    &Q_GRANT_HOLDER_TEAMS,
    &Q_GRANT_HOLDER_TEAM,
    NULL,
};
