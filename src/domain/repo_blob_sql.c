/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the use of blobs by repositories. */
#include "repo_blob_sql.h"

#include "domain/repo_blob.h"

static const struct field blob_fields[] = {
    F_INT(struct blob_row, id, "id", 0),
    F_DIGEST(struct blob_row, digest, "digest", 0),
    F_INT(struct blob_row, size, "size", 0),
    F_TEXT(struct blob_row, object_key, "object_key", 0),
    F_INT(struct blob_row, lease_ms, "lease_ms", 0),
};
static const struct schema blob_schema = SCHEMA(struct blob_row, blob_fields);

const struct query Q_REPO_BLOB_BY_MANIFEST = {
    .sql = "SELECT b.id AS id, b.digest AS digest, b.size AS size, b.object_key AS object_key,"
           " 0 AS lease_ms FROM blob b JOIN manifest_blob mb ON mb.blob_id = b.id"
           " WHERE b.digest = $1 AND mb.repository_id = $2 LIMIT 1",
    .params = "di",
    .row = &blob_schema,
};

const struct query Q_REPO_BLOB_BY_LEASE = {
    .sql = "SELECT b.id AS id, b.digest AS digest, b.size AS size, b.object_key AS object_key,"
           " l.expires_ms AS lease_ms FROM blob b JOIN blob_lease l ON l.blob_id = b.id"
           " WHERE b.digest = $1 AND l.repository_id = $2 AND l.expires_ms > $3",
    .params = "dii",
    .row = &blob_schema,
};

const struct query Q_BLOB_BY_DIGEST = {
    .sql = "SELECT id, digest, size, object_key, 0 AS lease_ms FROM blob WHERE digest = $1",
    .params = "d",
    .row = &blob_schema,
};

const struct query Q_BLOB_ANY = {
    .sql = "SELECT id, digest, size, object_key, 0 AS lease_ms FROM blob LIMIT 1",
    .row = &blob_schema,
    .scan_ok = true, /* one row of it */
};

const struct query Q_BLOB_LEASE_EXTEND = {
    .sql = "UPDATE blob_lease SET expires_ms = CASE WHEN expires_ms < $3 THEN $3"
           " ELSE expires_ms END"
           " WHERE repository_id = $1 AND blob_id = $2",
    .params = "iii",
};

const struct query Q_BLOB_LEASE_INSERT = {
    .sql = "INSERT INTO blob_lease (repository_id, blob_id, expires_ms) VALUES ($1, $2, $3)",
    .params = "iii",
};

const struct query Q_BLOB_LEASE_DELETE = {
    .sql = "DELETE FROM blob_lease WHERE repository_id = $1 AND blob_id = $2",
    .params = "ii",
};

const struct query *const repo_blob_queries[] = {
    &Q_REPO_BLOB_BY_MANIFEST, &Q_REPO_BLOB_BY_LEASE, &Q_BLOB_BY_DIGEST,    &Q_BLOB_ANY,
    &Q_BLOB_LEASE_EXTEND,     &Q_BLOB_LEASE_INSERT,  &Q_BLOB_LEASE_DELETE, NULL,
};
