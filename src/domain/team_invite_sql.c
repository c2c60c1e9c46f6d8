/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on invitations into teams. */
#include "team_invite_sql.h"

#include "domain/team_invite.h"

static const struct field invite_fields[] = {
    F_INT(struct team_invite, id, "id", 0),
    F_INT(struct team_invite, team_id, "team_id", 0),
    F_INT(struct team_invite, organization_id, "organization_id", 0),
    F_TEXT(struct team_invite, organization, "organization", 0),
    F_TEXT(struct team_invite, team, "team", 0),
    F_TEXT(struct team_invite, inviter, "inviter", FIELD_NULLABLE),
    F_INT(struct team_invite, account_id, "account_id", FIELD_NULLABLE),
    F_TEXT(struct team_invite, account, "account", FIELD_NULLABLE),
    F_TEXT(struct team_invite, email, "email", FIELD_NULLABLE),
    F_TEXT(struct team_invite, code, "code", FIELD_SECRET),
};
static const struct schema invite_row = SCHEMA(struct team_invite, invite_fields);

static const struct field code_fields[] = {
    F_TEXT(struct team_invite_code_row, code, "code", FIELD_SECRET),
};
static const struct schema code_row = SCHEMA(struct team_invite_code_row, code_fields);

#define INVITE_COLUMNS                                                                             \
    "SELECT i.id AS id, i.team_id AS team_id, t.organization_id AS organization_id,"               \
    " o.name AS organization, t.name AS team, b.name AS inviter, i.account_id AS account_id,"      \
    " a.name AS account, COALESCE(a.email, i.email) AS email, i.code AS code"                      \
    " FROM team_invite i JOIN team t ON t.id = i.team_id"                                          \
    " JOIN account o ON o.id = t.organization_id"                                                  \
    " LEFT JOIN account b ON b.id = i.inviter_id LEFT JOIN account a ON a.id = i.account_id"

const struct query Q_TEAM_INVITE_CODE = {
    .sql = "SELECT code FROM team_invite WHERE team_id = $1"
           " AND (account_id = $2 OR (account_id IS NULL AND email = $3)) LIMIT 1",
    .params = "iiT",
    .row = &code_row,
};

const struct query Q_TEAM_INVITE_INSERT = {
    .sql = "INSERT INTO team_invite (code, team_id, inviter_id, account_id, email, created_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "tiiITi",
};

const struct query Q_TEAM_INVITE_FIND = {
    .sql = INVITE_COLUMNS " WHERE i.code = $1",
    .params = "t",
    .row = &invite_row,
};

const struct query Q_TEAM_INVITE_LIST = {
    .sql = INVITE_COLUMNS " WHERE i.team_id = $1 ORDER BY i.id LIMIT $2",
    .params = "ii",
    .row = &invite_row,
};

const struct query Q_TEAM_INVITE_DELETE = {
    .sql = "DELETE FROM team_invite WHERE id = $1",
    .params = "i",
};

const struct query Q_TEAM_INVITE_CANCEL = {
    .sql = "DELETE FROM team_invite WHERE team_id = $1"
           " AND (account_id = $2 OR (account_id IS NULL AND email = $3))",
    .params = "iiT",
};

const struct query *const team_invite_queries[] = {
    &Q_TEAM_INVITE_CODE,
    &Q_TEAM_INVITE_INSERT,
    &Q_TEAM_INVITE_FIND,
    &Q_TEAM_INVITE_LIST,
    &Q_TEAM_INVITE_DELETE,
    &Q_TEAM_INVITE_CANCEL,
    NULL,
};
