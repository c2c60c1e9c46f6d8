/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on teams. */
#include "team_sql.h"

#include "domain/team.h"

static const struct field team_fields[] = {
    F_INT(struct team, id, "id", 0),
    F_INT(struct team, organization_id, "organization_id", 0),
    F_TEXT(struct team, name, "name", 0),
    F_INT(struct team, role, "role", 0),
    F_TEXT(struct team, description, "description", 0),
};
static const struct schema team_row = SCHEMA(struct team, team_fields);

static const struct field summary_fields[] = {
    F_INT(struct team_summary, id, "id", 0),
    F_TEXT(struct team_summary, name, "name", 0),
    F_INT(struct team_summary, role, "role", 0),
    F_TEXT(struct team_summary, description, "description", 0),
    F_INT(struct team_summary, members, "members", 0),
    F_INT(struct team_summary, repositories, "repositories", 0),
    F_BOOL(struct team_summary, mine, "mine", 0),
};
static const struct schema summary_row = SCHEMA(struct team_summary, summary_fields);

static const struct field member_fields[] = {
    F_TEXT(struct team_member, name, "name", 0),
    F_TEXT(struct team_member, email, "email", FIELD_NULLABLE),
    F_INT(struct team_member, kind, "kind", 0),
};
static const struct schema member_row = SCHEMA(struct team_member, member_fields);

static const struct field right_fields[] = {
    F_TEXT(struct held_right, repository, "repository", 0),
    F_BOOL(struct held_right, is_public, "is_public", 0),
    F_INT(struct held_right, role, "role", 0),
};
const struct schema team_held_right_schema = SCHEMA(struct held_right, right_fields);

static const struct field number_fields[] = {
    F_INT(struct team_number_row, number, "number", 0),
};
static const struct schema number_row = SCHEMA(struct team_number_row, number_fields);

const struct query Q_TEAM_FIND = {
    .sql = "SELECT id, organization_id, name, role, description FROM team"
           " WHERE organization_id = $1 AND name = $2",
    .params = "it",
    .row = &team_row,
};

const struct query Q_TEAM_LIST = {
    .sql = "SELECT t.id AS id, t.name AS name, t.role AS role, t.description AS description,"
           " (SELECT COUNT(*) FROM team_member m WHERE m.team_id = t.id) AS members,"
           " (SELECT COUNT(*) FROM repository_permission p WHERE p.team_id = t.id)"
           " AS repositories,"
           " (SELECT COUNT(*) FROM team_member v WHERE v.team_id = t.id AND v.account_id = $2)"
           " AS mine FROM team t WHERE t.organization_id = $1 ORDER BY t.name LIMIT $3",
    .params = "iii",
    .row = &summary_row,
};

const struct query Q_TEAM_INSERT = {
    .sql = "INSERT INTO team (organization_id, name, role, description) VALUES ($1, $2, $3, $4)",
    .params = "itit",
};

const struct query Q_TEAM_UPDATE = {
    .sql = "UPDATE team SET role = $2, description = $3 WHERE id = $1",
    .params = "iit",
};

const struct query Q_TEAM_DELETE = {
    .sql = "DELETE FROM team WHERE id = $1",
    .params = "i",
};

const struct query Q_TEAM_DELETE_MEMBERS = {
    .sql = "DELETE FROM team_member WHERE team_id = $1",
    .params = "i",
};

const struct query Q_TEAM_DELETE_INVITES = {
    .sql = "DELETE FROM team_invite WHERE team_id = $1",
    .params = "i",
};

const struct query Q_TEAM_DELETE_RIGHTS = {
    .sql = "DELETE FROM repository_permission WHERE team_id = $1",
    .params = "i",
};

const struct query Q_TEAM_DELETE_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE team_id = $1",
    .params = "i",
};

const struct query Q_TEAM_ADMIN_LEFT = {
    .sql = "SELECT a.id AS number FROM team t JOIN team_member m ON m.team_id = t.id"
           " JOIN account a ON a.id = m.account_id AND a.kind = 1 AND a.enabled = 1"
           " WHERE t.organization_id = $1 AND t.role = 3 LIMIT 1",
    .params = "i",
    .row = &number_row,
};

const struct query Q_TEAM_MEMBER_FIND = {
    .sql = "SELECT account_id AS number FROM team_member WHERE team_id = $1 AND account_id = $2",
    .params = "ii",
    .row = &number_row,
};

const struct query Q_TEAM_MEMBER_INSERT = {
    .sql = "INSERT INTO team_member (team_id, account_id) VALUES ($1, $2)",
    .params = "ii",
};

const struct query Q_TEAM_MEMBER_DELETE = {
    .sql = "DELETE FROM team_member WHERE team_id = $1 AND account_id = $2",
    .params = "ii",
};

const struct query Q_TEAM_MEMBERS = {
    .sql = "SELECT a.name AS name, a.email AS email, a.kind AS kind FROM team_member m"
           " JOIN account a ON a.id = m.account_id WHERE m.team_id = $1 ORDER BY a.name LIMIT $2",
    .params = "ii",
    .row = &member_row,
};

const struct query Q_TEAM_RIGHTS = {
    .sql = "SELECT r.name AS repository, r.public AS is_public, p.role AS role"
           " FROM repository_permission p JOIN repository r ON r.id = p.repository_id"
           " AND r.state <> 3 WHERE p.team_id = $1 ORDER BY r.name LIMIT $2",
    .params = "ii",
    .row = &team_held_right_schema,
};

const struct query *const team_queries[] = {
    &Q_TEAM_FIND,
    &Q_TEAM_LIST,
    &Q_TEAM_INSERT,
    &Q_TEAM_UPDATE,
    &Q_TEAM_DELETE,
    &Q_TEAM_DELETE_MEMBERS,
    &Q_TEAM_DELETE_INVITES,
    &Q_TEAM_DELETE_RIGHTS,
    &Q_TEAM_DELETE_DEFAULTS,
    &Q_TEAM_ADMIN_LEFT,
    &Q_TEAM_MEMBER_FIND,
    &Q_TEAM_MEMBER_INSERT,
    &Q_TEAM_MEMBER_DELETE,
    &Q_TEAM_MEMBERS,
    &Q_TEAM_RIGHTS,
    NULL,
};
