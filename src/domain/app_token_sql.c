/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on app tokens. */
#include "app_token_sql.h"

#include "domain/app_token.h"

static const struct field app_token_fields[] = {
    F_INT(struct app_token, id, "id", 0),
    F_TEXT(struct app_token, uuid, "uuid", 0),
    F_INT(struct app_token, account_id, "account_id", 0),
    F_TEXT(struct app_token, title, "title", 0),
    F_TEXT(struct app_token, lookup, "lookup", FIELD_SECRET),
    F_BYTES(struct app_token, secret_hash, "secret_hash", FIELD_SECRET),
    F_BYTES(struct app_token, secret_sealed, "secret_sealed", FIELD_SECRET),
    F_INT(struct app_token, created_ms, "created_ms", 0),
    F_INT(struct app_token, last_accessed_ms, "last_accessed_ms", FIELD_NULLABLE),
    F_INT(struct app_token, expires_ms, "expires_ms", FIELD_NULLABLE),
};
static const struct schema app_token_row = SCHEMA(struct app_token, app_token_fields);

static const struct field count_fields[] = {
    F_INT(struct app_token_count_row, number, "number", 0),
};
static const struct schema count_row = SCHEMA(struct app_token_count_row, count_fields);

#define APP_TOKEN_COLUMNS                                                                          \
    "SELECT id, uuid, account_id, title, lookup, secret_hash, secret_sealed, created_ms,"          \
    " last_accessed_ms, expires_ms FROM app_token"

const struct query Q_APP_TOKEN_INSERT = {
    .sql = "INSERT INTO app_token (uuid, account_id, title, lookup, secret_hash, secret_sealed,"
           " created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "tittbbiI",
};

const struct query Q_APP_TOKEN_COUNT = {
    .sql = "SELECT COUNT(*) AS number FROM app_token WHERE account_id = $1",
    .params = "i",
    .row = &count_row,
};

const struct query Q_APP_TOKEN_FIND = {
    .sql = APP_TOKEN_COLUMNS " WHERE lookup = $1",
    .params = "t",
    .row = &app_token_row,
};

const struct query Q_APP_TOKEN_FIND_BY_UUID = {
    .sql = APP_TOKEN_COLUMNS " WHERE uuid = $1",
    .params = "t",
    .row = &app_token_row,
};

const struct query Q_APP_TOKEN_FIND_OWN = {
    .sql = APP_TOKEN_COLUMNS " WHERE account_id = $1 AND uuid = $2",
    .params = "it",
    .row = &app_token_row,
};

const struct query Q_APP_TOKEN_LIST = {
    .sql = APP_TOKEN_COLUMNS " WHERE account_id = $1 ORDER BY id DESC LIMIT $2",
    .params = "ii",
    .row = &app_token_row,
};

const struct query Q_APP_TOKEN_LIST_ALL = {
    .sql = APP_TOKEN_COLUMNS " WHERE id < $1 ORDER BY id DESC LIMIT $2",
    .params = "ii",
    .row = &app_token_row,
};

const struct query Q_APP_TOKEN_LIST_EXPIRING = {
    .sql = APP_TOKEN_COLUMNS " WHERE account_id = $1 AND expires_ms < $2"
                             " ORDER BY id DESC LIMIT $3",
    .params = "iii",
    .row = &app_token_row,
};

const struct query Q_APP_TOKEN_DELETE = {
    .sql = "DELETE FROM app_token WHERE id = $1",
    .params = "i",
};

const struct query Q_APP_TOKEN_TOUCH = {
    .sql = "UPDATE app_token SET last_accessed_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query *const app_token_queries[] = {
    &Q_APP_TOKEN_INSERT,
    &Q_APP_TOKEN_COUNT,
    &Q_APP_TOKEN_FIND,
    &Q_APP_TOKEN_FIND_BY_UUID,
    &Q_APP_TOKEN_FIND_OWN,
    &Q_APP_TOKEN_LIST,
    &Q_APP_TOKEN_LIST_ALL,
    &Q_APP_TOKEN_LIST_EXPIRING,
    &Q_APP_TOKEN_DELETE,
    &Q_APP_TOKEN_TOUCH,
    NULL,
};
