/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on upload sessions and on what committing one writes. */
#include "upload_sql.h"

static const struct field upload_fields[] = {
    F_INT(struct upload_row, id, "id", 0),
    F_TEXT(struct upload_row, object_key, "object_key", 0),
    F_INT(struct upload_row, received, "received", 0),
    F_BYTES(struct upload_row, hash_state, "hash_state", FIELD_NULLABLE),
};
static const struct schema upload_schema = SCHEMA(struct upload_row, upload_fields);

const struct query Q_UPLOAD_INSERT = {
    .sql = "INSERT INTO upload (uuid, repository_id, object_key, created_ms, expires_ms)"
           " VALUES ($1, $2, $3, $4, $5)",
    .params = "titii",
};

const struct query Q_UPLOAD_FIND = {
    .sql = "SELECT id, object_key, received, hash_state FROM upload"
           " WHERE uuid = $1 AND repository_id = $2 AND expires_ms > $3",
    .params = "tii",
    .row = &upload_schema,
};

/* The old offset is part of the condition: of two requests that went on from the same state only
 * one can store its own. */
const struct query Q_UPLOAD_SAVE = {
    .sql = "UPDATE upload SET received = $2, hash_state = $3, expires_ms = $4"
           " WHERE id = $1 AND received = $5",
    .params = "iibii",
};

const struct query Q_UPLOAD_DELETE = {
    .sql = "DELETE FROM upload WHERE id = $1",
    .params = "i",
};

const struct query Q_BLOB_INSERT = {
    .sql = "INSERT INTO blob (digest, size, object_key, created_ms) VALUES ($1, $2, $3, $4)",
    .params = "diti",
};

/* Heal a blob whose object was lost: the new upload's object takes its place. */
const struct query Q_BLOB_MOVE = {
    .sql = "UPDATE blob SET object_key = $2 WHERE id = $1",
    .params = "it",
};

const struct query Q_DEAD_OBJECT_INSERT = {
    .sql = "INSERT INTO dead_object (object_key, delete_after_ms, size) VALUES ($1, $2, $3)",
    .params = "tii",
};

const struct query *const upload_queries[] = {
    &Q_UPLOAD_INSERT, &Q_UPLOAD_FIND, &Q_UPLOAD_SAVE,        &Q_UPLOAD_DELETE,
    &Q_BLOB_INSERT,   &Q_BLOB_MOVE,   &Q_DEAD_OBJECT_INSERT, NULL,
};
