/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of fsck. Pages walk primary keys, so that each is one short snapshot. */
#include "domain/fsck_sql.h"

#include "domain/gc_sql.h"

static const struct field id_fields[] = {F_INT(struct gc_id_row, id, "id", 0)};
static const struct schema id_schema = SCHEMA(struct gc_id_row, id_fields);

static const struct field blob_fields[] = {
    F_INT(struct fsck_blob_row, id, "id", 0),
    F_DIGEST(struct fsck_blob_row, digest, "digest", 0),
    F_INT(struct fsck_blob_row, size, "size", 0),
    F_TEXT(struct fsck_blob_row, object_key, "object_key", 0),
    F_BOOL(struct fsck_blob_row, forgotten, "forgotten", 0),
};
static const struct schema blob_schema = SCHEMA(struct fsck_blob_row, blob_fields);

#define BLOB                                                                                       \
    "SELECT b.id AS id, b.digest AS digest, b.size AS size, b.object_key AS object_key,"           \
    " CASE WHEN EXISTS (SELECT 1 FROM manifest_blob mb WHERE mb.blob_id = b.id)"                   \
    " OR EXISTS (SELECT 1 FROM gc_queue q WHERE q.kind = 2 AND q.object_id = b.id)"                \
    " THEN 0 ELSE 1 END AS forgotten FROM blob b"

const struct query Q_FSCK_BLOBS = {
    .sql = BLOB " WHERE b.id > $1 ORDER BY b.id LIMIT $2",
    .params = "ii",
    .row = &blob_schema,
};

const struct query Q_FSCK_BLOB_BY_ID = {
    .sql = BLOB " WHERE b.id = $1",
    .params = "i",
    .row = &blob_schema,
};

const struct query Q_FSCK_BLOB_BY_DIGEST = {
    .sql = BLOB " WHERE b.digest = $1",
    .params = "d",
    .row = &blob_schema,
};

static const struct field upload_fields[] = {
    F_INT(struct fsck_upload_row, id, "id", 0),
    F_TEXT(struct fsck_upload_row, uuid, "uuid", 0),
    F_TEXT(struct fsck_upload_row, object_key, "object_key", 0),
    F_INT(struct fsck_upload_row, received, "received", 0),
};
static const struct schema upload_schema = SCHEMA(struct fsck_upload_row, upload_fields);

const struct query Q_FSCK_UPLOADS = {
    .sql = "SELECT id, uuid, object_key, received FROM upload WHERE id > $1 ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &upload_schema,
};

const struct query Q_FSCK_UPLOAD_BY_ID = {
    .sql = "SELECT id, uuid, object_key, received FROM upload WHERE id = $1",
    .params = "i",
    .row = &upload_schema,
};

static const struct field manifest_fields[] = {
    F_INT(struct gc_manifest_row, id, "id", 0),
    F_INT(struct gc_manifest_row, repository_id, "repository_id", 0),
    F_DIGEST(struct gc_manifest_row, digest, "digest", 0),
    F_DIGEST(struct gc_manifest_row, subject, "subject", FIELD_NULLABLE),
    F_INT(struct gc_manifest_row, size, "size", 0),
    F_BOOL(struct gc_manifest_row, deleted, "deleted", 0),
    F_INT(struct gc_manifest_row, window_ms, "window_ms", 0),
};
static const struct schema manifest_schema = SCHEMA(struct gc_manifest_row, manifest_fields);

const struct query Q_FSCK_MANIFESTS = {
    .sql = "SELECT m.id AS id, m.repository_id AS repository_id, m.digest AS digest,"
           " m.subject AS subject, m.size AS size, m.deleted AS deleted,"
           " COALESCE(a.tag_expiration_ms, $3) AS window_ms FROM manifest m"
           " JOIN repository r ON r.id = m.repository_id JOIN account a ON a.id = r.namespace_id"
           " WHERE m.id > $1 ORDER BY m.id LIMIT $2",
    .params = "iii",
    .row = &manifest_schema,
};

static const struct field content_fields[] = {
    F_INT(struct fsck_manifest_row, id, "id", 0),
    F_DIGEST(struct fsck_manifest_row, digest, "digest", 0),
    F_BYTES(struct fsck_manifest_row, content, "content", 0),
};
static const struct schema content_schema = SCHEMA(struct fsck_manifest_row, content_fields);

const struct query Q_FSCK_MANIFEST_CONTENT = {
    .sql = "SELECT id, digest, content FROM manifest WHERE id = $1",
    .params = "i",
    .row = &content_schema,
};

static const struct field repository_fields[] = {
    F_INT(struct fsck_repository_row, id, "id", 0),
    F_TEXT(struct fsck_repository_row, name, "name", 0),
};
static const struct schema repository_schema = SCHEMA(struct fsck_repository_row,
                                                      repository_fields);

const struct query Q_FSCK_REPOSITORIES = {
    .sql = "SELECT r.id AS id, a.name AS name FROM repository r JOIN account a"
           " ON a.id = r.namespace_id WHERE r.id > $1 AND r.state = 3 AND NOT EXISTS (SELECT 1"
           " FROM gc_queue q WHERE q.kind = 3 AND q.object_id = r.id) ORDER BY r.id LIMIT $2",
    .params = "ii",
    .row = &repository_schema,
};

const struct query Q_FSCK_KEY_KNOWN = {
    .sql = "SELECT id FROM blob WHERE object_key = $1"
           " UNION ALL SELECT 0 AS id FROM dead_object WHERE object_key = $2 LIMIT 1",
    .params = "tt",
    .row = &id_schema,
};

const struct query Q_FSCK_QUEUED = {
    .sql = "SELECT id FROM gc_queue WHERE kind = $1 AND object_id = $2 LIMIT 1",
    .params = "ii",
    .row = &id_schema,
};

const struct query Q_FSCK_BLOB_ADOPT = {
    .sql = "UPDATE blob SET object_key = $3 WHERE id = $1 AND object_key = $2",
    .params = "itt",
};

const struct query Q_FSCK_DEAD_OBJECT = {
    .sql = "INSERT INTO dead_object (object_key, delete_after_ms, size) VALUES ($1, $2, $3)",
    .params = "tii",
};

const struct query *const fsck_queries[] = {
    &Q_FSCK_BLOBS,
    &Q_FSCK_BLOB_BY_ID,
    &Q_FSCK_BLOB_BY_DIGEST,
    &Q_FSCK_UPLOADS,
    &Q_FSCK_UPLOAD_BY_ID,
    &Q_FSCK_MANIFESTS,
    &Q_FSCK_MANIFEST_CONTENT,
    &Q_FSCK_REPOSITORIES,
    &Q_FSCK_KEY_KNOWN,
    &Q_FSCK_QUEUED,
    &Q_FSCK_BLOB_ADOPT,
    &Q_FSCK_DEAD_OBJECT,
    NULL,
};
