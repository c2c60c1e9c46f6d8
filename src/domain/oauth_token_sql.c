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
};
static const struct schema oauth_token_row = SCHEMA(struct oauth_token, oauth_token_fields);

const struct query Q_OAUTH_TOKEN_FIND = {
    .sql = "SELECT t.id AS id, t.uuid AS uuid, t.application_id AS application_id,"
           " a.client_id AS client_id, a.name AS application_name, t.account_id AS account_id,"
           " t.scope AS scope, t.secret_hash AS secret_hash, t.created_ms AS created_ms,"
           " t.expires_ms AS expires_ms, t.last_accessed_ms AS last_accessed_ms"
           " FROM oauth_token t JOIN oauth_application a ON a.id = t.application_id"
           " WHERE t.lookup = $1",
    .params = "t",
    .row = &oauth_token_row,
};

const struct query Q_OAUTH_TOKEN_INSERT = {
    .sql = "INSERT INTO oauth_token (uuid, application_id, account_id, created_by, name, lookup,"
           " secret_hash, scope, created_ms, expires_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    .params = "tiiITtbtii",
};

const struct query Q_OAUTH_TOKEN_APPLICATION = {
    .sql = "INSERT INTO oauth_application (organization_id, client_id, secret_sealed, name,"
           " description, application_uri, redirect_uri) VALUES ($1, $2, $3, $4, '', '', '')",
    .params = "itbt",
};

const struct query Q_OAUTH_TOKEN_TOUCH = {
    .sql = "UPDATE oauth_token SET last_accessed_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query *const oauth_token_queries[] = {
    &Q_OAUTH_TOKEN_FIND,
    &Q_OAUTH_TOKEN_INSERT,
    &Q_OAUTH_TOKEN_APPLICATION,
    &Q_OAUTH_TOKEN_TOUCH,
    NULL,
};
