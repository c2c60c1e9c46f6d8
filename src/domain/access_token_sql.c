/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on access tokens of repositories. A repository in state 3 is being deleted. */
#include "access_token_sql.h"

#include "domain/access_token.h"

static const struct field access_token_fields[] = {
    F_INT(struct access_token, id, "id", 0),
    F_TEXT(struct access_token, uuid, "uuid", 0),
    F_INT(struct access_token, repository_id, "repository_id", 0),
    F_TEXT(struct access_token, namespace_name, "namespace_name", 0),
    F_TEXT(struct access_token, repository, "repository", 0),
    F_TEXT(struct access_token, name, "name", 0),
    F_BYTES(struct access_token, secret_hash, "secret_hash", FIELD_SECRET),
    F_INT(struct access_token, role, "role", 0),
};
static const struct schema access_token_row = SCHEMA(struct access_token, access_token_fields);

#define ACCESS_TOKEN_COLUMNS                                                                       \
    "SELECT t.id AS id, t.uuid AS uuid, t.repository_id AS repository_id,"                         \
    " a.name AS namespace_name, r.name AS repository, t.name AS name,"                             \
    " t.secret_hash AS secret_hash, t.role AS role"                                                \
    " FROM access_token t JOIN repository r ON r.id = t.repository_id"                             \
    " JOIN account a ON a.id = r.namespace_id"

#define IS_GOOD                                                                                    \
    " AND (t.expires_ms IS NULL OR t.expires_ms > $2) AND r.state <> 3 AND a.enabled = 1"

const struct query Q_ACCESS_TOKEN_FIND = {
    .sql = ACCESS_TOKEN_COLUMNS " WHERE t.lookup = $1" IS_GOOD,
    .params = "ti",
    .row = &access_token_row,
};

const struct query Q_ACCESS_TOKEN_BY_UUID = {
    .sql = ACCESS_TOKEN_COLUMNS " WHERE t.uuid = $1" IS_GOOD,
    .params = "ti",
    .row = &access_token_row,
};

const struct query Q_ACCESS_TOKEN_INSERT = {
    .sql = "INSERT INTO access_token (uuid, repository_id, name, lookup, secret_hash, role,"
           " created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "tittbiiI",
};

const struct query Q_ACCESS_TOKEN_DELETE = {
    .sql = "DELETE FROM access_token WHERE id = $1",
    .params = "i",
};

const struct query *const access_token_queries[] = {
    &Q_ACCESS_TOKEN_FIND,
    &Q_ACCESS_TOKEN_BY_UUID,
    &Q_ACCESS_TOKEN_INSERT,
    &Q_ACCESS_TOKEN_DELETE,
    NULL,
};
