/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on robot accounts. */
#include "robot_sql.h"

#include "domain/member_sql.h"
#include "domain/robot.h"
#include "domain/team_sql.h"

static const struct field robot_fields[] = {
    F_INT(struct robot, id, "id", 0),
    F_INT(struct robot, owner_id, "owner_id", 0),
    F_TEXT(struct robot, uuid, "uuid", 0),
    F_TEXT(struct robot, name, "name", 0),
    F_TEXT(struct robot, description, "description", 0),
    F_TEXT(struct robot, metadata, "metadata", 0),
    F_BYTES(struct robot, token_hash, "token_hash", FIELD_SECRET),
    F_BYTES(struct robot, token_sealed, "token_sealed", FIELD_SECRET),
    F_INT(struct robot, created_ms, "created_ms", 0),
    F_INT(struct robot, last_accessed_ms, "last_accessed_ms", FIELD_NULLABLE),
    F_BOOL(struct robot, enabled, "enabled", 0),
    F_BOOL(struct robot, owner_enabled, "owner_enabled", 0),
};
static const struct schema robot_row = SCHEMA(struct robot, robot_fields);

static const struct field identity_fields[] = {
    F_TEXT(struct robot_identity, issuer, "issuer", 0),
    F_TEXT(struct robot_identity, subject, "subject", 0),
};
static const struct schema identity_row = SCHEMA(struct robot_identity, identity_fields);

#define ROBOT_COLUMNS                                                                              \
    "SELECT a.id AS id, r.owner_id AS owner_id, a.uuid AS uuid, a.name AS name,"                   \
    " r.description AS description, r.metadata AS metadata, r.token_hash AS token_hash,"           \
    " r.token_sealed AS token_sealed, a.created_ms AS created_ms,"                                 \
    " a.last_accessed_ms AS last_accessed_ms, a.enabled AS enabled, o.enabled AS owner_enabled"

const struct query Q_ROBOT_FIND = {
    .sql = ROBOT_COLUMNS " FROM account a JOIN robot r ON r.account_id = a.id"
                         " JOIN account o ON o.id = r.owner_id WHERE a.name = $1",
    .params = "t",
    .row = &robot_row,
};

const struct query Q_ROBOT_LIST = {
    .sql = ROBOT_COLUMNS " FROM robot r JOIN account a ON a.id = r.account_id"
                         " JOIN account o ON o.id = r.owner_id"
                         " WHERE r.owner_id = $1 AND a.name > $2 ORDER BY a.name LIMIT $3",
    .params = "iti",
    .row = &robot_row,
};

const struct query Q_ROBOT_LIST_TEAMS = {
    .sql = "SELECT a.name AS account, a.email AS email, a.kind AS kind, t.name AS name"
           " FROM robot r JOIN account a ON a.id = r.account_id"
           " JOIN team_member m ON m.account_id = a.id JOIN team t ON t.id = m.team_id"
           " WHERE r.owner_id = $1 ORDER BY a.name, t.name LIMIT $2",
    .params = "ii",
    .row = &member_link_schema,
};

const struct query Q_ROBOT_LIST_REPOSITORIES = {
    .sql = "SELECT a.name AS account, a.email AS email, a.kind AS kind, p.name AS name"
           " FROM robot r JOIN account a ON a.id = r.account_id"
           " JOIN repository_permission g ON g.account_id = a.id"
           " JOIN repository p ON p.id = g.repository_id AND p.state <> 3"
           " WHERE r.owner_id = $1 ORDER BY a.name, p.name LIMIT $2",
    .params = "ii",
    .row = &member_link_schema,
};

const struct query Q_ROBOT_RIGHTS = {
    .sql = "SELECT r.name AS repository, r.public AS is_public, p.role AS role"
           " FROM repository_permission p JOIN repository r ON r.id = p.repository_id"
           " AND r.state <> 3 WHERE p.account_id = $1 ORDER BY r.name LIMIT $2",
    .params = "ii",
    .row = &team_held_right_schema,
};

const struct query Q_ROBOT_INSERT_ACCOUNT = {
    .sql = "INSERT INTO account (uuid, kind, name, created_ms) VALUES ($1, 3, $2, $3)",
    .params = "tti",
};

const struct query Q_ROBOT_INSERT = {
    .sql = "INSERT INTO robot (account_id, owner_id, description, metadata, token_hash,"
           " token_sealed) VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "iittbb",
};

const struct query Q_ROBOT_SET_TOKEN = {
    .sql = "UPDATE robot SET token_hash = $2, token_sealed = $3 WHERE account_id = $1",
    .params = "ibb",
};

const struct query Q_ROBOT_TOUCH = {
    .sql = "UPDATE account SET last_accessed_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_ROBOT_IDENTITIES = {
    .sql = "SELECT issuer, subject FROM robot_federation WHERE robot_id = $1 ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &identity_row,
};

const struct query Q_ROBOT_IDENTITY_INSERT = {
    .sql = "INSERT INTO robot_federation (robot_id, issuer, subject) VALUES ($1, $2, $3)",
    .params = "itt",
};

const struct query Q_ROBOT_DELETE_IDENTITIES = {
    .sql = "DELETE FROM robot_federation WHERE robot_id = $1",
    .params = "i",
};

const struct query Q_ROBOT_DELETE_MEMBERSHIPS = {
    .sql = "DELETE FROM team_member WHERE account_id = $1",
    .params = "i",
};

const struct query Q_ROBOT_DELETE_RIGHTS = {
    .sql = "DELETE FROM repository_permission WHERE account_id = $1",
    .params = "i",
};

const struct query Q_ROBOT_DELETE_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE account_id = $1 OR activating_id = $1",
    .params = "i",
};

const struct query Q_ROBOT_DELETE = {
    .sql = "DELETE FROM robot WHERE account_id = $1",
    .params = "i",
};

const struct query Q_ROBOT_DELETE_ACCOUNT = {
    .sql = "DELETE FROM account WHERE id = $1 AND kind = 3",
    .params = "i",
};

const struct query *const robot_queries[] = {
    &Q_ROBOT_FIND,
    &Q_ROBOT_LIST,
    &Q_ROBOT_LIST_TEAMS,
    &Q_ROBOT_LIST_REPOSITORIES,
    &Q_ROBOT_RIGHTS,
    &Q_ROBOT_INSERT_ACCOUNT,
    &Q_ROBOT_INSERT,
    &Q_ROBOT_SET_TOKEN,
    &Q_ROBOT_TOUCH,
    &Q_ROBOT_IDENTITIES,
    &Q_ROBOT_IDENTITY_INSERT,
    &Q_ROBOT_DELETE_IDENTITIES,
    &Q_ROBOT_DELETE_MEMBERSHIPS,
    &Q_ROBOT_DELETE_RIGHTS,
    &Q_ROBOT_DELETE_DEFAULTS,
    &Q_ROBOT_DELETE,
    &Q_ROBOT_DELETE_ACCOUNT,
    NULL,
};
