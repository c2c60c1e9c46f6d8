/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on OAuth access tokens. */
#include "oauth_token_sql.h"

#include "domain/oauth_token.h"

static const struct field oauth_token_fields[] = {
    F_INT(struct oauth_token, id, "id", 0),
    F_TEXT(struct oauth_token, uuid, "uuid", 0),
    F_INT(struct oauth_token, application_id, "application_id", 0),
    F_TEXT(struct oauth_token, client_id, "client_id", 0),
    F_TEXT(struct oauth_token, application_name, "application_name", 0),
    F_INT(struct oauth_token, account_id, "account_id", 0),
    F_TEXT(struct oauth_token, scope, "scope", 0),
    F_BYTES(struct oauth_token, secret_hash, "secret_hash", FIELD_SECRET),
    F_INT(struct oauth_token, created_ms, "created_ms", 0),
    F_INT(struct oauth_token, expires_ms, "expires_ms", 0),
    F_INT(struct oauth_token, last_accessed_ms, "last_accessed_ms", FIELD_NULLABLE),
    F_TEXT(struct oauth_token, name, "name", FIELD_NULLABLE),
};
static const struct schema oauth_token_row = SCHEMA(struct oauth_token, oauth_token_fields);

static const struct field row_fields[] = {
    F_INT(struct oauth_token_row, id, "id", 0),
    F_TEXT(struct oauth_token_row, uuid, "uuid", 0),
    F_TEXT(struct oauth_token_row, name, "name", FIELD_NULLABLE),
    F_TEXT(struct oauth_token_row, scope, "scope", 0),
    F_INT(struct oauth_token_row, created_ms, "created_ms", 0),
    F_INT(struct oauth_token_row, expires_ms, "expires_ms", 0),
    F_INT(struct oauth_token_row, last_accessed_ms, "last_accessed_ms", FIELD_NULLABLE),
    F_TEXT(struct oauth_token_row, created_by, "created_by", FIELD_NULLABLE),
    F_TEXT(struct oauth_token_row, client_id, "client_id", 0),
    F_TEXT(struct oauth_token_row, application_name, "application_name", 0),
    F_TEXT(struct oauth_token_row, description, "description", 0),
    F_TEXT(struct oauth_token_row, application_uri, "application_uri", 0),
    F_TEXT(struct oauth_token_row, avatar_email, "avatar_email", FIELD_NULLABLE),
    F_TEXT(struct oauth_token_row, organization, "organization", 0),
    F_TEXT(struct oauth_token_row, organization_email, "organization_email", FIELD_NULLABLE),
};
static const struct schema list_row = SCHEMA(struct oauth_token_row, row_fields);

static const struct field number_fields[] = {
    F_INT(struct oauth_token_number, number, "number", 0),
};
static const struct schema number_row = SCHEMA(struct oauth_token_number, number_fields);

static const struct field scope_fields[] = {
    F_TEXT(struct oauth_token_scope, scope, "scope", 0),
};
static const struct schema scope_row = SCHEMA(struct oauth_token_scope, scope_fields);

#define TOKEN_COLUMNS                                                                              \
    "SELECT t.id AS id, t.uuid AS uuid, t.application_id AS application_id,"                       \
    " a.client_id AS client_id, a.name AS application_name, t.account_id AS account_id,"           \
    " t.scope AS scope, t.secret_hash AS secret_hash, t.created_ms AS created_ms,"                 \
    " t.expires_ms AS expires_ms, t.last_accessed_ms AS last_accessed_ms, t.name AS name"          \
    " FROM oauth_token t JOIN oauth_application a ON a.id = t.application_id"

#define LIST_COLUMNS                                                                               \
    "SELECT t.id AS id, t.uuid AS uuid, t.name AS name, t.scope AS scope,"                         \
    " t.created_ms AS created_ms, t.expires_ms AS expires_ms,"                                     \
    " t.last_accessed_ms AS last_accessed_ms, c.name AS created_by, a.client_id AS client_id,"     \
    " a.name AS application_name, a.description AS description,"                                   \
    " a.application_uri AS application_uri, a.avatar_email AS avatar_email,"                       \
    " o.name AS organization, o.email AS organization_email"                                       \
    " FROM oauth_token t JOIN oauth_application a ON a.id = t.application_id"                      \
    " JOIN account o ON o.id = a.organization_id LEFT JOIN account c ON c.id = t.created_by"

const struct query Q_OAUTH_TOKEN_FIND = {
    .sql = TOKEN_COLUMNS " WHERE t.lookup = $1",
    .params = "t",
    .row = &oauth_token_row,
};

const struct query Q_OAUTH_TOKEN_BY_UUID = {
    .sql = TOKEN_COLUMNS " WHERE t.uuid = $1 AND t.expires_ms > $2",
    .params = "ti",
    .row = &oauth_token_row,
};

const struct query Q_OAUTH_TOKEN_INSERT = {
    .sql = "INSERT INTO oauth_token (uuid, application_id, account_id, created_by, name, lookup,"
           " secret_hash, scope, created_ms, expires_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    .params = "tiiITtbtii",
};

const struct query Q_OAUTH_TOKEN_TOUCH = {
    .sql = "UPDATE oauth_token SET last_accessed_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_OAUTH_TOKEN_DELETE = {
    .sql = "DELETE FROM oauth_token WHERE id = $1",
    .params = "i",
};

const struct query Q_OAUTH_TOKEN_OF_APPLICATION = {
    .sql = LIST_COLUMNS " WHERE t.application_id = $1 AND t.expires_ms > $2 AND t.id > $3"
                        " ORDER BY t.id LIMIT $4",
    .params = "iiii",
    .row = &list_row,
};

const struct query Q_OAUTH_TOKEN_OF_ACCOUNT = {
    .sql = LIST_COLUMNS " WHERE t.account_id = $1 AND t.expires_ms > $2 AND t.id > $3"
                        " ORDER BY t.id LIMIT $4",
    .params = "iiii",
    .row = &list_row,
};

const struct query Q_OAUTH_TOKEN_ONE_OF_ACCOUNT = {
    .sql = LIST_COLUMNS " WHERE t.account_id = $1 AND t.uuid = $2 AND t.expires_ms > $3",
    .params = "iti",
    .row = &list_row,
};

const struct query Q_OAUTH_TOKEN_COUNT = {
    .sql = "SELECT COUNT(*) AS number FROM oauth_token"
           " WHERE application_id = $1 AND expires_ms > $2",
    .params = "ii",
    .row = &number_row,
};

const struct query Q_OAUTH_TOKEN_SCOPES = {
    .sql = "SELECT scope FROM oauth_token WHERE application_id = $1 AND account_id = $2"
           " AND expires_ms > $3 AND created_by IS NULL ORDER BY id DESC LIMIT $4",
    .params = "iiii",
    .row = &scope_row,
};

const struct query *const oauth_token_queries[] = {
    &Q_OAUTH_TOKEN_FIND,
    &Q_OAUTH_TOKEN_BY_UUID,
    &Q_OAUTH_TOKEN_INSERT,
    &Q_OAUTH_TOKEN_TOUCH,
    &Q_OAUTH_TOKEN_DELETE,
    &Q_OAUTH_TOKEN_OF_APPLICATION,
    &Q_OAUTH_TOKEN_OF_ACCOUNT,
    &Q_OAUTH_TOKEN_ONE_OF_ACCOUNT,
    &Q_OAUTH_TOKEN_COUNT,
    &Q_OAUTH_TOKEN_SCOPES,
    NULL,
};
