/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on turns of being pruned. */
#include "prune_turn_sql.h"

#include "domain/prune_turn.h"

static const struct field id_fields[] = {F_INT(struct prune_turn_id_row, id, "id", 0)};
static const struct schema id_row = SCHEMA(struct prune_turn_id_row, id_fields);

static const struct field turn_fields[] = {
    F_INT(struct prune_turn, namespace_id, "namespace_id", 0),
    F_TEXT(struct prune_turn, namespace_name, "name", 0),
    F_BOOL(struct prune_turn, enabled, "enabled", 0),
    F_INT(struct prune_turn, due_ms, "due_ms", 0),
    F_INT(struct prune_turn, default_due_ms, "default_due_ms", 0),
    F_TEXT(struct prune_turn, after, "after_name", 0),
};
static const struct schema turn_row = SCHEMA(struct prune_turn, turn_fields);

const struct query Q_PRUNE_TURN_FIND = {
    .sql = "SELECT namespace_id AS id FROM prune_turn WHERE namespace_id = $1",
    .params = "i",
    .row = &id_row,
};

const struct query Q_PRUNE_TURN_LOCK = {
    .sql = "UPDATE prune_turn SET after_name = after_name WHERE namespace_id = $1",
    .params = "i",
};

const struct query Q_PRUNE_TURN_HASTEN = {
    .sql = "UPDATE prune_turn SET due_ms = $2 WHERE namespace_id = $1 AND due_ms > $2"
           " AND NOT EXISTS (SELECT 1 FROM prune_policy p WHERE p.namespace_id = $1)",
    .params = "ii",
};

const struct query Q_PRUNE_TURN_INSERT = {
    .sql = "INSERT INTO prune_turn (namespace_id, due_ms, default_due_ms, after_name)"
           " VALUES ($1, $2, $2, '')",
    .params = "ii",
};

const struct query Q_PRUNE_TURN_NAMESPACES = {
    .sql = "SELECT id FROM account WHERE id > $1 AND kind IN (1, 2) ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &id_row,
};

const struct query Q_PRUNE_TURN_INSERT_ALL = {
    .sql = "INSERT INTO prune_turn (namespace_id, due_ms, default_due_ms, after_name)"
           " SELECT a.id, $3, $3, '' FROM account a WHERE a.id > $1 AND a.id <= $2"
           " AND a.kind IN (1, 2)"
           " AND NOT EXISTS (SELECT 1 FROM prune_turn t WHERE t.namespace_id = a.id)",
    .params = "iii",
};

#define TURN_COLUMNS                                                                               \
    "SELECT t.namespace_id AS namespace_id, a.name AS name, a.enabled AS enabled,"                 \
    " t.due_ms AS due_ms, t.default_due_ms AS default_due_ms, t.after_name AS after_name"          \
    " FROM prune_turn t JOIN account a ON a.id = t.namespace_id"

const struct query Q_PRUNE_TURN_DUE = {
    .sql = TURN_COLUMNS " WHERE t.due_ms <= $1 ORDER BY t.due_ms, t.namespace_id LIMIT 1",
    .params = "i",
    .row = &turn_row,
};

const struct query Q_PRUNE_TURN_FAR = {
    .sql = TURN_COLUMNS " WHERE t.due_ms > $1 ORDER BY t.due_ms, t.namespace_id LIMIT 1",
    .params = "i",
    .row = &turn_row,
};

const struct query Q_PRUNE_TURN_CHANGE = {
    .sql = "UPDATE prune_turn SET due_ms = $3, default_due_ms = $4, after_name = $5"
           " WHERE namespace_id = $1 AND due_ms = $2",
    .params = "iiiit",
};

const struct query Q_PRUNE_TURN_DELETE = {
    .sql = "DELETE FROM prune_turn WHERE namespace_id = $1 AND due_ms = $2 AND NOT EXISTS"
           " (SELECT 1 FROM prune_policy p WHERE p.namespace_id = $1)",
    .params = "ii",
};

const struct query *const prune_turn_queries[] = {
    &Q_PRUNE_TURN_FIND,
    &Q_PRUNE_TURN_LOCK,
    &Q_PRUNE_TURN_HASTEN,
    &Q_PRUNE_TURN_INSERT,
    &Q_PRUNE_TURN_NAMESPACES,
    &Q_PRUNE_TURN_INSERT_ALL,
    &Q_PRUNE_TURN_DUE,
    &Q_PRUNE_TURN_FAR,
    &Q_PRUNE_TURN_CHANGE,
    &Q_PRUNE_TURN_DELETE,
    NULL,
};
