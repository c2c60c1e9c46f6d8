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

#define DROP(table)                                                                                \
    {                                                                                              \
        .sql = "DELETE FROM " table " WHERE account_id = $1", .params = "i"                        \
    }

static const struct query drop_members = DROP("team_member");
static const struct query drop_permissions = DROP("repository_permission");
static const struct query drop_app_tokens = DROP("app_token");
static const struct query drop_oauth_tokens = DROP("oauth_token");
static const struct query drop_oauth_codes = DROP("oauth_code");
static const struct query drop_assignments = DROP("oauth_assignment");
static const struct query drop_stars = DROP("star");
static const struct query drop_invitations = DROP("team_invite");
static const struct query drop_mail_codes = DROP("mail_code");
static const struct query drop_notifications = DROP("notification");
static const struct query drop_defaults = DROP("default_permission");

const struct query *const account_convert_drops[] = {
    &drop_members,     &drop_permissions,   &drop_app_tokens, &drop_oauth_tokens,
    &drop_oauth_codes, &drop_assignments,   &drop_stars,      &drop_invitations,
    &drop_mail_codes,  &drop_notifications, &drop_defaults,   NULL,
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
    &drop_members,
    &drop_permissions,
    &drop_app_tokens,
    &drop_oauth_tokens,
    &drop_oauth_codes,
    &drop_assignments,
    &drop_stars,
    &drop_invitations,
    &drop_mail_codes,
    &drop_notifications,
    &drop_defaults,
    NULL,
};
