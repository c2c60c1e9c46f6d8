/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the audit log. */
#include "audit_sql.h"

const struct query Q_AUDIT_INSERT = {
    .sql = "INSERT INTO audit_log (kind, namespace_id, performer_id, repository_id, at_ms, ip,"
           " metadata, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "iIIIiTti",
};

const struct query *const audit_queries[] = {
    &Q_AUDIT_INSERT,
    NULL,
};
