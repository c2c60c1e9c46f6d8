/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on authorization codes. */
#include "oauth_code_sql.h"

#include "domain/oauth_code.h"

static const struct field code_fields[] = {
    F_INT(struct oauth_code, id, "id", 0),
    F_INT(struct oauth_code, application_id, "application_id", 0),
    F_INT(struct oauth_code, account_id, "account_id", 0),
    F_BYTES(struct oauth_code, secret_hash, "secret_hash", FIELD_SECRET),
    F_TEXT(struct oauth_code, scope, "scope", 0),
    F_TEXT(struct oauth_code, redirect_uri, "redirect_uri", 0),
    F_TEXT(struct oauth_code, challenge, "challenge", FIELD_NULLABLE),
    F_INT(struct oauth_code, expires_ms, "expires_ms", 0),
};
static const struct schema code_row = SCHEMA(struct oauth_code, code_fields);

const struct query Q_OAUTH_CODE_INSERT = {
    .sql = "INSERT INTO oauth_code (application_id, account_id, lookup, secret_hash, scope,"
           " redirect_uri, challenge, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "iitbttTi",
};

const struct query Q_OAUTH_CODE_FIND = {
    .sql =
        "SELECT id, application_id, account_id, secret_hash, scope, redirect_uri, challenge,"
        " expires_ms FROM oauth_code WHERE lookup = $1 AND application_id = $2 AND expires_ms > $3",
    .params = "tii",
    .row = &code_row,
};

const struct query Q_OAUTH_CODE_DELETE = {
    .sql = "DELETE FROM oauth_code WHERE id = $1",
    .params = "i",
};

const struct query *const oauth_code_queries[] = {
    &Q_OAUTH_CODE_INSERT,
    &Q_OAUTH_CODE_FIND,
    &Q_OAUTH_CODE_DELETE,
    NULL,
};
