/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the use of storage. */
#include "usage_sql.h"

#include "domain/usage.h"

static const struct field state_fields[] = {
    F_INT(struct usage_state_row, at_ms, "at_ms", 0),
    F_INT(struct usage_state_row, cursor_id, "cursor_id", 0),
};
static const struct schema state_row = SCHEMA(struct usage_state_row, state_fields);

static const struct field note_fields[] = {
    F_INT(struct usage_note_row, id, "id", 0),
    F_INT(struct usage_note_row, namespace_id, "namespace_id", 0),
    F_INT(struct usage_note_row, repository_id, "repository_id", 0),
    F_INT(struct usage_note_row, manifest_id, "manifest_id", 0),
    F_INT(struct usage_note_row, blob_id, "blob_id", 0),
};
static const struct schema note_row = SCHEMA(struct usage_note_row, note_fields);

static const struct field truth_fields[] = {
    F_INT(struct usage_truth_row, size, "size", 0),
    F_BOOL(struct usage_truth_row, used, "used", 0),
    F_INT(struct usage_truth_row, counted, "counted", 0),
};
static const struct schema truth_row = SCHEMA(struct usage_truth_row, truth_fields);

static const struct field id_fields[] = {F_INT(struct usage_id_row, id, "id", 0)};
static const struct schema id_row = SCHEMA(struct usage_id_row, id_fields);

static const struct field sum_fields[] = {F_INT(struct usage_sum_row, bytes, "bytes", 0)};
static const struct schema sum_row = SCHEMA(struct usage_sum_row, sum_fields);

static const struct field list_fields[] = {
    F_INT(struct usage_repository, id, "id", 0),
    F_TEXT(struct usage_repository, name, "name", 0),
    F_INT(struct usage_repository, bytes, "bytes", 0),
};
static const struct schema list_row = SCHEMA(struct usage_repository, list_fields);

static const struct field check_fields[] = {
    F_INT(struct usage_check_row, bytes, "bytes", 0),
    F_INT(struct usage_check_row, blobs, "blobs", 0),
    F_INT(struct usage_check_row, counted_bytes, "counted_bytes", 0),
    F_INT(struct usage_check_row, counted_blobs, "counted_blobs", 0),
    F_INT(struct usage_check_row, sum, "kept", 0),
};
static const struct schema check_row = SCHEMA(struct usage_check_row, check_fields);

/* ---- state ---- */

const struct query Q_USAGE_STATE = {
    .sql = "SELECT at_ms, cursor_id FROM usage_state WHERE id = $1",
    .params = "i",
    .row = &state_row,
};

/* Whoever counts: one at a time, of all nodes. */
const struct query Q_USAGE_STATE_LOCK = {
    .sql = "SELECT at_ms, cursor_id FROM usage_state WHERE id = 2 FOR UPDATE",
    .row = &state_row,
};

const struct query Q_USAGE_STATE_INSERT = {
    .sql = "INSERT INTO usage_state (id, at_ms, cursor_id) VALUES ($1, $2, 0)",
    .params = "ii",
};

const struct query Q_USAGE_STATE_UPDATE = {
    .sql = "UPDATE usage_state SET at_ms = $1, cursor_id = $2 WHERE id = 2",
    .params = "ii",
};

const struct query Q_USAGE_ANY_MANIFEST = {
    .sql = "SELECT id FROM manifest WHERE id > 0 LIMIT 1",
    .row = &id_row,
};

/* ---- notes ---- */

const struct query Q_USAGE_NOTE_PUSH = {
    .sql = "INSERT INTO usage_queue (namespace_id, repository_id, manifest_id, blob_id)"
           " SELECT r.namespace_id, r.id, $2, 0 FROM usage_state s JOIN repository r ON r.id = $1"
           " WHERE s.id = 1",
    .params = "ii",
};

/* The blobs that no other manifest of the repository holds. */
const struct query Q_USAGE_NOTE_DROP = {
    .sql = "INSERT INTO usage_queue (namespace_id, repository_id, manifest_id, blob_id)"
           " SELECT r.namespace_id, r.id, 0, mb.blob_id FROM usage_state s"
           " JOIN manifest_blob mb ON mb.manifest_id = $1"
           " JOIN repository r ON r.id = mb.repository_id"
           " WHERE s.id = 1 AND NOT EXISTS (SELECT 1 FROM manifest_blob o"
           " WHERE o.blob_id = mb.blob_id AND o.repository_id = mb.repository_id"
           " AND o.manifest_id <> mb.manifest_id)",
    .params = "i",
};

const struct query Q_USAGE_NOTES = {
    .sql = "SELECT id, namespace_id, repository_id, manifest_id, blob_id FROM usage_queue"
           " WHERE id > 0 ORDER BY id LIMIT $1",
    .params = "i",
    .row = &note_row,
};

const struct query Q_USAGE_NOTE_DELETE = {
    .sql = "DELETE FROM usage_queue WHERE id = $1",
    .params = "i",
};

/* ---- counting ---- */

const struct query Q_USAGE_MANIFESTS = {
    .sql = "SELECT m.id AS id, r.namespace_id AS namespace_id, r.id AS repository_id,"
           " m.id AS manifest_id, 0 AS blob_id FROM manifest m"
           " JOIN repository r ON r.id = m.repository_id WHERE m.id > $1 ORDER BY m.id LIMIT $2",
    .params = "ii",
    .row = &note_row,
};

const struct query Q_USAGE_MANIFEST_BLOBS = {
    .sql = "SELECT blob_id AS id FROM manifest_blob WHERE manifest_id = $1",
    .params = "i",
    .row = &id_row,
};

/* $1 repository, $2 blob. */
const struct query Q_USAGE_TRUTH = {
    .sql = "SELECT COALESCE((SELECT b.size FROM blob b WHERE b.id = $2), -1) AS size,"
           " CASE WHEN EXISTS (SELECT 1 FROM manifest_blob mb WHERE mb.blob_id = $2"
           " AND mb.repository_id = $1) THEN 1 ELSE 0 END AS used,"
           " COALESCE((SELECT u.size FROM usage_blob u WHERE u.repository_id = $1"
           " AND u.blob_id = $2), -1) AS counted",
    .params = "ii",
    .row = &truth_row,
};

const struct query Q_USAGE_SHARED = {
    .sql = "SELECT blob_id AS id FROM usage_blob WHERE namespace_id = $1 AND blob_id = $2 LIMIT 1",
    .params = "ii",
    .row = &id_row,
};

const struct query Q_USAGE_BLOB_INSERT = {
    .sql = "INSERT INTO usage_blob (repository_id, blob_id, namespace_id, size)"
           " VALUES ($1, $2, $3, $4)",
    .params = "iiii",
};

const struct query Q_USAGE_BLOB_DELETE = {
    .sql = "DELETE FROM usage_blob WHERE repository_id = $1 AND blob_id = $2",
    .params = "ii",
};

const struct query Q_USAGE_REPOSITORY_ADD = {
    .sql = "UPDATE usage_repository SET bytes = bytes + $2 WHERE repository_id = $1",
    .params = "ii",
};

const struct query Q_USAGE_REPOSITORY_INSERT = {
    .sql = "INSERT INTO usage_repository (repository_id, bytes) VALUES ($1, $2)",
    .params = "ii",
};

const struct query Q_USAGE_REPOSITORY_DELETE = {
    .sql = "DELETE FROM usage_repository WHERE repository_id = $1 AND bytes = 0",
    .params = "i",
};

const struct query Q_USAGE_NAMESPACE_ADD = {
    .sql = "UPDATE usage_namespace SET bytes = bytes + $2 WHERE namespace_id = $1",
    .params = "ii",
};

const struct query Q_USAGE_NAMESPACE_INSERT = {
    .sql = "INSERT INTO usage_namespace (namespace_id, bytes) VALUES ($1, $2)",
    .params = "ii",
};

const struct query Q_USAGE_NAMESPACE_DELETE = {
    .sql = "DELETE FROM usage_namespace WHERE namespace_id = $1 AND bytes = 0",
    .params = "i",
};

/* ---- reading ---- */

const struct query Q_USAGE_OF_NAMESPACE = {
    .sql = "SELECT bytes FROM usage_namespace WHERE namespace_id = $1",
    .params = "i",
    .row = &sum_row,
};

#define PENDING(integer)                                                                           \
    "SELECT COALESCE(CAST(SUM(d.size) AS " integer "), 0) AS bytes FROM (SELECT DISTINCT"          \
    " b.id AS id, b.size AS size FROM usage_queue q"                                               \
    " JOIN manifest_blob mb ON mb.manifest_id = q.manifest_id JOIN blob b ON b.id = mb.blob_id"    \
    " WHERE q.namespace_id = $1 AND NOT EXISTS (SELECT 1 FROM usage_blob u"                        \
    " WHERE u.namespace_id = $1 AND u.blob_id = mb.blob_id)) d"

const struct query Q_USAGE_PENDING = {
    .sql = PENDING("BIGINT"),
    .params = "i",
    .row = &sum_row,
    .mysql = PENDING("SIGNED"),
    .scan_ok = true, /* of what was pushed within the last second */
};

const struct query Q_USAGE_LIST = {
    .sql = "SELECT r.id AS id, r.name AS name, COALESCE(u.bytes, 0) AS bytes FROM repository r"
           " LEFT JOIN usage_repository u ON u.repository_id = r.id"
           " WHERE r.namespace_id = $1 AND r.name > $2 AND r.state <> 3 ORDER BY r.name LIMIT $3",
    .params = "iti",
    .row = &list_row,
};

/* ---- checking ---- */

/* Those that have a sum though they are gone, too. */
const struct query Q_USAGE_CHECK_REPOSITORIES = {
    .sql = "SELECT k.id AS id, COALESCE(r.namespace_id, (SELECT MAX(u.namespace_id)"
           " FROM usage_blob u WHERE u.repository_id = k.id), 0) AS namespace_id,"
           " k.id AS repository_id, 0 AS manifest_id, 0 AS blob_id FROM (SELECT id FROM"
           " (SELECT id FROM repository WHERE id > $1 ORDER BY id LIMIT $2) a UNION SELECT id FROM"
           " (SELECT repository_id AS id FROM usage_repository WHERE repository_id > $1"
           " ORDER BY repository_id LIMIT $2) b) k LEFT JOIN repository r ON r.id = k.id"
           " ORDER BY k.id LIMIT $2",
    .params = "ii",
    .row = &note_row,
    .scan_ok = true, /* of the page */
};

/* $1 repository, $2 namespace. No row while something about it is noted. */
#define CHECK_REPOSITORY(integer)                                                                  \
    "SELECT COALESCE(CAST(SUM(d.size) AS " integer "), 0) AS bytes, COUNT(*) AS blobs,"            \
    " (SELECT COALESCE(CAST(SUM(u.size) AS " integer "), 0) FROM usage_blob u"                     \
    " WHERE u.repository_id = $1) AS counted_bytes,"                                               \
    " (SELECT COUNT(*) FROM usage_blob u WHERE u.repository_id = $1) AS counted_blobs,"            \
    " COALESCE((SELECT s.bytes FROM usage_repository s WHERE s.repository_id = $1), 0) AS kept"    \
    " FROM (SELECT DISTINCT b.id AS id, b.size AS size FROM manifest m"                            \
    " JOIN manifest_blob mb ON mb.manifest_id = m.id JOIN blob b ON b.id = mb.blob_id"             \
    " WHERE m.repository_id = $1) d HAVING NOT EXISTS (SELECT 1 FROM usage_queue q"                \
    " WHERE q.namespace_id = $2 AND q.repository_id = $1)"

const struct query Q_USAGE_CHECK_REPOSITORY = {
    .sql = CHECK_REPOSITORY("BIGINT"),
    .params = "ii",
    .row = &check_row,
    .mysql = CHECK_REPOSITORY("SIGNED"),
    .scan_ok = true, /* of the blobs of the repository */
};

const struct query Q_USAGE_CHECK_NAMESPACES = {
    .sql = "SELECT k.id AS id FROM (SELECT id FROM (SELECT id FROM account WHERE id > $1"
           " ORDER BY id LIMIT $2) a UNION SELECT id FROM (SELECT namespace_id AS id"
           " FROM usage_namespace WHERE namespace_id > $1 ORDER BY namespace_id LIMIT $2) b) k"
           " ORDER BY k.id LIMIT $2",
    .params = "ii",
    .row = &id_row,
    .scan_ok = true, /* of the page */
};

#define CHECK_NAMESPACE(integer)                                                                   \
    "SELECT COALESCE(CAST(SUM(d.size) AS " integer "), 0) AS bytes, COUNT(*) AS blobs,"            \
    " 0 AS counted_bytes, 0 AS counted_blobs, COALESCE((SELECT s.bytes FROM usage_namespace s"     \
    " WHERE s.namespace_id = $1), 0) AS kept FROM (SELECT DISTINCT blob_id, size"                  \
    " FROM usage_blob WHERE namespace_id = $1) d"

const struct query Q_USAGE_CHECK_NAMESPACE = {
    .sql = CHECK_NAMESPACE("BIGINT"),
    .params = "i",
    .row = &check_row,
    .mysql = CHECK_NAMESPACE("SIGNED"),
    .scan_ok = true, /* of the blobs of the namespace */
};

const struct query Q_USAGE_MANIFESTS_OF = {
    .sql = "SELECT m.id AS id, r.namespace_id AS namespace_id, r.id AS repository_id,"
           " m.id AS manifest_id, 0 AS blob_id FROM repository r"
           " JOIN manifest m ON m.repository_id = r.id WHERE r.id = $1",
    .params = "i",
    .row = &note_row,
};

const struct query Q_USAGE_BLOBS_OF = {
    .sql = "SELECT blob_id AS id, namespace_id, repository_id, 0 AS manifest_id, blob_id"
           " FROM usage_blob WHERE repository_id = $1",
    .params = "i",
    .row = &note_row,
};

const struct query Q_USAGE_REPOSITORY_UNSET = {
    .sql = "DELETE FROM usage_repository WHERE repository_id = $1",
    .params = "i",
};

const struct query Q_USAGE_NAMESPACE_UNSET = {
    .sql = "DELETE FROM usage_namespace WHERE namespace_id = $1",
    .params = "i",
};

static const struct field name_fields[] = {F_TEXT(struct usage_name_row, name, "name", 0)};
static const struct schema name_row = SCHEMA(struct usage_name_row, name_fields);

const struct query Q_USAGE_REPOSITORY_NAME = {
    .sql = "SELECT a.name || '/' || r.name AS name FROM repository r"
           " JOIN account a ON a.id = r.namespace_id WHERE r.id = $1",
    .params = "i",
    .row = &name_row,
    .mysql = "SELECT CONCAT(a.name, '/', r.name) AS name FROM repository r"
             " JOIN account a ON a.id = r.namespace_id WHERE r.id = $1",
};

const struct query Q_USAGE_NAMESPACE_NAME = {
    .sql = "SELECT name FROM account WHERE id = $1",
    .params = "i",
    .row = &name_row,
};

const struct query *const usage_queries[] = {
    &Q_USAGE_STATE,
    &Q_USAGE_STATE_LOCK,
    &Q_USAGE_STATE_INSERT,
    &Q_USAGE_STATE_UPDATE,
    &Q_USAGE_ANY_MANIFEST,
    &Q_USAGE_NOTE_PUSH,
    &Q_USAGE_NOTE_DROP,
    &Q_USAGE_NOTES,
    &Q_USAGE_NOTE_DELETE,
    &Q_USAGE_MANIFESTS,
    &Q_USAGE_MANIFEST_BLOBS,
    &Q_USAGE_TRUTH,
    &Q_USAGE_SHARED,
    &Q_USAGE_BLOB_INSERT,
    &Q_USAGE_BLOB_DELETE,
    &Q_USAGE_REPOSITORY_ADD,
    &Q_USAGE_REPOSITORY_INSERT,
    &Q_USAGE_REPOSITORY_DELETE,
    &Q_USAGE_NAMESPACE_ADD,
    &Q_USAGE_NAMESPACE_INSERT,
    &Q_USAGE_NAMESPACE_DELETE,
    &Q_USAGE_OF_NAMESPACE,
    &Q_USAGE_PENDING,
    &Q_USAGE_LIST,
    &Q_USAGE_CHECK_REPOSITORIES,
    &Q_USAGE_CHECK_REPOSITORY,
    &Q_USAGE_CHECK_NAMESPACES,
    &Q_USAGE_CHECK_NAMESPACE,
    &Q_USAGE_MANIFESTS_OF,
    &Q_USAGE_BLOBS_OF,
    &Q_USAGE_REPOSITORY_UNSET,
    &Q_USAGE_NAMESPACE_UNSET,
    &Q_USAGE_REPOSITORY_NAME,
    &Q_USAGE_NAMESPACE_NAME,
    NULL,
};
