/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on OAuth applications. */
#include "oauth_application_sql.h"

#include "domain/oauth_application.h"

static const struct field application_fields[] = {
    F_INT(struct oauth_application, id, "id", 0),
    F_INT(struct oauth_application, organization_id, "organization_id", 0),
    F_TEXT(struct oauth_application, client_id, "client_id", 0),
    F_BYTES(struct oauth_application, secret_sealed, "secret_sealed", FIELD_SECRET),
    F_TEXT(struct oauth_application, name, "name", 0),
    F_TEXT(struct oauth_application, description, "description", 0),
    F_TEXT(struct oauth_application, application_uri, "application_uri", 0),
    F_TEXT(struct oauth_application, redirect_uri, "redirect_uri", 0),
    F_TEXT(struct oauth_application, avatar_email, "avatar_email", FIELD_NULLABLE),
};
static const struct schema application_row = SCHEMA(struct oauth_application, application_fields);

#define APPLICATION_COLUMNS                                                                        \
    "SELECT id, organization_id, client_id, secret_sealed, name, description, application_uri,"    \
    " redirect_uri, avatar_email FROM oauth_application"

const struct query Q_OAUTH_APPLICATION_FIND = {
    .sql = APPLICATION_COLUMNS " WHERE client_id = $1",
    .params = "t",
    .row = &application_row,
};

/* The oldest of that name: an account has few applications. */
const struct query Q_OAUTH_APPLICATION_BY_NAME = {
    .sql = APPLICATION_COLUMNS " WHERE organization_id = $1 AND name = $2 ORDER BY id LIMIT 1",
    .params = "it",
    .row = &application_row,
};

const struct query Q_OAUTH_APPLICATION_PAGE = {
    .sql = APPLICATION_COLUMNS " WHERE organization_id = $1 AND id > $2 AND name <> $3"
                               " ORDER BY id LIMIT $4",
    .params = "iiti",
    .row = &application_row,
};

const struct query Q_OAUTH_APPLICATION_INSERT = {
    .sql = "INSERT INTO oauth_application (organization_id, client_id, secret_sealed, name,"
           " description, application_uri, redirect_uri, avatar_email)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "itbttttT",
};

const struct query Q_OAUTH_APPLICATION_UPDATE = {
    .sql = "UPDATE oauth_application SET name = $2, description = $3, application_uri = $4,"
           " redirect_uri = $5, avatar_email = $6 WHERE id = $1",
    .params = "ittttT",
};

const struct query Q_OAUTH_APPLICATION_SET_SECRET = {
    .sql = "UPDATE oauth_application SET secret_sealed = $2 WHERE id = $1",
    .params = "ib",
};

const struct query Q_OAUTH_APPLICATION_DELETE_TOKENS = {
    .sql = "DELETE FROM oauth_token WHERE application_id = $1",
    .params = "i",
};

const struct query Q_OAUTH_APPLICATION_DELETE_CODES = {
    .sql = "DELETE FROM oauth_code WHERE application_id = $1",
    .params = "i",
};

const struct query Q_OAUTH_APPLICATION_DELETE_ASSIGNMENTS = {
    .sql = "DELETE FROM oauth_assignment WHERE application_id = $1",
    .params = "i",
};

const struct query Q_OAUTH_APPLICATION_DELETE = {
    .sql = "DELETE FROM oauth_application WHERE id = $1",
    .params = "i",
};

const struct query *const oauth_application_queries[] = {
    &Q_OAUTH_APPLICATION_FIND,
    &Q_OAUTH_APPLICATION_BY_NAME,
    &Q_OAUTH_APPLICATION_PAGE,
    &Q_OAUTH_APPLICATION_INSERT,
    &Q_OAUTH_APPLICATION_UPDATE,
    &Q_OAUTH_APPLICATION_SET_SECRET,
    &Q_OAUTH_APPLICATION_DELETE_TOKENS,
    &Q_OAUTH_APPLICATION_DELETE_CODES,
    &Q_OAUTH_APPLICATION_DELETE_ASSIGNMENTS,
    &Q_OAUTH_APPLICATION_DELETE,
    NULL,
};
