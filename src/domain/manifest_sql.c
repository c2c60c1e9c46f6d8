/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on manifests and referrers. */
#include "manifest_sql.h"

#include "domain/manifest.h"
#include "domain/referrer.h"

static const struct field manifest_fields[] = {
    F_INT(struct manifest, id, "id", 0),
    F_DIGEST(struct manifest, digest, "digest", 0),
    F_TEXT(struct manifest, media_type, "media_type", 0),
    F_BYTES(struct manifest, content, "content", 0),
    F_INT(struct manifest, until_ms, "until_ms", 0),
};
static const struct schema manifest_row = SCHEMA(struct manifest, manifest_fields);

static const struct field id_fields[] = {F_INT(struct manifest_id_row, id, "id", 0)};
static const struct schema id_row = SCHEMA(struct manifest_id_row, id_fields);

static const struct field referrer_fields[] = {
    F_DIGEST(struct referrer, digest, "digest", 0),
    F_TEXT(struct referrer, media_type, "media_type", 0),
    F_TEXT(struct referrer, artifact_type, "artifact_type", FIELD_NULLABLE),
    F_TEXT(struct referrer, annotations, "annotations", FIELD_NULLABLE),
    F_INT(struct referrer, size, "size", 0),
};
static const struct schema referrer_row = SCHEMA(struct referrer, referrer_fields);

/* A manifest deleted by digest is still served while an index that is not deleted names it. */
#define VISIBLE                                                                                    \
    "(m.deleted = 0 OR EXISTS (SELECT 1 FROM manifest_child c JOIN manifest p"                     \
    " ON p.id = c.parent_id WHERE c.repository_id = m.repository_id AND c.child = m.digest"        \
    " AND p.deleted = 0))"

const struct query Q_MANIFEST_FIND = {
    .sql = "SELECT m.id AS id, m.digest AS digest, m.media_type AS media_type,"
           " m.content AS content, 9223372036854775807 AS until_ms FROM manifest m"
           " WHERE m.repository_id = $1 AND m.digest = $2 AND " VISIBLE,
    .params = "id",
    .row = &manifest_row,
};

const struct query Q_MANIFEST_FIND_BY_TAG = {
    .sql = "SELECT m.id AS id, m.digest AS digest, m.media_type AS media_type,"
           " m.content AS content, t.end_ms AS until_ms FROM tag t JOIN manifest m ON m.id = "
           "t.manifest_id"
           " WHERE t.repository_id = $1 AND t.name = $2 AND t.end_ms > $3 AND t.hidden = 0"
           " ORDER BY t.end_ms DESC LIMIT 1",
    .params = "iti",
    .row = &manifest_row,
};

const struct query Q_MANIFEST_ID = {
    .sql = "SELECT id FROM manifest WHERE repository_id = $1 AND digest = $2",
    .params = "id",
    .row = &id_row,
};

const struct query Q_MANIFEST_INSERT = {
    .sql = "INSERT INTO manifest (repository_id, digest, media_type, artifact_type, subject,"
           " annotations, content, size, layers_size, created_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    .params = "idtTDTbiIi",
};

const struct query Q_MANIFEST_SET_DELETED = {
    .sql = "UPDATE manifest SET deleted = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_MANIFEST_BLOB_INSERT = {
    .sql = "INSERT INTO manifest_blob (manifest_id, blob_id, repository_id) VALUES ($1, $2, $3)",
    .params = "iii",
};

const struct query Q_MANIFEST_CHILD_INSERT = {
    .sql = "INSERT INTO manifest_child (parent_id, child, repository_id) VALUES ($1, $2, $3)",
    .params = "idi",
};

const struct query Q_REFERRER_LIST = {
    .sql = "SELECT digest, media_type, artifact_type, annotations, size FROM manifest"
           " WHERE repository_id = $1 AND subject = $2 AND digest > $3 AND deleted = 0"
           " AND ($4 = '' OR artifact_type = $5) ORDER BY digest LIMIT $6",
    .params = "idbtti",
    .row = &referrer_row,
};

const struct query *const manifest_queries[] = {
    &Q_MANIFEST_FIND,         &Q_MANIFEST_FIND_BY_TAG, &Q_MANIFEST_ID,
    &Q_MANIFEST_INSERT,       &Q_MANIFEST_SET_DELETED, &Q_MANIFEST_BLOB_INSERT,
    &Q_MANIFEST_CHILD_INSERT, &Q_REFERRER_LIST,        NULL,
};
