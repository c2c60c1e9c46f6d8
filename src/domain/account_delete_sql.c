/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that ends and renames accounts. Audit entries stay: they tell what happened. */
#include "account_delete_sql.h"

static const struct field name_fields[] = {
    F_TEXT(struct account_delete_name_row, name, "name", 0),
};
static const struct schema name_row = SCHEMA(struct account_delete_name_row, name_fields);

static const struct field length_fields[] = {
    F_INT(struct account_delete_length_row, longest, "longest", 0),
};
static const struct schema length_row = SCHEMA(struct account_delete_length_row, length_fields);

static const struct query Q_ROBOT_IDENTITIES = {
    .sql = "DELETE FROM robot_federation WHERE robot_id IN (SELECT account_id FROM robot"
           " WHERE owner_id = $1)",
    .params = "i",
};

static const struct query Q_ROBOT_MEMBERSHIPS = {
    .sql = "DELETE FROM team_member WHERE account_id IN (SELECT account_id FROM robot"
           " WHERE owner_id = $1)",
    .params = "i",
};

static const struct query Q_ROBOT_RIGHTS = {
    .sql = "DELETE FROM repository_permission WHERE account_id IN (SELECT account_id"
           " FROM robot WHERE owner_id = $1)",
    .params = "i",
};

/* Two, as PostgreSQL would read the whole table for an OR of these. */
static const struct query Q_ROBOT_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE account_id IN (SELECT account_id FROM"
           " robot WHERE owner_id = $1)",
    .params = "i",
};

static const struct query Q_ROBOT_DEFAULTS_ACTIVATED = {
    .sql = "DELETE FROM default_permission WHERE activating_id IN (SELECT account_id FROM robot"
           " WHERE owner_id = $1)",
    .params = "i",
};

static const struct query Q_ROBOTS = {
    .sql = "DELETE FROM robot WHERE owner_id = $1",
    .params = "i",
};

static const struct query Q_TEAM_MEMBERS = {
    .sql = "DELETE FROM team_member WHERE team_id IN (SELECT id FROM team WHERE"
           " organization_id = $1)",
    .params = "i",
};

static const struct query Q_TEAM_INVITES = {
    .sql = "DELETE FROM team_invite WHERE team_id IN (SELECT id FROM team WHERE"
           " organization_id = $1)",
    .params = "i",
};

static const struct query Q_TEAM_RIGHTS = {
    .sql = "DELETE FROM repository_permission WHERE team_id IN (SELECT id FROM team"
           " WHERE organization_id = $1)",
    .params = "i",
};

static const struct query Q_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE organization_id = $1",
    .params = "i",
};

static const struct query Q_TEAMS = {
    .sql = "DELETE FROM team WHERE organization_id = $1",
    .params = "i",
};

static const struct query Q_APPLICATION_TOKENS = {
    .sql = "DELETE FROM oauth_token WHERE application_id IN (SELECT id FROM"
           " oauth_application WHERE organization_id = $1)",
    .params = "i",
};

static const struct query Q_APPLICATION_CODES = {
    .sql = "DELETE FROM oauth_code WHERE application_id IN (SELECT id FROM"
           " oauth_application WHERE organization_id = $1)",
    .params = "i",
};

static const struct query Q_APPLICATION_ASSIGNMENTS = {
    .sql = "DELETE FROM oauth_assignment WHERE application_id IN (SELECT id FROM"
           " oauth_application WHERE organization_id = $1)",
    .params = "i",
};

static const struct query Q_APPLICATIONS = {
    .sql = "DELETE FROM oauth_application WHERE organization_id = $1",
    .params = "i",
};

static const struct query Q_MEMBERSHIPS = {
    .sql = "DELETE FROM team_member WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_INVITES = {
    .sql = "DELETE FROM team_invite WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_RIGHTS = {
    .sql = "DELETE FROM repository_permission WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_OTHER_DEFAULTS = {
    .sql = "DELETE FROM default_permission WHERE account_id = $1 OR activating_id = $1",
    .params = "i",
};

static const struct query Q_APP_TOKENS = {
    .sql = "DELETE FROM app_token WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_TOKENS = {
    .sql = "DELETE FROM oauth_token WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_CODES = {
    .sql = "DELETE FROM oauth_code WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_ASSIGNMENTS = {
    .sql = "DELETE FROM oauth_assignment WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_MAIL_CODES = {
    .sql = "DELETE FROM mail_code WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_STARS = {
    .sql = "DELETE FROM star WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_NOTIFICATIONS = {
    .sql = "DELETE FROM notification WHERE account_id = $1",
    .params = "i",
};

static const struct query Q_ACCEPTANCES = {
    .sql = "DELETE FROM terms_acceptance WHERE organization_id = $1 OR account_id = $1",
    .params = "i",
};

static const struct query Q_TERMS = {
    .sql = "DELETE FROM terms WHERE organization_id = $1",
    .params = "i",
};

/* Those of its repositories too. */
static const struct query Q_IMMUTABILITY_POLICIES = {
    .sql = "DELETE FROM immutability_policy WHERE namespace_id = $1",
    .params = "i",
};

static const struct query Q_QUOTA_LIMITS_OF = {
    .sql = "DELETE FROM quota_limit WHERE quota_id IN (SELECT id FROM quota"
           " WHERE namespace_id = $1)",
    .params = "i",
};

static const struct query Q_QUOTAS = {
    .sql = "DELETE FROM quota WHERE namespace_id = $1",
    .params = "i",
};

const struct query *const account_delete_steps[] = {
    &Q_ROBOT_IDENTITIES,
    &Q_ROBOT_MEMBERSHIPS,
    &Q_ROBOT_RIGHTS,
    &Q_ROBOT_DEFAULTS,
    &Q_ROBOT_DEFAULTS_ACTIVATED,
    &Q_ROBOTS,
    &Q_TEAM_MEMBERS,
    &Q_TEAM_INVITES,
    &Q_TEAM_RIGHTS,
    &Q_DEFAULTS,
    &Q_TEAMS,
    &Q_APPLICATION_TOKENS,
    &Q_APPLICATION_CODES,
    &Q_APPLICATION_ASSIGNMENTS,
    &Q_APPLICATIONS,
    &Q_MEMBERSHIPS,
    &Q_INVITES,
    &Q_RIGHTS,
    &Q_OTHER_DEFAULTS,
    &Q_APP_TOKENS,
    &Q_TOKENS,
    &Q_CODES,
    &Q_ASSIGNMENTS,
    &Q_MAIL_CODES,
    &Q_STARS,
    &Q_NOTIFICATIONS,
    &Q_ACCEPTANCES,
    &Q_TERMS,
    &Q_IMMUTABILITY_POLICIES,
    &Q_QUOTA_LIMITS_OF,
    &Q_QUOTAS,
    NULL,
};

/* The accounts of robots, whose rows in `robot` are gone by then: by the range of their names. */
const struct query Q_ACCOUNT_DELETE_ROBOT_ACCOUNTS = {
    .sql = "DELETE FROM account WHERE kind = 3 AND name > $1 AND name < $2",
    .params = "tt",
};

const struct query Q_ACCOUNT_DELETE_BURY = {
    .sql = "UPDATE account SET kind = 4, name = $2, email = NULL, password_hash = NULL,"
           " enabled = 0, superuser = 0, given_name = NULL, family_name = NULL, company = NULL,"
           " location = NULL, invoice_email_address = NULL WHERE id = $1",
    .params = "it",
};

const struct query Q_ACCOUNT_DELETE_SOLE_ADMIN = {
    .sql = "SELECT o.name AS name FROM team_member m JOIN team t ON t.id = m.team_id"
           " AND t.role = 3 JOIN account o ON o.id = t.organization_id"
           " WHERE m.account_id = $1 AND NOT EXISTS (SELECT 1 FROM team other"
           " JOIN team_member om ON om.team_id = other.id AND om.account_id <> $1"
           " JOIN account a ON a.id = om.account_id AND a.kind = 1 AND a.enabled = 1"
           " WHERE other.organization_id = o.id AND other.role = 3) ORDER BY o.name LIMIT 1",
    .params = "i",
    .row = &name_row,
};

const struct query Q_ACCOUNT_DELETE_LONGEST_ROBOT = {
    .sql = "SELECT COALESCE(MAX(LENGTH(a.name)), 0) AS longest FROM robot r"
           " JOIN account a ON a.id = r.account_id WHERE r.owner_id = $1",
    .params = "i",
    .row = &length_row,
};

const struct query Q_ACCOUNT_DELETE_RENAME = {
    .sql = "UPDATE account SET name = $2 WHERE id = $1",
    .params = "it",
};

/* From the character $3 on a robot's name is its short name. */
const struct query Q_ACCOUNT_DELETE_RENAME_ROBOTS = {
    .sql = "UPDATE account SET name = $2 || SUBSTR(name, $3)"
           " WHERE id IN (SELECT account_id FROM robot WHERE owner_id = $1)",
    .params = "iti",
    .mysql = "UPDATE account SET name = CONCAT($2, SUBSTR(name, $3))"
             " WHERE id IN (SELECT account_id FROM robot WHERE owner_id = $1)",
};

const struct query *const account_delete_queries[] = {
    &Q_ROBOT_IDENTITIES,
    &Q_ROBOT_MEMBERSHIPS,
    &Q_ROBOT_RIGHTS,
    &Q_ROBOT_DEFAULTS,
    &Q_ROBOT_DEFAULTS_ACTIVATED,
    &Q_ROBOTS,
    &Q_TEAM_MEMBERS,
    &Q_TEAM_INVITES,
    &Q_TEAM_RIGHTS,
    &Q_DEFAULTS,
    &Q_TEAMS,
    &Q_APPLICATION_TOKENS,
    &Q_APPLICATION_CODES,
    &Q_APPLICATION_ASSIGNMENTS,
    &Q_APPLICATIONS,
    &Q_MEMBERSHIPS,
    &Q_INVITES,
    &Q_RIGHTS,
    &Q_OTHER_DEFAULTS,
    &Q_APP_TOKENS,
    &Q_TOKENS,
    &Q_CODES,
    &Q_ASSIGNMENTS,
    &Q_MAIL_CODES,
    &Q_STARS,
    &Q_NOTIFICATIONS,
    &Q_ACCEPTANCES,
    &Q_TERMS,
    &Q_IMMUTABILITY_POLICIES,
    &Q_QUOTA_LIMITS_OF,
    &Q_QUOTAS,
    &Q_ACCOUNT_DELETE_ROBOT_ACCOUNTS,
    &Q_ACCOUNT_DELETE_BURY,
    &Q_ACCOUNT_DELETE_SOLE_ADMIN,
    &Q_ACCOUNT_DELETE_LONGEST_ROBOT,
    &Q_ACCOUNT_DELETE_RENAME,
    &Q_ACCOUNT_DELETE_RENAME_ROBOTS,
    NULL,
};
