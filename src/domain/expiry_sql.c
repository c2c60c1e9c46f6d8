/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on what has expired. */
#include "expiry_sql.h"

static const struct field expiry_fields[] = {
    F_INT(struct expiry_row, id, "id", 0),
};
static const struct schema expiry_row = SCHEMA(struct expiry_row, expiry_fields);

const struct query Q_EXPIRY_APP_TOKEN = {
    .sql = "SELECT id FROM app_token WHERE expires_ms < $1 LIMIT 1",
    .params = "i",
    .row = &expiry_row,
};

const struct query Q_EXPIRY_MAIL_CODE = {
    .sql = "SELECT id FROM mail_code WHERE expires_ms < $1 LIMIT 1",
    .params = "i",
    .row = &expiry_row,
};

const struct query Q_EXPIRY_DROP_APP_TOKENS = {
    .sql = "DELETE FROM app_token WHERE expires_ms < $1",
    .params = "i",
};

const struct query Q_EXPIRY_DROP_MAIL_CODES = {
    .sql = "DELETE FROM mail_code WHERE expires_ms < $1",
    .params = "i",
};

const struct query *const expiry_queries[] = {
    &Q_EXPIRY_APP_TOKEN,
    &Q_EXPIRY_MAIL_CODE,
    &Q_EXPIRY_DROP_APP_TOKENS,
    &Q_EXPIRY_DROP_MAIL_CODES,
    NULL,
};
