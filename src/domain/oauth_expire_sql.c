/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that removes what has expired, a few rows at a time, by indexes on the time. */
#include "oauth_expire_sql.h"

const struct query Q_OAUTH_EXPIRE_CODES = {
    .sql = "DELETE FROM oauth_code WHERE id IN (SELECT id FROM oauth_code"
           " WHERE expires_ms <= $1 LIMIT $2)",
    .params = "ii",
    .mysql = "DELETE FROM oauth_code WHERE expires_ms <= $1 LIMIT $2",
};

const struct query Q_OAUTH_EXPIRE_TOKENS = {
    .sql = "DELETE FROM oauth_token WHERE id IN (SELECT id FROM oauth_token"
           " WHERE expires_ms <= $1 LIMIT $2)",
    .params = "ii",
    .mysql = "DELETE FROM oauth_token WHERE expires_ms <= $1 LIMIT $2",
};

const struct query Q_OAUTH_EXPIRE_ACCESS_TOKENS = {
    .sql = "DELETE FROM access_token WHERE id IN (SELECT id FROM access_token"
           " WHERE expires_ms <= $1 LIMIT $2)",
    .params = "ii",
    .mysql = "DELETE FROM access_token WHERE expires_ms <= $1 LIMIT $2",
};

const struct query *const oauth_expire_queries[] = {
    &Q_OAUTH_EXPIRE_CODES,
    &Q_OAUTH_EXPIRE_TOKENS,
    &Q_OAUTH_EXPIRE_ACCESS_TOKENS,
    NULL,
};
