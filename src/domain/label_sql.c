/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on labels. */
#include "domain/label_sql.h"

#include "domain/label.h"

static const struct field label_fields[] = {
    F_INT(struct label, id, "id", 0),          F_TEXT(struct label, uuid, "uuid", 0),
    F_TEXT(struct label, key, "label_key", 0), F_TEXT(struct label, value, "label_value", 0),
    F_BOOL(struct label, json, "json", 0),     F_INT(struct label, source, "source", 0),
};
static const struct schema label_row = SCHEMA(struct label, label_fields);

#define LABEL "SELECT id, uuid, label_key, label_value, json, source FROM label"

const struct query Q_LABEL_LIST = {
    .sql = LABEL " WHERE manifest_id = $1 AND label_key LIKE $2 ESCAPE '!'"
                 " ORDER BY label_key, id LIMIT $3",
    .params = "iti",
    .row = &label_row,
};

const struct query Q_LABEL_FIND = {
    .sql = LABEL " WHERE manifest_id = $1 AND uuid = $2",
    .params = "it",
    .row = &label_row,
};

/* The oldest come last: what came with the manifest counts more than what was added. */
const struct query Q_LABEL_OF_KEYS = {
    .sql = LABEL " WHERE manifest_id = $1 AND label_key IN ($2, $3) ORDER BY id DESC LIMIT 20",
    .params = "itt",
    .row = &label_row,
};

const struct query Q_LABEL_INSERT = {
    .sql = "INSERT INTO label (uuid, repository_id, manifest_id, label_key, label_value, json,"
           " source) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    .params = "tiittii",
};

const struct query Q_LABEL_DELETE = {
    .sql = "DELETE FROM label WHERE id = $1",
    .params = "i",
};

const struct query *const label_queries[] = {
    &Q_LABEL_LIST, &Q_LABEL_FIND, &Q_LABEL_OF_KEYS, &Q_LABEL_INSERT, &Q_LABEL_DELETE, NULL,
};
