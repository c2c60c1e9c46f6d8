/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on settings. */
#include "setting_sql.h"

static const struct field setting_fields[] = {
    F_TEXT(struct setting_row, value, "value", FIELD_SECRET),
};
static const struct schema setting_schema = SCHEMA(struct setting_row, setting_fields);

const struct query Q_SETTING_FIND = {
    .sql = "SELECT value FROM setting WHERE name = $1",
    .params = "t",
    .row = &setting_schema,
};

const struct query Q_SETTING_INSERT = {
    .sql = "INSERT INTO setting (name, value) VALUES ($1, $2)",
    .params = "tt",
};

const struct query Q_SETTING_UPDATE = {
    .sql = "UPDATE setting SET value = $2 WHERE name = $1",
    .params = "tt",
};

const struct query *const setting_queries[] = {
    &Q_SETTING_FIND,
    &Q_SETTING_INSERT,
    &Q_SETTING_UPDATE,
    NULL,
};
