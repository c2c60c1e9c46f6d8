/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that searches by the beginning of names: a range of the index on the name, from the beginning
 * to what stands behind all that continue it. */
#include "entity_sql.h"

#include "domain/entity.h"

static const struct field entity_fields[] = {
    F_TEXT(struct entity, name, "name", 0),
    F_TEXT(struct entity, email, "email", FIELD_NULLABLE),
    F_INT(struct entity, kind, "kind", 0),
    F_BOOL(struct entity, member, "member", 0),
};
static const struct schema entity_row = SCHEMA(struct entity, entity_fields);

/* CROSS: from the memberships of the account, not from the teams of the organization. */
#define IN_ORGANIZATION                                                                            \
    "EXISTS (SELECT 1 FROM team_member m CROSS JOIN team t WHERE t.id = m.team_id"                 \
    " AND t.organization_id = $5 AND m.account_id = a.id) AS member"

const struct query Q_ENTITY_ACCOUNTS = {
    .sql = "SELECT a.name AS name, a.email AS email, a.kind AS kind, " IN_ORGANIZATION
           " FROM account a WHERE a.name >= $1 AND a.name <= $2 AND a.kind = 1 AND a.enabled = 1"
           " UNION ALL SELECT a.name AS name, a.email AS email, a.kind AS kind, " IN_ORGANIZATION
           " FROM account a WHERE a.name >= $3 AND a.name <= $4 AND a.kind = 3"
           " ORDER BY kind, name LIMIT $6",
    .params = "ttttii",
    .row = &entity_row,
};

const struct query Q_ENTITY_TEAMS = {
    .sql = "SELECT name, NULL AS email, 0 AS kind, 0 AS member FROM team"
           " WHERE organization_id = $1 AND name >= $2 AND name <= $3 ORDER BY name LIMIT $4",
    .params = "itti",
    .row = &entity_row,
};

const struct query *const entity_queries[] = {
    &Q_ENTITY_ACCOUNTS,
    &Q_ENTITY_TEAMS,
    NULL,
};
