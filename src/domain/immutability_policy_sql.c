/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on policies of immutability, and on the tags they are swept over. */
#include "immutability_policy_sql.h"

#include "domain/immutability_policy.h"

static const struct field policy_fields[] = {
    F_INT(struct immutability_policy, id, "id", 0),
    F_TEXT(struct immutability_policy, uuid, "uuid", 0),
    F_TEXT(struct immutability_policy, tag_pattern, "tag_pattern", 0),
    F_BOOL(struct immutability_policy, matches, "matches", 0),
    F_BOOL(struct immutability_policy, pending, "pending", 0),
};
static const struct schema policy_row = SCHEMA(struct immutability_policy, policy_fields);

static const struct field rule_fields[] = {
    F_TEXT(struct immutability_rule_row, tag_pattern, "tag_pattern", 0),
    F_BOOL(struct immutability_rule_row, matches, "matches", 0),
    F_INT(struct immutability_rule_row, namespace_id, "namespace_id", 0),
    F_TEXT(struct immutability_rule_row, namespace_name, "namespace_name", 0),
    F_TEXT(struct immutability_rule_row, repository, "repository", 0),
};
static const struct schema rule_row = SCHEMA(struct immutability_rule_row, rule_fields);

static const struct field sweep_fields[] = {
    F_INT(struct immutability_sweep_row, id, "id", 0),
    F_TEXT(struct immutability_sweep_row, uuid, "uuid", 0),
    F_TEXT(struct immutability_sweep_row, tag_pattern, "tag_pattern", 0),
    F_BOOL(struct immutability_sweep_row, matches, "matches", 0),
    F_INT(struct immutability_sweep_row, namespace_id, "namespace_id", 0),
    F_TEXT(struct immutability_sweep_row, namespace_name, "namespace_name", 0),
    F_INT(struct immutability_sweep_row, repository_id, "repository_id", FIELD_NULLABLE),
    F_TEXT(struct immutability_sweep_row, repository, "repository", FIELD_NULLABLE),
    F_TEXT(struct immutability_sweep_row, swept_repo, "swept_repo", 0),
    F_TEXT(struct immutability_sweep_row, swept_tag, "swept_tag", 0),
    F_INT(struct immutability_sweep_row, swept, "swept", 0),
};
static const struct schema sweep_row = SCHEMA(struct immutability_sweep_row, sweep_fields);

static const struct field repository_fields[] = {
    F_INT(struct immutability_repository_row, id, "id", 0),
    F_TEXT(struct immutability_repository_row, name, "name", 0),
};
static const struct schema repository_row = SCHEMA(struct immutability_repository_row,
                                                   repository_fields);

static const struct field tag_fields[] = {
    F_TEXT(struct immutability_tag_row, name, "name", 0),
    F_BOOL(struct immutability_tag_row, immutable, "immutable", 0),
};
static const struct schema tag_row = SCHEMA(struct immutability_tag_row, tag_fields);

/* ---- policies ---- */

#define POLICIES "SELECT id, uuid, tag_pattern, matches, pending FROM immutability_policy"

const struct query Q_IMMUTABILITY_OF_NAMESPACE = {
    .sql = POLICIES " WHERE namespace_id = $1 AND repository_id IS NULL ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &policy_row,
};

const struct query Q_IMMUTABILITY_OF_REPOSITORY = {
    .sql = POLICIES " WHERE repository_id = $1 ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &policy_row,
};

const struct query Q_IMMUTABILITY_INSERT = {
    .sql = "INSERT INTO immutability_policy (uuid, namespace_id, repository_id, tag_pattern,"
           " matches, pending, swept_repo, swept_tag, swept)"
           " VALUES ($1, $2, $3, $4, $5, 1, '', '', 0)",
    .params = "tiIti",
};

const struct query Q_IMMUTABILITY_UPDATE = {
    .sql = "UPDATE immutability_policy SET tag_pattern = $2, matches = $3, pending = 1,"
           " swept_repo = '', swept_tag = '', swept = 0 WHERE id = $1",
    .params = "iti",
};

const struct query Q_IMMUTABILITY_DELETE = {
    .sql = "DELETE FROM immutability_policy WHERE id = $1",
    .params = "i",
};

/* ---- what holds for a tag ---- */

/* Two halves, each of which reads an index. */
#define RULES(of_repository)                                                                       \
    "SELECT p.tag_pattern AS tag_pattern, p.matches AS matches, r.namespace_id AS namespace_id,"   \
    " a.name AS namespace_name, r.name AS repository FROM repository r"                            \
    " JOIN account a ON a.id = r.namespace_id JOIN immutability_policy p ON " of_repository        \
    " WHERE r.id = $1"

const struct query Q_IMMUTABILITY_RULES = {
    .sql = RULES("p.namespace_id = r.namespace_id AND p.repository_id IS NULL") " UNION ALL " RULES(
        "p.repository_id = r.id") " LIMIT $2",
    .params = "ii",
    .row = &rule_row,
};

/* ---- tags that are there ---- */

#define SWEEPS                                                                                     \
    "SELECT p.id AS id, p.uuid AS uuid, p.tag_pattern AS tag_pattern, p.matches AS matches,"       \
    " p.namespace_id AS namespace_id, a.name AS namespace_name,"                                   \
    " p.repository_id AS repository_id, r.name AS repository, p.swept_repo AS swept_repo,"         \
    " p.swept_tag AS swept_tag, p.swept AS swept FROM immutability_policy p"                       \
    " JOIN account a ON a.id = p.namespace_id LEFT JOIN repository r ON r.id = p.repository_id"

const struct query Q_IMMUTABILITY_PENDING = {
    .sql = SWEEPS " WHERE p.pending = 1 AND p.id > $1 ORDER BY p.id LIMIT 1",
    .params = "i",
    .row = &sweep_row,
};

const struct query Q_IMMUTABILITY_PENDING_OF = {
    .sql = SWEEPS " WHERE p.uuid = $1 AND p.pending = 1",
    .params = "t",
    .row = &sweep_row,
};

#define REPOSITORIES(after)                                                                        \
    "SELECT id, name FROM repository WHERE namespace_id = $1 AND name " after                      \
    " $2 AND state <> 3 ORDER BY name LIMIT 1"

const struct query Q_IMMUTABILITY_REPOSITORY_FROM = {
    .sql = REPOSITORIES(">="),
    .params = "it",
    .row = &repository_row,
};

const struct query Q_IMMUTABILITY_REPOSITORY_AFTER = {
    .sql = REPOSITORIES(">"),
    .params = "it",
    .row = &repository_row,
};

const struct query Q_IMMUTABILITY_TAGS = {
    .sql = "SELECT name, immutable FROM tag WHERE repository_id = $1 AND hidden = 0"
           " AND name > $2 AND end_ms > $3 ORDER BY name LIMIT $4",
    .params = "itii",
    .row = &tag_row,
};

const struct query Q_IMMUTABILITY_SWEPT = {
    .sql = "UPDATE immutability_policy SET pending = $2, swept_repo = $3, swept_tag = $4,"
           " swept = $5 WHERE id = $1",
    .params = "iitti",
};

const struct query *const immutability_policy_queries[] = {
    &Q_IMMUTABILITY_OF_NAMESPACE,
    &Q_IMMUTABILITY_OF_REPOSITORY,
    &Q_IMMUTABILITY_INSERT,
    &Q_IMMUTABILITY_UPDATE,
    &Q_IMMUTABILITY_DELETE,
    &Q_IMMUTABILITY_RULES,
    &Q_IMMUTABILITY_PENDING,
    &Q_IMMUTABILITY_PENDING_OF,
    &Q_IMMUTABILITY_REPOSITORY_FROM,
    &Q_IMMUTABILITY_REPOSITORY_AFTER,
    &Q_IMMUTABILITY_TAGS,
    &Q_IMMUTABILITY_SWEPT,
    NULL,
};
