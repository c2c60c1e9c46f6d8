/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on terms. The current version is the highest; the unique index on (organization, version)
 * finds it without a look at the others. */
#include "terms_sql.h"

#include "domain/terms.h"

static const struct field number_fields[] = {
    F_INT(struct terms_number_row, number, "number", 0),
};
static const struct schema number_row = SCHEMA(struct terms_number_row, number_fields);

static const struct field terms_fields[] = {
    F_INT(struct terms, version, "version", 0),
    F_TEXT(struct terms, content, "content", 0),
    F_INT(struct terms, created_ms, "created_ms", 0),
};
static const struct schema terms_row = SCHEMA(struct terms, terms_fields);

static const struct field version_fields[] = {
    F_INT(struct terms, version, "version", 0),
    F_INT(struct terms, created_ms, "created_ms", 0),
};
static const struct schema version_row = SCHEMA(struct terms, version_fields);

static const struct field acceptance_fields[] = {
    F_INT(struct terms_acceptance, id, "id", 0),
    F_TEXT(struct terms_acceptance, account, "account", 0),
    F_INT(struct terms_acceptance, version, "version", 0),
    F_INT(struct terms_acceptance, accepted_ms, "accepted_ms", 0),
    F_INT(struct terms_acceptance, revoked_ms, "revoked_ms", FIELD_NULLABLE),
    F_TEXT(struct terms_acceptance, ip, "ip", FIELD_NULLABLE),
};
static const struct schema acceptance_row = SCHEMA(struct terms_acceptance, acceptance_fields);

const struct query Q_TERMS_CURRENT = {
    .sql = "SELECT version, content, created_ms FROM terms WHERE organization_id = $1"
           " ORDER BY version DESC LIMIT 1",
    .params = "i",
    .row = &terms_row,
};

const struct query Q_TERMS_BY_VERSION = {
    .sql = "SELECT version, content, created_ms FROM terms"
           " WHERE organization_id = $1 AND version = $2",
    .params = "ii",
    .row = &terms_row,
};

const struct query Q_TERMS_LIST = {
    .sql = "SELECT version, created_ms FROM terms WHERE organization_id = $1 AND version < $2"
           " ORDER BY version DESC LIMIT $3",
    .params = "iii",
    .row = &version_row,
};

const struct query Q_TERMS_INSERT = {
    .sql = "INSERT INTO terms (organization_id, version, content, created_ms)"
           " VALUES ($1, $2, $3, $4)",
    .params = "iiti",
};

const struct query Q_TERMS_ACCEPT = {
    .sql = "INSERT INTO terms_acceptance (organization_id, account_id, version, accepted_ms, ip)"
           " VALUES ($1, $2, $3, $4, $5)",
    .params = "iiiiT",
};

const struct query Q_TERMS_REVOKE = {
    .sql = "UPDATE terms_acceptance SET revoked_ms = $3"
           " WHERE account_id = $2 AND organization_id = $1 AND revoked_ms IS NULL",
    .params = "iii",
};

const struct query Q_TERMS_ACCEPTED_VERSION = {
    .sql = "SELECT COALESCE(MAX(version), 0) AS number FROM terms_acceptance"
           " WHERE account_id = $2 AND organization_id = $1 AND revoked_ms IS NULL",
    .params = "ii",
    .row = &number_row,
};

const struct query Q_TERMS_ACCEPTANCES = {
    .sql = "SELECT t.id AS id, a.name AS account, t.version AS version,"
           " t.accepted_ms AS accepted_ms, t.revoked_ms AS revoked_ms, t.ip AS ip"
           " FROM terms_acceptance t JOIN account a ON a.id = t.account_id"
           " WHERE t.organization_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3",
    .params = "iii",
    .row = &acceptance_row,
};

/* Of the account itself; of the user a robot belongs to; of an administrator (team role 3) of the
 * organization it belongs to; and a robot of this very organization. */
const struct query Q_TERMS_ARE_ACCEPTED = {
    .sql = "SELECT COALESCE(MAX(x.number), 0) AS number FROM ("
           "SELECT COUNT(*) AS number FROM terms_acceptance a"
           " WHERE a.account_id = $2 AND a.organization_id = $1 AND a.revoked_ms IS NULL"
           " AND a.version = (SELECT MAX(t.version) FROM terms t WHERE t.organization_id = $1)"
           " UNION ALL SELECT COUNT(*) AS number FROM robot r"
           " JOIN terms_acceptance a ON a.account_id = r.owner_id AND a.organization_id = $1"
           " WHERE r.account_id = $2 AND a.revoked_ms IS NULL"
           " AND a.version = (SELECT MAX(t.version) FROM terms t WHERE t.organization_id = $1)"
           " UNION ALL SELECT COUNT(*) AS number FROM robot r"
           " JOIN team g ON g.organization_id = r.owner_id AND g.role = 3"
           " JOIN team_member m ON m.team_id = g.id"
           " JOIN terms_acceptance a ON a.account_id = m.account_id AND a.organization_id = $1"
           " WHERE r.account_id = $2 AND a.revoked_ms IS NULL"
           " AND a.version = (SELECT MAX(t.version) FROM terms t WHERE t.organization_id = $1)"
           " UNION ALL SELECT COUNT(*) AS number FROM robot r"
           " WHERE r.account_id = $2 AND r.owner_id = $1) x",
    .params = "ii",
    .row = &number_row,
};

const struct query Q_TERMS_SET_POLICY = {
    .sql = "UPDATE account SET pull_policy = $2 WHERE id = $1 AND kind = 2",
    .params = "ii",
};

const struct query *const terms_queries[] = {
    &Q_TERMS_CURRENT,
    &Q_TERMS_BY_VERSION,
    &Q_TERMS_LIST,
    &Q_TERMS_INSERT,
    &Q_TERMS_ACCEPT,
    &Q_TERMS_REVOKE,
    &Q_TERMS_ACCEPTED_VERSION,
    &Q_TERMS_ACCEPTANCES,
    &Q_TERMS_ARE_ACCEPTED,
    &Q_TERMS_SET_POLICY,
    NULL,
};
