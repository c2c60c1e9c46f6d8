/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on stars. */
#include "star_sql.h"

#include "domain/star.h"

static const struct field star_fields[] = {
    F_INT(struct star, repository_id, "repository_id", 0),
    F_TEXT(struct star, namespace_name, "namespace_name", 0),
    F_TEXT(struct star, name, "name", 0),
    F_TEXT(struct star, description, "description", FIELD_NULLABLE),
    F_BOOL(struct star, is_public, "is_public", 0),
};
static const struct schema star_row = SCHEMA(struct star, star_fields);

const struct query Q_STAR_INSERT = {
    .sql = "INSERT INTO star (account_id, repository_id, created_ms) VALUES ($1, $2, $3)"
           " ON CONFLICT (account_id, repository_id) DO NOTHING",
    .params = "iii",
    .mysql = "INSERT IGNORE INTO star (account_id, repository_id, created_ms)"
             " VALUES ($1, $2, $3)",
};

const struct query Q_STAR_DELETE = {
    .sql = "DELETE FROM star WHERE account_id = $1 AND repository_id = $2",
    .params = "ii",
};

/* A private repository is shown while the account has a right on it: as its owner, by a grant of
 * its own, or by a team that the repository names or that administers the organization. */
const struct query Q_STAR_LIST = {
    .sql = "SELECT r.id AS repository_id, a.name AS namespace_name, r.name AS name,"
           " r.description AS description, r.public AS is_public"
           " FROM star s JOIN repository r ON r.id = s.repository_id"
           " JOIN account a ON a.id = r.namespace_id"
           " WHERE s.account_id = $1 AND s.repository_id < $2 AND r.state <> 3"
           " AND (r.public = 1 OR r.namespace_id = $1 OR EXISTS (SELECT 1 FROM"
           " repository_permission p WHERE p.repository_id = r.id AND p.account_id = $1)"
           " OR r.namespace_id IN (SELECT t.organization_id FROM team_member m"
           " JOIN team t ON t.id = m.team_id WHERE m.account_id = $1 AND t.role = 3)"
           " OR EXISTS (SELECT 1 FROM team_member m JOIN repository_permission p"
           " ON p.team_id = m.team_id WHERE m.account_id = $1 AND p.repository_id = r.id))"
           " ORDER BY s.repository_id DESC LIMIT $3",
    .params = "iii",
    .row = &star_row,
};

const struct query *const star_queries[] = {
    &Q_STAR_INSERT,
    &Q_STAR_DELETE,
    &Q_STAR_LIST,
    NULL,
};
