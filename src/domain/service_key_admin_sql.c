/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on service keys for administrators. The private half is never selected here. */
#include "service_key_admin_sql.h"

#include "domain/service_key_admin.h"

static const struct field key_fields[] = {
    F_INT(struct service_key_admin, id, "id", 0),
    F_TEXT(struct service_key_admin, service, "service", 0),
    F_TEXT(struct service_key_admin, kid, "kid", 0),
    F_TEXT(struct service_key_admin, name, "name", 0),
    F_TEXT(struct service_key_admin, public_jwk, "public_jwk", 0),
    F_TEXT(struct service_key_admin, metadata, "metadata", FIELD_NULLABLE),
    F_INT(struct service_key_admin, created_ms, "created_ms", 0),
    F_INT(struct service_key_admin, expires_ms, "expires_ms", FIELD_NULLABLE),
    F_INT(struct service_key_admin, rotation_s, "rotation_s", FIELD_NULLABLE),
    F_BOOL(struct service_key_admin, approved, "approved", 0),
    F_TEXT(struct service_key_admin, approval_type, "approval_type", FIELD_NULLABLE),
    F_INT(struct service_key_admin, approved_ms, "approved_ms", FIELD_NULLABLE),
    F_TEXT(struct service_key_admin, approval_notes, "approval_notes", FIELD_NULLABLE),
    F_TEXT(struct service_key_admin, approver_name, "approver_name", FIELD_NULLABLE),
    F_TEXT(struct service_key_admin, approver_email, "approver_email", FIELD_NULLABLE),
};
static const struct schema key_row = SCHEMA(struct service_key_admin, key_fields);

#define KEYS                                                                                       \
    "SELECT k.id AS id, k.service AS service, k.kid AS kid, k.name AS name,"                       \
    " k.public_jwk AS public_jwk, k.metadata AS metadata, k.created_ms AS created_ms,"             \
    " k.expires_ms AS expires_ms, k.rotation_s AS rotation_s, k.approved AS approved,"             \
    " k.approval_type AS approval_type, k.approved_ms AS approved_ms,"                             \
    " k.approval_notes AS approval_notes, a.name AS approver_name, a.email AS approver_email"      \
    " FROM service_key k LEFT JOIN account a ON a.id = k.approver_id"

const struct query Q_SERVICE_KEY_ADMIN_LIST = {
    .sql = KEYS " ORDER BY k.id DESC LIMIT $1",
    .params = "i",
    .row = &key_row,
    .scan_ok = true, /* by its primary key, up to the limit */
};

const struct query Q_SERVICE_KEY_ADMIN_FIND = {
    .sql = KEYS " WHERE k.kid = $1",
    .params = "t",
    .row = &key_row,
};

const struct query Q_SERVICE_KEY_ADMIN_CHANGE = {
    .sql = "UPDATE service_key SET name = $2, metadata = $3, expires_ms = $4 WHERE id = $1",
    .params = "itTI",
};

const struct query Q_SERVICE_KEY_ADMIN_APPROVE = {
    .sql = "UPDATE service_key SET approved = 1, approver_id = $2, approval_type = $3,"
           " approved_ms = $4, approval_notes = $5 WHERE id = $1",
    .params = "iItit",
};

const struct query Q_SERVICE_KEY_ADMIN_DELETE = {
    .sql = "DELETE FROM service_key WHERE id = $1",
    .params = "i",
};

const struct query *const service_key_admin_queries[] = {
    &Q_SERVICE_KEY_ADMIN_LIST,    &Q_SERVICE_KEY_ADMIN_FIND,   &Q_SERVICE_KEY_ADMIN_CHANGE,
    &Q_SERVICE_KEY_ADMIN_APPROVE, &Q_SERVICE_KEY_ADMIN_DELETE, NULL,
};
