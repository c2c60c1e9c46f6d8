/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on codes in mails. */
#include "mail_code_sql.h"

#include "domain/mail_code.h"

static const struct field mail_code_fields[] = {
    F_INT(struct mail_code, id, "id", 0),
    F_INT(struct mail_code, purpose, "purpose", 0),
    F_INT(struct mail_code, account_id, "account_id", FIELD_NULLABLE),
    F_TEXT(struct mail_code, email, "email", FIELD_NULLABLE),
};
static const struct schema mail_code_row = SCHEMA(struct mail_code, mail_code_fields);

static const struct field invited_fields[] = {
    F_INT(struct mail_code, id, "id", 0),
};
static const struct schema invited_row = SCHEMA(struct mail_code, invited_fields);

const struct query Q_MAIL_CODE_INSERT = {
    .sql = "INSERT INTO mail_code (code_hash, purpose, account_id, email, created_ms, expires_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "biiTii",
};

const struct query Q_MAIL_CODE_FIND = {
    .sql = "SELECT id, purpose, account_id, email FROM mail_code"
           " WHERE code_hash = $1 AND used_ms IS NULL AND expires_ms > $2",
    .params = "bi",
    .row = &mail_code_row,
};

const struct query Q_MAIL_CODE_USE = {
    .sql = "UPDATE mail_code SET used_ms = $2 WHERE id = $1 AND used_ms IS NULL",
    .params = "ii",
};

const struct query Q_MAIL_CODE_RECENT = {
    .sql = "SELECT id, purpose, account_id, email FROM mail_code"
           " WHERE account_id = $1 AND purpose = $2 AND created_ms > $3 LIMIT 1",
    .params = "iii",
    .row = &mail_code_row,
};

const struct query Q_MAIL_CODE_CANCEL = {
    .sql = "DELETE FROM mail_code WHERE account_id = $1 AND purpose = $2",
    .params = "ii",
};

const struct query Q_MAIL_CODE_CANCEL_ALL = {
    .sql = "DELETE FROM mail_code WHERE account_id = $1",
    .params = "i",
};

const struct query Q_MAIL_CODE_INVITED = {
    .sql = "SELECT id FROM team_invite WHERE code = $1 AND email = $2",
    .params = "tt",
    .row = &invited_row,
};

const struct query *const mail_code_queries[] = {
    &Q_MAIL_CODE_INSERT, &Q_MAIL_CODE_FIND,       &Q_MAIL_CODE_USE,     &Q_MAIL_CODE_RECENT,
    &Q_MAIL_CODE_CANCEL, &Q_MAIL_CODE_CANCEL_ALL, &Q_MAIL_CODE_INVITED, NULL,
};
