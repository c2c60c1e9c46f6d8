/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on policies by which tags are pruned. */
#include "prune_policy_sql.h"

#include "domain/prune_policy.h"

static const struct field policy_fields[] = {
    F_INT(struct prune_policy, id, "id", 0),
    F_TEXT(struct prune_policy, uuid, "uuid", 0),
    F_INT(struct prune_policy, repository_id, "repository_id", FIELD_NULLABLE),
    F_INT(struct prune_policy, method, "method", 0),
    F_TEXT(struct prune_policy, value, "keep", 0),
    F_TEXT(struct prune_policy, pattern, "tag_pattern", FIELD_NULLABLE),
    F_BOOL(struct prune_policy, matches, "matches", 0),
};
static const struct schema policy_row = SCHEMA(struct prune_policy, policy_fields);

#define POLICY_COLUMNS                                                                             \
    "SELECT id, uuid, repository_id, method, keep, tag_pattern, matches FROM prune_policy"

const struct query Q_PRUNE_POLICY_OF_NAMESPACE = {
    .sql = POLICY_COLUMNS " WHERE namespace_id = $1 AND repository_id IS NULL ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &policy_row,
};

const struct query Q_PRUNE_POLICY_OF_REPOSITORY = {
    .sql = POLICY_COLUMNS " WHERE repository_id = $1 ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &policy_row,
};

const struct query Q_PRUNE_POLICY_INSERT = {
    .sql = "INSERT INTO prune_policy (uuid, namespace_id, repository_id, method, keep,"
           " tag_pattern, matches) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    .params = "tiIitTi",
};

const struct query Q_PRUNE_POLICY_UPDATE = {
    .sql = "UPDATE prune_policy SET method = $2, keep = $3, tag_pattern = $4, matches = $5"
           " WHERE id = $1",
    .params = "iitTi",
};

const struct query Q_PRUNE_POLICY_DELETE = {
    .sql = "DELETE FROM prune_policy WHERE id = $1",
    .params = "i",
};

const struct query *const prune_policy_queries[] = {
    &Q_PRUNE_POLICY_OF_NAMESPACE, &Q_PRUNE_POLICY_OF_REPOSITORY, &Q_PRUNE_POLICY_INSERT,
    &Q_PRUNE_POLICY_UPDATE,       &Q_PRUNE_POLICY_DELETE,        NULL,
};
