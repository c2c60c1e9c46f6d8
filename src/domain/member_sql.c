/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the people of an organization. */
#include "member_sql.h"

#include "domain/member.h"

static const struct field link_fields[] = {
    F_TEXT(struct member_link, account, "account", 0),
    F_TEXT(struct member_link, email, "email", FIELD_NULLABLE),
    F_INT(struct member_link, kind, "kind", 0),
    F_TEXT(struct member_link, name, "name", 0),
};
const struct schema member_link_schema = SCHEMA(struct member_link, link_fields);

#define LINK_ACCOUNT "SELECT a.name AS account, a.email AS email, a.kind AS kind,"
/* CROSS, here and below: in this order, from few rows to more. Membership is looked up from the
 * account, not from the teams of the organization. */
#define IS_MEMBER                                                                                  \
    "EXISTS (SELECT 1 FROM team_member m CROSS JOIN team t WHERE t.id = m.team_id"                 \
    " AND m.account_id = a.id AND t.organization_id = $1)"

const struct query Q_MEMBER_TEAMS = {
    .sql = LINK_ACCOUNT " t.name AS name FROM team t CROSS JOIN team_member m CROSS JOIN account a"
                        " WHERE m.team_id = t.id AND a.id = m.account_id AND a.kind = 1"
                        " AND t.organization_id = $1 ORDER BY a.name, t.name LIMIT $2",
    .params = "ii",
    .row = &member_link_schema,
};

const struct query Q_MEMBER_TEAMS_OF = {
    .sql = LINK_ACCOUNT " t.name AS name FROM team_member m JOIN team t ON t.id = m.team_id"
                        " AND t.organization_id = $1 JOIN account a ON a.id = m.account_id"
                        " WHERE m.account_id = $3 ORDER BY t.name LIMIT $2",
    .params = "iii",
    .row = &member_link_schema,
};

const struct query Q_MEMBER_REPOSITORIES = {
    .sql = LINK_ACCOUNT " r.name AS name FROM repository r"
                        " CROSS JOIN repository_permission p CROSS JOIN account a"
                        " WHERE p.repository_id = r.id AND a.id = p.account_id AND a.kind = 1"
                        " AND r.namespace_id = $1 AND r.state <> 3 AND " IS_MEMBER
                        " ORDER BY a.name, r.name LIMIT $2",
    .params = "ii",
    .row = &member_link_schema,
};

const struct query Q_MEMBER_REPOSITORIES_OF = {
    .sql = LINK_ACCOUNT " r.name AS name FROM repository_permission p"
                        " JOIN repository r ON r.id = p.repository_id AND r.namespace_id = $1"
                        " AND r.state <> 3 JOIN account a ON a.id = p.account_id"
                        " WHERE p.account_id = $3 ORDER BY r.name LIMIT $2",
    .params = "iii",
    .row = &member_link_schema,
};

const struct query Q_MEMBER_COLLABORATORS = {
    .sql = LINK_ACCOUNT " r.name AS name FROM repository r"
                        " CROSS JOIN repository_permission p CROSS JOIN account a"
                        " WHERE p.repository_id = r.id AND a.id = p.account_id AND a.kind = 1"
                        " AND r.namespace_id = $1 AND r.state <> 3 AND NOT " IS_MEMBER
                        " ORDER BY a.name, r.name LIMIT $2",
    .params = "ii",
    .row = &member_link_schema,
};

const struct query Q_MEMBER_LEAVE_TEAMS = {
    .sql = "DELETE FROM team_member WHERE account_id = $2"
           " AND team_id IN (SELECT id FROM team WHERE organization_id = $1)",
    .params = "ii",
};

const struct query Q_MEMBER_LEAVE_REPOSITORIES = {
    .sql = "DELETE FROM repository_permission WHERE account_id = $2"
           " AND repository_id IN (SELECT id FROM repository WHERE namespace_id = $1)",
    .params = "ii",
};

const struct query Q_MEMBER_LEAVE_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE organization_id = $1"
           " AND (account_id = $2 OR activating_id = $2)",
    .params = "ii",
};

const struct query *const member_queries[] = {
    &Q_MEMBER_TEAMS,
    &Q_MEMBER_TEAMS_OF,
    &Q_MEMBER_REPOSITORIES,
    &Q_MEMBER_REPOSITORIES_OF,
    &Q_MEMBER_COLLABORATORS,
    &Q_MEMBER_LEAVE_TEAMS,
    &Q_MEMBER_LEAVE_REPOSITORIES,
    &Q_MEMBER_LEAVE_DEFAULTS,
    NULL,
};
