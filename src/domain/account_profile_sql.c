/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the profiles of accounts. */
#include "account_profile_sql.h"

#include "domain/account_profile.h"

static const struct field profile_fields[] = {
    F_TEXT(struct account_profile, given_name, "given_name", FIELD_NULLABLE),
    F_TEXT(struct account_profile, family_name, "family_name", FIELD_NULLABLE),
    F_TEXT(struct account_profile, company, "company", FIELD_NULLABLE),
    F_TEXT(struct account_profile, location, "location", FIELD_NULLABLE),
    F_BOOL(struct account_profile, invoice_email, "invoice_email", 0),
    F_TEXT(struct account_profile, invoice_email_address, "invoice_email_address", FIELD_NULLABLE),
    F_INT(struct account_profile, tag_expiration_ms, "tag_expiration_ms", 0),
};
static const struct schema profile_row = SCHEMA(struct account_profile, profile_fields);

static const struct field organization_fields[] = {
    F_INT(struct account_organization, id, "id", 0),
    F_TEXT(struct account_organization, name, "name", 0),
    F_TEXT(struct account_organization, email, "email", FIELD_NULLABLE),
    F_INT(struct account_organization, role, "role", 0),
};
static const struct schema organization_row = SCHEMA(struct account_organization,
                                                     organization_fields);

const struct query Q_ACCOUNT_PROFILE_GET = {
    .sql = "SELECT given_name, family_name, company, location, invoice_email,"
           " invoice_email_address, COALESCE(tag_expiration_ms, -1) AS tag_expiration_ms"
           " FROM account WHERE id = $1",
    .params = "i",
    .row = &profile_row,
};

const struct query Q_ACCOUNT_PROFILE_PUT = {
    .sql = "UPDATE account SET given_name = $2, family_name = $3, company = $4, location = $5,"
           " invoice_email = $6, invoice_email_address = $7, tag_expiration_ms = $8 WHERE id = $1",
    .params = "iTTTTiTI",
};

const struct query Q_ACCOUNT_ORGANIZATIONS = {
    .sql = "SELECT o.id AS id, o.name AS name, o.email AS email, MAX(t.role) AS role"
           " FROM team_member m JOIN team t ON t.id = m.team_id"
           " JOIN account o ON o.id = t.organization_id WHERE m.account_id = $1"
           " GROUP BY o.id, o.name, o.email ORDER BY o.name LIMIT $2",
    .params = "ii",
    .row = &organization_row,
};

const struct query Q_ACCOUNT_SET_VERIFIED = {
    .sql = "UPDATE account SET verified = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_ACCOUNT_TOUCH = {
    .sql = "UPDATE account SET last_accessed_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_ACCOUNT_CONVERT = {
    .sql = "UPDATE account SET kind = $2, session_epoch = session_epoch + 1, password_hash = NULL,"
           " superuser = 0, verified = 1, given_name = NULL, family_name = NULL WHERE id = $1",
    .params = "ii",
};

const struct query Q_ACCOUNT_OWNERS_INSERT = {
    .sql = "INSERT INTO team (organization_id, name, role, description) VALUES ($1, $2, $3, $4)",
    .params = "itit",
};

const struct query Q_ACCOUNT_OWNER_INSERT = {
    .sql = "INSERT INTO team_member (team_id, account_id) VALUES ($1, $2)",
    .params = "ii",
};

static const struct query Q_DROP_MEMBERS = {
    .sql = "DELETE FROM team_member WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_PERMISSIONS = {
    .sql = "DELETE FROM repository_permission WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_APP_TOKENS = {
    .sql = "DELETE FROM app_token WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_OAUTH_TOKENS = {
    .sql = "DELETE FROM oauth_token WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_OAUTH_CODES = {
    .sql = "DELETE FROM oauth_code WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_ASSIGNMENTS = {
    .sql = "DELETE FROM oauth_assignment WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_STARS = {
    .sql = "DELETE FROM star WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_INVITATIONS = {
    .sql = "DELETE FROM team_invite WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_MAIL_CODES = {
    .sql = "DELETE FROM mail_code WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_NOTIFICATIONS = {
    .sql = "DELETE FROM notification WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_DROP_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE account_id = $1",
    .params = "i",
};

const struct query *const account_convert_drops[] = {
    &Q_DROP_MEMBERS,     &Q_DROP_PERMISSIONS,   &Q_DROP_APP_TOKENS, &Q_DROP_OAUTH_TOKENS,
    &Q_DROP_OAUTH_CODES, &Q_DROP_ASSIGNMENTS,   &Q_DROP_STARS,      &Q_DROP_INVITATIONS,
    &Q_DROP_MAIL_CODES,  &Q_DROP_NOTIFICATIONS, &Q_DROP_DEFAULTS,   NULL,
};

const struct query *const account_profile_queries[] = {
    &Q_ACCOUNT_PROFILE_GET,
    &Q_ACCOUNT_PROFILE_PUT,
    &Q_ACCOUNT_ORGANIZATIONS,
    &Q_ACCOUNT_SET_VERIFIED,
    &Q_ACCOUNT_TOUCH,
    &Q_ACCOUNT_CONVERT,
    &Q_ACCOUNT_OWNERS_INSERT,
    &Q_ACCOUNT_OWNER_INSERT,
    &Q_DROP_MEMBERS,
    &Q_DROP_PERMISSIONS,
    &Q_DROP_APP_TOKENS,
    &Q_DROP_OAUTH_TOKENS,
    &Q_DROP_OAUTH_CODES,
    &Q_DROP_ASSIGNMENTS,
    &Q_DROP_STARS,
    &Q_DROP_INVITATIONS,
    &Q_DROP_MAIL_CODES,
    &Q_DROP_NOTIFICATIONS,
    &Q_DROP_DEFAULTS,
    NULL,
};
