/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that adds up blobs. */
#include "registry_size_sql.h"

static const struct field size_fields[] = {
    F_INT(struct registry_size_row, bytes, "bytes", FIELD_NULLABLE),
};
static const struct schema size_row = SCHEMA(struct registry_size_row, size_fields);

const struct query Q_REGISTRY_SIZE = {
    .sql = "SELECT SUM(size) AS bytes FROM blob",
    .row = &size_row,
    .scan_ok = true, /* a job, when somebody asks */
};

const struct query *const registry_size_queries[] = {
    &Q_REGISTRY_SIZE,
    NULL,
};
