/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of searches. Accounts are found in a range of the index on their name; teams and robots among
 * the few that the viewer has to do with. */
#include "domain/search_sql.h"

#include "domain/search.h"

static const struct field entity_fields[] = {
    F_INT(struct search_entity, kind, "kind", 0),
    F_TEXT(struct search_entity, name, "name", 0),
    F_TEXT(struct search_entity, email, "email", FIELD_NULLABLE),
    F_TEXT(struct search_entity, owner, "owner", FIELD_NULLABLE),
    F_INT(struct search_entity, owner_kind, "owner_kind", 0),
};
static const struct schema entity_row = SCHEMA(struct search_entity, entity_fields);

/* $1 viewer, $2 and $3 range of names, $4 pattern of robots, $5 limit. */
#define NAMESPACES                                                                                 \
    "SELECT a.kind AS kind, a.name AS name, a.email AS email, NULL AS owner, 0 AS owner_kind"      \
    " FROM account a WHERE a.name >= $2 AND a.name <= $3 AND a.kind IN (1, 2) AND a.enabled = 1"   \
    " AND (a.id = $1 OR EXISTS (SELECT 1 FROM repository r WHERE r.public = 1"                     \
    " AND r.namespace_id = a.id) OR EXISTS (SELECT 1 FROM team t JOIN team_member m"               \
    " ON m.team_id = t.id AND m.account_id = $1 WHERE t.organization_id = a.id))"                  \
    " ORDER BY a.name LIMIT $5"

#define TEAMS                                                                                      \
    "SELECT DISTINCT 0 AS kind, t.name AS name, a.email AS email, a.name AS owner,"                \
    " a.kind AS owner_kind FROM team_member m JOIN team o ON o.id = m.team_id"                     \
    " JOIN team t ON t.organization_id = o.organization_id"                                        \
    " JOIN account a ON a.id = t.organization_id"                                                  \
    " WHERE m.account_id = $1 AND t.name >= $2 AND t.name <= $3 ORDER BY t.name, a.name LIMIT $5"

#define ROBOTS                                                                                     \
    "SELECT 3 AS kind, a.name AS name, NULL AS email, o.name AS owner, o.kind AS owner_kind"       \
    " FROM robot b JOIN account a ON a.id = b.account_id JOIN account o ON o.id = b.owner_id"      \
    " WHERE b.owner_id IN (SELECT $1 UNION SELECT t.organization_id FROM team_member m"            \
    " JOIN team t ON t.id = m.team_id AND t.role = 3 WHERE m.account_id = $1)"                     \
    " AND a.name LIKE $4 ESCAPE '!' ORDER BY a.name LIMIT $5"

const struct query Q_SEARCH_ENTITIES = {
    .sql = "SELECT kind, name, email, owner, owner_kind FROM (SELECT * FROM (" NAMESPACES
           ") s1 UNION ALL SELECT * FROM (" TEAMS ") s2 UNION ALL SELECT * FROM (" ROBOTS
           ") s3) u ORDER BY kind, name",
    .params = "ittti",
    .row = &entity_row,
    .scan_ok = true, /* of the few rows of the parts */
};

const struct query *const search_queries[] = {
    &Q_SEARCH_ENTITIES,
    NULL,
};
