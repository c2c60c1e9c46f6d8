/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on quotas. */
#include "quota_sql.h"

#include "domain/quota.h"

static const struct field quota_fields[] = {
    F_INT(struct quota, id, "id", 0),
    F_INT(struct quota, namespace_id, "namespace_id", 0),
    F_INT(struct quota, limit_bytes, "limit_bytes", 0),
};
static const struct schema quota_schema = SCHEMA(struct quota, quota_fields);

static const struct field limit_fields[] = {
    F_INT(struct quota_limit, id, "id", 0),
    F_INT(struct quota_limit, kind, "kind", 0),
    F_INT(struct quota_limit, percent, "percent", 0),
};
static const struct schema limit_schema = SCHEMA(struct quota_limit, limit_fields);

static const struct field list_fields[] = {
    F_INT(struct quota_row, namespace_id, "namespace_id", 0),
    F_INT(struct quota_row, bytes, "bytes", 0),
    F_INT(struct quota_row, quota_id, "quota_id", 0),
    F_INT(struct quota_row, limit_bytes, "limit_bytes", 0),
    F_INT(struct quota_row, limit_id, "limit_id", 0),
    F_INT(struct quota_row, kind, "kind", 0),
    F_INT(struct quota_row, percent, "percent", 0),
};
static const struct schema list_schema = SCHEMA(struct quota_row, list_fields);

struct id_row {
    int64_t id;
};
static const struct field id_fields[] = {F_INT(struct id_row, id, "id", 0)};
static const struct schema id_schema = SCHEMA(struct id_row, id_fields);

const struct query Q_QUOTA_FIND = {
    .sql = "SELECT id, namespace_id, limit_bytes FROM quota WHERE namespace_id = $1",
    .params = "i",
    .row = &quota_schema,
};

const struct query Q_QUOTA_INSERT = {
    .sql = "INSERT INTO quota (namespace_id, limit_bytes) VALUES ($1, $2)",
    .params = "ii",
};

const struct query Q_QUOTA_SET_BYTES = {
    .sql = "UPDATE quota SET limit_bytes = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_QUOTA_DELETE = {
    .sql = "DELETE FROM quota WHERE id = $1",
    .params = "i",
};

const struct query Q_QUOTA_LIMITS = {
    .sql = "SELECT id, kind, percent FROM quota_limit WHERE quota_id = $1 ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &limit_schema,
};

const struct query Q_QUOTA_LIMIT_INSERT = {
    .sql = "INSERT INTO quota_limit (quota_id, kind, percent) VALUES ($1, $2, $3)",
    .params = "iii",
};

const struct query Q_QUOTA_LIMIT_SET = {
    .sql = "UPDATE quota_limit SET kind = $2, percent = $3 WHERE id = $1",
    .params = "iii",
};

const struct query Q_QUOTA_LIMIT_DELETE = {
    .sql = "DELETE FROM quota_limit WHERE id = $1",
    .params = "i",
};

const struct query Q_QUOTA_LIMITS_DELETE = {
    .sql = "DELETE FROM quota_limit WHERE quota_id = $1",
    .params = "i",
};

const struct query Q_QUOTA_LIST = {
    .sql = "SELECT a.id AS namespace_id, COALESCE(u.bytes, 0) AS bytes,"
           " COALESCE(q.id, 0) AS quota_id, COALESCE(q.limit_bytes, 0) AS limit_bytes,"
           " COALESCE(l.id, 0) AS limit_id, COALESCE(l.kind, 0) AS kind,"
           " COALESCE(l.percent, 0) AS percent FROM account a"
           " LEFT JOIN usage_namespace u ON u.namespace_id = a.id"
           " LEFT JOIN quota q ON q.namespace_id = a.id"
           " LEFT JOIN quota_limit l ON l.quota_id = q.id"
           " WHERE a.kind = $1 AND a.name >= $2 AND a.name <= $3 AND a.enabled >= $4 ORDER BY "
           "a.name, l.id",
    .params = "itti",
    .row = &list_schema,
};

const struct query Q_QUOTA_TELL_LOCK = {
    .sql = "SELECT id FROM account WHERE id = $1 FOR UPDATE",
    .params = "i",
    .row = &id_schema,
};

const struct query *const quota_queries[] = {
    &Q_QUOTA_FIND,         &Q_QUOTA_INSERT,        &Q_QUOTA_SET_BYTES,    &Q_QUOTA_DELETE,
    &Q_QUOTA_LIST,         &Q_QUOTA_LIMITS,        &Q_QUOTA_LIMIT_INSERT, &Q_QUOTA_LIMIT_SET,
    &Q_QUOTA_LIMIT_DELETE, &Q_QUOTA_LIMITS_DELETE, &Q_QUOTA_TELL_LOCK,    NULL,
};
