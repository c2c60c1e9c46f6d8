/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of the collector. Statements are right when each sees what was committed before it began
 * (READ COMMITTED): a row is locked by one statement and judged by the next. */
#include "domain/gc_sql.h"

#include "domain/gc_queue.h"

static const struct field id_fields[] = {F_INT(struct gc_id_row, id, "id", 0)};
static const struct schema id_schema = SCHEMA(struct gc_id_row, id_fields);

/* ---- the queue ---- */

const struct query Q_GC_ENQUEUE = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms) VALUES ($1, $2, $3)",
    .params = "iii",
};

const struct query Q_GC_ENQUEUE_ENDED = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms) SELECT 1, $2,"
           " $3 + COALESCE(a.tag_expiration_ms, $4) FROM repository r"
           " JOIN account a ON a.id = r.namespace_id WHERE r.id = $1",
    .params = "iiii",
};

static const struct field stats_fields[] = {
    F_INT(struct gc_queue_stats, depth, "depth", 0),
    F_INT(struct gc_queue_stats, due, "due", 0),
    F_INT(struct gc_queue_stats, oldest_due_ms, "oldest_due_ms", 0),
    F_INT(struct gc_queue_stats, dead_objects, "dead_objects", 0),
    F_INT(struct gc_queue_stats, dead_bytes, "dead_bytes", 0),
};
static const struct schema stats_schema = SCHEMA(struct gc_queue_stats, stats_fields);

const struct query Q_GC_QUEUE_STATS = {
    .sql = "SELECT (SELECT COUNT(*) FROM gc_queue) AS depth,"
           " (SELECT COUNT(*) FROM gc_queue WHERE due_ms <= $1) AS due,"
           " COALESCE((SELECT MIN(due_ms) FROM gc_queue), 0) AS oldest_due_ms,"
           " (SELECT COUNT(*) FROM dead_object) AS dead_objects,"
           " COALESCE((SELECT CAST(SUM(size) AS BIGINT) FROM dead_object), 0) AS dead_bytes",
    .params = "i",
    .row = &stats_schema,
    .mysql = "SELECT (SELECT COUNT(*) FROM gc_queue) AS depth,"
             " (SELECT COUNT(*) FROM gc_queue WHERE due_ms <= $1) AS due,"
             " COALESCE((SELECT MIN(due_ms) FROM gc_queue), 0) AS oldest_due_ms,"
             " (SELECT COUNT(*) FROM dead_object) AS dead_objects,"
             " COALESCE((SELECT CAST(SUM(size) AS SIGNED) FROM dead_object), 0) AS dead_bytes",
    .scan_ok = true, /* counts two tables that are small unless the collector is behind */
};

static const struct field queue_fields[] = {
    F_INT(struct gc_queue_row, kind, "kind", 0),
    F_INT(struct gc_queue_row, object_id, "object_id", 0),
    F_INT(struct gc_queue_row, due_ms, "due_ms", 0),
};
static const struct schema queue_schema = SCHEMA(struct gc_queue_row, queue_fields);

const struct query Q_GC_DUE = {
    .sql = "SELECT kind, object_id, due_ms FROM gc_queue WHERE due_ms <= $1"
           " ORDER BY due_ms, id LIMIT $2",
    .params = "ii",
    .row = &queue_schema,
};

const struct query Q_GC_TAKE = {
    .sql = "DELETE FROM gc_queue WHERE id IN (SELECT id FROM gc_queue"
           " WHERE kind = $1 AND object_id = $2 AND due_ms <= $3 LIMIT $4)",
    .params = "iiii",
    .mysql = "DELETE FROM gc_queue WHERE kind = $1 AND object_id = $2 AND due_ms <= $3 LIMIT $4",
};

const struct query Q_GC_QUEUED_BY = {
    .sql = "SELECT id FROM gc_queue WHERE kind = $1 AND object_id = $2 AND due_ms <= $3 LIMIT 1",
    .params = "iii",
    .row = &id_schema,
};

/* ---- blobs ---- */

static const struct field blob_fields[] = {
    F_DIGEST(struct gc_blob_row, digest, "digest", 0),
    F_INT(struct gc_blob_row, size, "size", 0),
    F_TEXT(struct gc_blob_row, object_key, "object_key", 0),
    F_INT(struct gc_blob_row, lease_ms, "lease_ms", 0),
    F_BOOL(struct gc_blob_row, used, "used", 0),
};
static const struct schema blob_schema = SCHEMA(struct gc_blob_row, blob_fields);

const struct query Q_GC_BLOB_LOCK = {
    .sql = "SELECT id FROM blob WHERE id = $1 FOR UPDATE SKIP LOCKED",
    .params = "i",
    .row = &id_schema,
};

const struct query Q_GC_BLOB = {
    .sql = "SELECT b.digest AS digest, b.size AS size, b.object_key AS object_key,"
           " COALESCE((SELECT MAX(l.expires_ms) FROM blob_lease l WHERE l.blob_id = b.id), 0)"
           " AS lease_ms,"
           " CASE WHEN EXISTS (SELECT 1 FROM manifest_blob mb WHERE mb.blob_id = b.id)"
           " THEN 1 ELSE 0 END AS used FROM blob b WHERE b.id = $1",
    .params = "i",
    .row = &blob_schema,
};

const struct query Q_GC_LEASES_DELETE = {
    .sql = "DELETE FROM blob_lease WHERE blob_id = $1 AND expires_ms <= $2",
    .params = "ii",
};

const struct query Q_GC_BLOB_DELETE = {
    .sql = "DELETE FROM blob WHERE id = $1",
    .params = "i",
};

/* ---- manifests ---- */

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

static const struct field tag_fields[] = {
    F_TEXT(struct gc_tag_row, name, "name", 0),
    F_INT(struct gc_tag_row, end_ms, "end_ms", 0),
    F_BOOL(struct gc_tag_row, hidden, "hidden", 0),
};
static const struct schema tag_schema = SCHEMA(struct gc_tag_row, tag_fields);

static const struct field digest_fields[] = {F_DIGEST(struct gc_digest_row, digest, "digest", 0)};
static const struct schema digest_schema = SCHEMA(struct gc_digest_row, digest_fields);

const struct query Q_GC_MANIFEST = {
    .sql = "SELECT m.id AS id, m.repository_id AS repository_id, m.digest AS digest,"
           " m.subject AS subject, m.size AS size, m.deleted AS deleted,"
           " COALESCE(a.tag_expiration_ms, $2) AS window_ms FROM manifest m"
           " JOIN repository r ON r.id = m.repository_id JOIN account a ON a.id = r.namespace_id"
           " WHERE m.id = $1",
    .params = "ii",
    .row = &manifest_schema,
};

const struct query Q_GC_MANIFEST_BY_DIGEST = {
    .sql = "SELECT id FROM manifest WHERE repository_id = $1 AND digest = $2",
    .params = "id",
    .row = &id_schema,
};

const struct query Q_GC_REPOSITORY_LOCK = {
    .sql = "SELECT id FROM repository WHERE id = $1 FOR UPDATE SKIP LOCKED",
    .params = "i",
    .row = &id_schema,
};

/* $2: window start, $3: now. A tag that lasts is one with end > $2 (hidden: > $3). */
const struct query Q_GC_TAGS_DELETE = {
    .sql = "DELETE FROM tag WHERE id IN (SELECT id FROM tag WHERE manifest_id = $1"
           " AND end_ms <= $3 AND (end_ms <= $2 OR hidden = 1) LIMIT $4)",
    .params = "iiii",
    .mysql = "DELETE FROM tag WHERE manifest_id = $1 AND end_ms <= $3"
             " AND (end_ms <= $2 OR hidden = 1) LIMIT $4",
};

const struct query Q_GC_TAG_LASTING = {
    .sql = "SELECT name, end_ms, hidden FROM tag WHERE manifest_id = $1 AND end_ms > $2"
           " AND (end_ms > $3 OR hidden = 0) ORDER BY end_ms DESC LIMIT 1",
    .params = "iii",
    .row = &tag_schema,
};

const struct query Q_GC_PARENT = {
    .sql = "SELECT p.digest AS digest FROM manifest_child c JOIN manifest p ON p.id = c.parent_id"
           " WHERE c.repository_id = $1 AND c.child = $2 LIMIT 1",
    .params = "id",
    .row = &digest_schema,
};

/* Blobs of manifest $1 that no other manifest of its repository holds. */
#define ONLY_HERE                                                                                  \
    " FROM manifest_blob mb WHERE mb.manifest_id = $1 AND NOT EXISTS (SELECT 1"                    \
    " FROM manifest_blob o WHERE o.blob_id = mb.blob_id AND o.repository_id = mb.repository_id"    \
    " AND o.manifest_id <> mb.manifest_id)"

const struct query Q_GC_LEASE_BLOBS = {
    .sql = "INSERT INTO blob_lease (repository_id, blob_id, expires_ms)"
           " SELECT mb.repository_id, mb.blob_id, $2" ONLY_HERE
           " ON CONFLICT (repository_id, blob_id) DO UPDATE SET expires_ms = excluded.expires_ms"
           " WHERE excluded.expires_ms > blob_lease.expires_ms",
    .params = "ii",
    .mysql = "INSERT INTO blob_lease (repository_id, blob_id, expires_ms)"
             " SELECT mb.repository_id, mb.blob_id, $2" ONLY_HERE
             " ON DUPLICATE KEY UPDATE expires_ms = GREATEST(blob_lease.expires_ms, $2)",
};

const struct query Q_GC_QUEUE_LEASED_BLOBS = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms) SELECT 2, mb.blob_id, $2" ONLY_HERE,
    .params = "ii",
};

const struct query Q_GC_QUEUE_BLOBS = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms)"
           " SELECT 2, blob_id, $2 FROM manifest_blob WHERE manifest_id = $1",
    .params = "ii",
};

const struct query Q_GC_QUEUE_CHILDREN = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms) SELECT 1, m.id, $2"
           " FROM manifest_child c JOIN manifest m"
           " ON m.repository_id = c.repository_id AND m.digest = c.child WHERE c.parent_id = $1",
    .params = "ii",
};

const struct query Q_GC_QUEUE_REFERRERS = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms)"
           " SELECT 1, id, $3 FROM manifest WHERE repository_id = $1 AND subject = $2",
    .params = "idi",
};

const struct query Q_GC_MANIFEST_BLOBS_DELETE = {
    .sql = "DELETE FROM manifest_blob WHERE manifest_id = $1",
    .params = "i",
};

const struct query Q_GC_MANIFEST_CHILDREN_DELETE = {
    .sql = "DELETE FROM manifest_child WHERE parent_id = $1",
    .params = "i",
};

const struct query Q_GC_MANIFEST_LABELS_DELETE = {
    .sql = "DELETE FROM label WHERE manifest_id = $1",
    .params = "i",
};

const struct query Q_GC_MANIFEST_PULLS_DELETE = {
    .sql = "DELETE FROM manifest_pull WHERE repository_id = $1 AND digest = $2",
    .params = "id",
};

const struct query Q_GC_MANIFEST_DELETE = {
    .sql = "DELETE FROM manifest WHERE id = $1",
    .params = "i",
};

/* ---- repositories ---- */

static const struct field object_fields[] = {
    F_INT(struct gc_object_row, id, "id", 0),
    F_TEXT(struct gc_object_row, name, "name", 0),
    F_TEXT(struct gc_object_row, object_key, "object_key", 0),
    F_INT(struct gc_object_row, size, "size", 0),
    F_INT(struct gc_object_row, due_ms, "due_ms", 0),
};
static const struct schema object_schema = SCHEMA(struct gc_object_row, object_fields);

const struct query Q_GC_REPOSITORY_DELETED = {
    .sql = "SELECT id FROM repository WHERE id = $1 AND state = 3 FOR UPDATE",
    .params = "i",
    .row = &id_schema,
};

const struct query Q_GC_REPOSITORY_TAGS_DELETE = {
    .sql = "DELETE FROM tag WHERE id IN (SELECT id FROM tag WHERE repository_id = $1 LIMIT $2)",
    .params = "ii",
    .mysql = "DELETE FROM tag WHERE repository_id = $1 LIMIT $2",
};

const struct query Q_GC_REPOSITORY_MANIFESTS = {
    .sql = "SELECT id, repository_id, digest, subject, size, deleted, 0 AS window_ms FROM manifest"
           " WHERE repository_id = $1 ORDER BY digest LIMIT $2",
    .params = "ii",
    .row = &manifest_schema,
};

const struct query Q_GC_REPOSITORY_LEASES = {
    .sql = "SELECT blob_id AS id FROM blob_lease WHERE repository_id = $1"
           " ORDER BY blob_id LIMIT $2",
    .params = "ii",
    .row = &id_schema,
};

const struct query Q_GC_LEASE_DELETE = {
    .sql = "DELETE FROM blob_lease WHERE repository_id = $1 AND blob_id = $2",
    .params = "ii",
};

const struct query Q_GC_REPOSITORY_UPLOADS = {
    .sql = "SELECT id, uuid AS name, object_key, received AS size, expires_ms AS due_ms"
           " FROM upload WHERE repository_id = $1 LIMIT $2",
    .params = "ii",
    .row = &object_schema,
};

#define SOME_OF(table, key)                                                                        \
    "DELETE FROM " table " WHERE repository_id = $1 AND " key " IN (SELECT " key " FROM " table    \
    " WHERE repository_id = $1 LIMIT $2)"
#define SOME_OF_MYSQL(table) "DELETE FROM " table " WHERE repository_id = $1 LIMIT $2"

const struct query Q_GC_REPOSITORY_PERMISSIONS_DELETE = {
    .sql = SOME_OF("repository_permission", "id"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("repository_permission"),
};

const struct query Q_GC_REPOSITORY_STARS_DELETE = {
    .sql = SOME_OF("star", "account_id"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("star"),
};

const struct query Q_GC_REPOSITORY_IMMUTABILITY_DELETE = {
    .sql = SOME_OF("immutability_policy", "id"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("immutability_policy"),
};

const struct query Q_GC_REPOSITORY_TOKENS_DELETE = {
    .sql = SOME_OF("access_token", "id"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("access_token"),
};

const struct query Q_GC_REPOSITORY_MAIL_DELETE = {
    .sql = SOME_OF("mail_code", "id"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("mail_code"),
};

const struct query Q_GC_REPOSITORY_ACTIVITY_DELETE = {
    .sql = SOME_OF("repository_activity", "day"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("repository_activity"),
};

const struct query Q_GC_REPOSITORY_MANIFEST_PULLS_DELETE = {
    .sql = SOME_OF("manifest_pull", "digest"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("manifest_pull"),
};

const struct query Q_GC_REPOSITORY_TAG_PULLS_DELETE = {
    .sql = SOME_OF("tag_pull", "tag"),
    .params = "ii",
    .mysql = SOME_OF_MYSQL("tag_pull"),
};

const struct query Q_GC_REPOSITORY_DELETE = {
    .sql = "DELETE FROM repository WHERE id = $1",
    .params = "i",
};

/* ---- uploads and objects ---- */

const struct query Q_GC_UPLOADS_EXPIRED = {
    .sql = "SELECT id, uuid AS name, object_key, received AS size, expires_ms AS due_ms"
           " FROM upload WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2",
    .params = "ii",
    .row = &object_schema,
};

const struct query Q_GC_UPLOAD_DELETE = {
    .sql = "DELETE FROM upload WHERE id = $1 AND expires_ms <= $2",
    .params = "ii",
};

const struct query Q_GC_DEAD_OBJECTS = {
    .sql = "SELECT object_key, size, delete_after_ms AS due_ms FROM dead_object"
           " WHERE delete_after_ms <= $1 ORDER BY delete_after_ms LIMIT $2",
    .params = "ii",
    .row = &object_schema,
};

const struct query Q_GC_DEAD_OBJECT_INSERT = {
    .sql = "INSERT INTO dead_object (object_key, delete_after_ms, size) VALUES ($1, $2, $3)",
    .params = "tii",
};

const struct query Q_GC_DEAD_OBJECT_DELETE = {
    .sql = "DELETE FROM dead_object WHERE object_key = $1",
    .params = "t",
};

const struct query Q_GC_DEAD_OBJECT_POSTPONE = {
    .sql = "UPDATE dead_object SET delete_after_ms = $2 WHERE object_key = $1",
    .params = "ti",
};

const struct query *const gc_queries[] = {
    &Q_GC_ENQUEUE,
    &Q_GC_ENQUEUE_ENDED,
    &Q_GC_QUEUE_STATS,
    &Q_GC_DUE,
    &Q_GC_TAKE,
    &Q_GC_QUEUED_BY,
    &Q_GC_BLOB_LOCK,
    &Q_GC_BLOB,
    &Q_GC_LEASES_DELETE,
    &Q_GC_BLOB_DELETE,
    &Q_GC_MANIFEST,
    &Q_GC_MANIFEST_BY_DIGEST,
    &Q_GC_REPOSITORY_LOCK,
    &Q_GC_TAGS_DELETE,
    &Q_GC_TAG_LASTING,
    &Q_GC_PARENT,
    &Q_GC_LEASE_BLOBS,
    &Q_GC_QUEUE_LEASED_BLOBS,
    &Q_GC_QUEUE_BLOBS,
    &Q_GC_QUEUE_CHILDREN,
    &Q_GC_QUEUE_REFERRERS,
    &Q_GC_MANIFEST_BLOBS_DELETE,
    &Q_GC_MANIFEST_CHILDREN_DELETE,
    &Q_GC_MANIFEST_LABELS_DELETE,
    &Q_GC_MANIFEST_PULLS_DELETE,
    &Q_GC_MANIFEST_DELETE,
    &Q_GC_REPOSITORY_DELETED,
    &Q_GC_REPOSITORY_TAGS_DELETE,
    &Q_GC_REPOSITORY_MANIFESTS,
    &Q_GC_REPOSITORY_LEASES,
    &Q_GC_LEASE_DELETE,
    &Q_GC_REPOSITORY_UPLOADS,
    &Q_GC_REPOSITORY_PERMISSIONS_DELETE,
    &Q_GC_REPOSITORY_STARS_DELETE,
    &Q_GC_REPOSITORY_IMMUTABILITY_DELETE,
    &Q_GC_REPOSITORY_TOKENS_DELETE,
    &Q_GC_REPOSITORY_MAIL_DELETE,
    &Q_GC_REPOSITORY_ACTIVITY_DELETE,
    &Q_GC_REPOSITORY_MANIFEST_PULLS_DELETE,
    &Q_GC_REPOSITORY_TAG_PULLS_DELETE,
    &Q_GC_REPOSITORY_DELETE,
    &Q_GC_UPLOADS_EXPIRED,
    &Q_GC_UPLOAD_DELETE,
    &Q_GC_DEAD_OBJECTS,
    &Q_GC_DEAD_OBJECT_INSERT,
    &Q_GC_DEAD_OBJECT_DELETE,
    &Q_GC_DEAD_OBJECT_POSTPONE,
    NULL,
};
