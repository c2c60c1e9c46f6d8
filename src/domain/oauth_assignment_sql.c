/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on assignments of tokens. */
#include "oauth_assignment_sql.h"

#include "domain/oauth_assignment.h"

static const struct field assignment_fields[] = {
    F_INT(struct oauth_assignment, id, "id", 0),
    F_TEXT(struct oauth_assignment, uuid, "uuid", 0),
    F_INT(struct oauth_assignment, application_id, "application_id", 0),
    F_TEXT(struct oauth_assignment, redirect_uri, "redirect_uri", 0),
    F_TEXT(struct oauth_assignment, scope, "scope", 0),
    F_TEXT(struct oauth_assignment, response_type, "response_type", 0),
    F_TEXT(struct oauth_assignment, client_id, "client_id", 0),
    F_TEXT(struct oauth_assignment, application_name, "application_name", 0),
    F_TEXT(struct oauth_assignment, description, "description", 0),
    F_TEXT(struct oauth_assignment, application_uri, "application_uri", 0),
    F_TEXT(struct oauth_assignment, avatar_email, "avatar_email", FIELD_NULLABLE),
    F_TEXT(struct oauth_assignment, organization, "organization", 0),
    F_TEXT(struct oauth_assignment, organization_email, "organization_email", FIELD_NULLABLE),
};
static const struct schema assignment_row = SCHEMA(struct oauth_assignment, assignment_fields);

#define ASSIGNMENT_COLUMNS                                                                         \
    "SELECT s.id AS id, s.uuid AS uuid, s.application_id AS application_id,"                       \
    " s.redirect_uri AS redirect_uri, s.scope AS scope, s.response_type AS response_type,"         \
    " a.client_id AS client_id, a.name AS application_name, a.description AS description,"         \
    " a.application_uri AS application_uri, a.avatar_email AS avatar_email,"                       \
    " o.name AS organization, o.email AS organization_email"                                       \
    " FROM oauth_assignment s JOIN oauth_application a ON a.id = s.application_id"                 \
    " JOIN account o ON o.id = a.organization_id"

const struct query Q_OAUTH_ASSIGNMENT_INSERT = {
    .sql = "INSERT INTO oauth_assignment (uuid, application_id, account_id, redirect_uri, scope,"
           " response_type) VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "tiittt",
};

const struct query Q_OAUTH_ASSIGNMENT_FIND = {
    .sql = ASSIGNMENT_COLUMNS " WHERE s.account_id = $1 AND s.uuid = $2",
    .params = "it",
    .row = &assignment_row,
};

const struct query Q_OAUTH_ASSIGNMENT_PAGE = {
    .sql = ASSIGNMENT_COLUMNS " WHERE s.account_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3",
    .params = "iii",
    .row = &assignment_row,
};

const struct query Q_OAUTH_ASSIGNMENT_DELETE = {
    .sql = "DELETE FROM oauth_assignment WHERE id = $1",
    .params = "i",
};

const struct query *const oauth_assignment_queries[] = {
    &Q_OAUTH_ASSIGNMENT_INSERT,
    &Q_OAUTH_ASSIGNMENT_FIND,
    &Q_OAUTH_ASSIGNMENT_PAGE,
    &Q_OAUTH_ASSIGNMENT_DELETE,
    NULL,
};
