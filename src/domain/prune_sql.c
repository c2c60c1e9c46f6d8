/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of the pruner. Only repositories in the normal state (0) are pruned: a mirror's tags are its
 * source's, and what is read-only does not change. */
#include "prune_sql.h"

static const struct field id_fields[] = {F_INT(struct prune_id_row, id, "id", 0)};
static const struct schema id_row = SCHEMA(struct prune_id_row, id_fields);

static const struct field repository_fields[] = {
    F_INT(struct prune_repository_row, id, "id", 0),
    F_TEXT(struct prune_repository_row, name, "name", 0),
};
static const struct schema repository_row = SCHEMA(struct prune_repository_row, repository_fields);

static const struct field namespace_fields[] = {
    F_INT(struct prune_namespace_row, id, "id", 0),
    F_TEXT(struct prune_namespace_row, name, "name", 0),
};
static const struct schema namespace_row = SCHEMA(struct prune_namespace_row, namespace_fields);

const struct query Q_PRUNE_HAS_OWN = {
    .sql = "SELECT id FROM prune_policy WHERE namespace_id = $1 AND repository_id IS NULL LIMIT 1",
    .params = "i",
    .row = &id_row,
};

const struct query Q_PRUNE_HAS_REPOSITORIES = {
    .sql = "SELECT id FROM prune_policy WHERE namespace_id = $1 AND repository_id IS NOT NULL"
           " LIMIT 1",
    .params = "i",
    .row = &id_row,
};

const struct query Q_PRUNE_REPOSITORY = {
    .sql = "SELECT id, name FROM repository WHERE id = $1 AND namespace_id = $2 AND state = 0",
    .params = "ii",
    .row = &repository_row,
};

const struct query Q_PRUNE_REPOSITORY_NAMED = {
    .sql = "SELECT id, name FROM repository WHERE namespace_id = $1 AND name = $2 AND state = 0",
    .params = "it",
    .row = &repository_row,
};

const struct query Q_PRUNE_REPOSITORIES = {
    .sql = "SELECT id, name FROM repository WHERE namespace_id = $1 AND name > $2 AND state = 0"
           " ORDER BY name LIMIT $3",
    .params = "iti",
    .row = &repository_row,
};

const struct query Q_PRUNE_REPOSITORIES_WITH_POLICY = {
    .sql = "SELECT r.id AS id, r.name AS name FROM repository r WHERE r.namespace_id = $1"
           " AND r.name > $2 AND r.state = 0 AND EXISTS (SELECT 1 FROM prune_policy p"
           " WHERE p.repository_id = r.id) ORDER BY r.name LIMIT $3",
    .params = "iti",
    .row = &repository_row,
};

const struct query Q_PRUNE_NAMESPACES = {
    .sql = "SELECT id, name FROM account WHERE id > $1 AND kind IN (1, 2) AND enabled = 1"
           " ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &namespace_row,
};

const struct query Q_PRUNE_NAMESPACES_WITH_POLICY = {
    .sql = "SELECT a.id AS id, a.name AS name FROM account a WHERE a.id > $1 AND a.enabled = 1"
           " AND a.id IN (SELECT namespace_id FROM prune_policy WHERE namespace_id > $1)"
           " ORDER BY a.id LIMIT $2",
    .params = "ii",
    .row = &namespace_row,
};

const struct query *const prune_queries[] = {
    &Q_PRUNE_HAS_OWN,          &Q_PRUNE_HAS_REPOSITORIES,       &Q_PRUNE_REPOSITORY,
    &Q_PRUNE_REPOSITORY_NAMED, &Q_PRUNE_REPOSITORIES,           &Q_PRUNE_REPOSITORIES_WITH_POLICY,
    &Q_PRUNE_NAMESPACES,       &Q_PRUNE_NAMESPACES_WITH_POLICY, NULL,
};
