/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on deliveries of exports. */
#include "audit_delivery_sql.h"

#include "domain/audit_delivery.h"

static const struct field delivery_fields[] = {
    F_INT(struct audit_delivery, id, "id", 0),
    F_INT(struct audit_delivery, export_id, "export_id", 0),
    F_INT(struct audit_delivery, kind, "kind", 0),
    F_TEXT(struct audit_delivery, target, "target", 0),
    F_INT(struct audit_delivery, tries, "tries", 0),
    F_INT(struct audit_delivery, due_ms, "due_ms", 0),
    F_TEXT(struct audit_delivery, uuid, "uuid", 0),
    F_INT(struct audit_delivery, export_state, "export_state", 0),
    F_INT(struct audit_delivery, expires_ms, "expires_ms", FIELD_NULLABLE),
    F_INT(struct audit_delivery, namespace_id, "namespace_id", 0),
    F_TEXT(struct audit_delivery, namespace_name, "namespace_name", FIELD_NULLABLE),
    F_INT(struct audit_delivery, repository_id, "repository_id", FIELD_NULLABLE),
    F_TEXT(struct audit_delivery, repository_name, "repository_name", FIELD_NULLABLE),
    F_INT(struct audit_delivery, performer_id, "performer_id", FIELD_NULLABLE),
    F_INT(struct audit_delivery, start_ms, "start_ms", 0),
    F_INT(struct audit_delivery, end_ms, "end_ms", 0),
    F_TEXT(struct audit_delivery, base_url, "base_url", 0),
};
static const struct schema delivery_row = SCHEMA(struct audit_delivery, delivery_fields);

const struct query Q_AUDIT_DELIVERY_INSERT = {
    .sql = "INSERT INTO audit_delivery (export_id, kind, target, state, tries, due_ms)"
           " VALUES ($1, $2, $3, $4, 0, $5)",
    .params = "iitii",
};

const struct query Q_AUDIT_DELIVERY_NEXT = {
    .sql = "SELECT d.id AS id, d.export_id AS export_id, d.kind AS kind, d.target AS target,"
           " d.tries AS tries, d.due_ms AS due_ms, e.uuid AS uuid, e.state AS export_state,"
           " e.expires_ms AS expires_ms,"
           " e.namespace_id AS namespace_id, n.name AS namespace_name,"
           " e.repository_id AS repository_id, r.name AS repository_name,"
           " e.performer_id AS performer_id, e.start_ms AS start_ms, e.end_ms AS end_ms,"
           " e.base_url AS base_url"
           " FROM audit_delivery d JOIN audit_export e ON e.id = d.export_id"
           " LEFT JOIN account n ON n.id = e.namespace_id"
           " LEFT JOIN repository r ON r.id = e.repository_id"
           " WHERE d.state = $1 AND d.due_ms <= $2 ORDER BY d.due_ms LIMIT 1",
    .params = "ii",
    .row = &delivery_row,
};

const struct query Q_AUDIT_DELIVERY_TAKE = {
    .sql = "UPDATE audit_delivery SET tries = tries + 1, due_ms = $3"
           " WHERE id = $1 AND tries = $2 AND state = $4",
    .params = "iiii",
};

const struct query Q_AUDIT_DELIVERY_END = {
    .sql = "UPDATE audit_delivery SET state = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_AUDIT_DELIVERY_CLEAR = {
    .sql = "DELETE FROM audit_delivery WHERE export_id = $1",
    .params = "i",
};

const struct query *const audit_delivery_queries[] = {
    &Q_AUDIT_DELIVERY_INSERT, &Q_AUDIT_DELIVERY_NEXT,  &Q_AUDIT_DELIVERY_TAKE,
    &Q_AUDIT_DELIVERY_END,    &Q_AUDIT_DELIVERY_CLEAR, NULL,
};
