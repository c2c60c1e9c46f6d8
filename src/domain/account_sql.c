/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on accounts. Every lookup goes by one of the unique indexes. */
#include "account_sql.h"

#include "domain/account.h"

static const struct field account_fields[] = {
    F_INT(struct account, id, "id", 0),
    F_TEXT(struct account, uuid, "uuid", 0),
    F_INT(struct account, kind, "kind", 0),
    F_TEXT(struct account, name, "name", 0),
    F_TEXT(struct account, email, "email", FIELD_NULLABLE),
    F_TEXT(struct account, password_hash, "password_hash", FIELD_NULLABLE | FIELD_SECRET),
    F_BOOL(struct account, enabled, "enabled", 0),
    F_BOOL(struct account, superuser, "superuser", 0),
    F_INT(struct account, created_ms, "created_ms", 0),
    F_INT(struct account, failed_logins, "failed_logins", 0),
    F_INT(struct account, failed_ms, "failed_ms", 0),
    F_BOOL(struct account, verified, "verified", 0),
    F_INT(struct account, session_epoch, "session_epoch", 0),
    F_INT(struct account, pull_policy, "pull_policy", 0),
    F_INT(struct account, last_accessed_ms, "last_accessed_ms", FIELD_NULLABLE),
};
const struct schema account_schema = SCHEMA(struct account, account_fields);

static const struct field number_fields[] = {
    F_INT(struct account_number_row, number, "number", 0),
};
static const struct schema number_row = SCHEMA(struct account_number_row, number_fields);

#define ACCOUNT_COLUMNS                                                                            \
    "SELECT id, uuid, kind, name, email, password_hash, enabled, superuser, created_ms,"           \
    " failed_logins, failed_ms, verified, session_epoch, pull_policy, last_accessed_ms"            \
    " FROM account"

const struct query Q_ACCOUNT_BY_NAME = {
    .sql = ACCOUNT_COLUMNS " WHERE name = $1",
    .params = "t",
    .row = &account_schema,
};

const struct query Q_ACCOUNT_BY_EMAIL = {
    .sql = ACCOUNT_COLUMNS " WHERE email = $1",
    .params = "t",
    .row = &account_schema,
};

const struct query Q_ACCOUNT_BY_ID = {
    .sql = ACCOUNT_COLUMNS " WHERE id = $1",
    .params = "i",
    .row = &account_schema,
};

const struct query Q_ACCOUNT_BY_UUID = {
    .sql = ACCOUNT_COLUMNS " WHERE uuid = $1",
    .params = "t",
    .row = &account_schema,
};

const struct query Q_ACCOUNT_INSERT = {
    .sql = "INSERT INTO account (uuid, kind, name, email, password_hash, superuser, created_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7)",
    .params = "titTTii",
};

const struct query Q_ACCOUNT_SET_PASSWORD = {
    .sql = "UPDATE account SET password_hash = $2, failed_logins = 0 WHERE id = $1",
    .params = "iT",
};

const struct query Q_ACCOUNT_SET_ENABLED = {
    .sql = "UPDATE account SET enabled = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_ACCOUNT_SET_SUPERUSER = {
    .sql = "UPDATE account SET superuser = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_ACCOUNT_SET_EMAIL = {
    .sql = "UPDATE account SET email = $2 WHERE id = $1",
    .params = "iT",
};

const struct query Q_ACCOUNT_END_SESSIONS = {
    .sql = "UPDATE account SET session_epoch = session_epoch + 1 WHERE id = $1",
    .params = "i",
};

/* Counted in the statement, so that failures at the same moment all count. */
const struct query Q_ACCOUNT_LOGIN_FAILED = {
    .sql = "UPDATE account SET failed_logins = failed_logins + 1, failed_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_ACCOUNT_LOGIN_CLEARED = {
    .sql = "UPDATE account SET failed_logins = 0 WHERE id = $1",
    .params = "i",
};

const struct query Q_ACCOUNT_PAGE = {
    .sql = ACCOUNT_COLUMNS " WHERE name > $1 AND kind = $2 AND (enabled = 1 OR $3 = 1)"
                           " ORDER BY name LIMIT $4",
    .params = "tiii",
    .row = &account_schema,
};

const struct query Q_ACCOUNT_COUNT = {
    .sql = "SELECT COUNT(*) AS number FROM account WHERE kind = $1",
    .params = "i",
    .row = &number_row,
    .scan_ok = true, /* for metrics and the command line */
};

const struct query Q_ACCOUNT_FIRST = {
    .sql = "SELECT id AS number FROM account WHERE kind = $1 ORDER BY id LIMIT 1",
    .params = "i",
    .row = &number_row,
    .scan_ok = true, /* stops at the first user, who is among the oldest rows */
};

const struct query *const account_queries[] = {
    &Q_ACCOUNT_BY_NAME,       &Q_ACCOUNT_BY_EMAIL,
    &Q_ACCOUNT_BY_ID,         &Q_ACCOUNT_BY_UUID,
    &Q_ACCOUNT_INSERT,        &Q_ACCOUNT_SET_PASSWORD,
    &Q_ACCOUNT_SET_ENABLED,   &Q_ACCOUNT_SET_SUPERUSER,
    &Q_ACCOUNT_SET_EMAIL,     &Q_ACCOUNT_LOGIN_FAILED,
    &Q_ACCOUNT_LOGIN_CLEARED, &Q_ACCOUNT_PAGE,
    &Q_ACCOUNT_COUNT,         &Q_ACCOUNT_FIRST,
    &Q_ACCOUNT_END_SESSIONS,  NULL,
};
