/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that names what is affected. */
#include "domain/gc_explain_sql.h"

#include "domain/gc_sql.h"

static const struct field queue_fields[] = {
    F_INT(struct gc_queue_row, kind, "kind", 0),
    F_INT(struct gc_queue_row, object_id, "object_id", 0),
    F_INT(struct gc_queue_row, due_ms, "due_ms", 0),
};
static const struct schema queue_schema = SCHEMA(struct gc_queue_row, queue_fields);

const struct query Q_GC_CANDIDATES = {
    .sql = "SELECT kind, object_id, MIN(due_ms) AS due_ms FROM gc_queue"
           " WHERE kind = $1 AND object_id > $2 GROUP BY kind, object_id"
           " ORDER BY kind, object_id LIMIT $3",
    .params = "iii",
    .row = &queue_schema,
};

static const struct field place_fields[] = {
    F_TEXT(struct gc_place_row, namespace_name, "namespace_name", 0),
    F_TEXT(struct gc_place_row, repository, "repository", 0),
    F_BOOL(struct gc_place_row, deleted, "deleted", 0),
    F_DIGEST(struct gc_place_row, digest, "digest", FIELD_NULLABLE),
    F_TEXT(struct gc_place_row, tag, "tag", FIELD_NULLABLE),
    F_INT(struct gc_place_row, when_ms, "when_ms", FIELD_NULLABLE),
};
static const struct schema place_schema = SCHEMA(struct gc_place_row, place_fields);

#define PLACE                                                                                      \
    "SELECT a.name AS namespace_name, r.name AS repository,"                                       \
    " CASE WHEN r.state = 3 THEN 1 ELSE 0 END AS deleted"
#define OF_REPOSITORY " JOIN account a ON a.id = r.namespace_id"

const struct query Q_GC_PLACE_REPOSITORY = {
    .sql = PLACE " FROM repository r" OF_REPOSITORY " WHERE r.id = $1",
    .params = "i",
    .row = &place_schema,
};

const struct query Q_GC_PLACE_USE = {
    .sql = PLACE
    ", m.digest AS digest FROM manifest_blob mb JOIN manifest m"
    " ON m.id = mb.manifest_id JOIN repository r ON r.id = mb.repository_id" OF_REPOSITORY
    " WHERE mb.blob_id = $1 LIMIT 1",
    .params = "i",
    .row = &place_schema,
};

const struct query Q_GC_PLACE_LEASE = {
    .sql = PLACE ", l.expires_ms AS when_ms FROM blob_lease l JOIN repository r"
                 " ON r.id = l.repository_id" OF_REPOSITORY
                 " WHERE l.blob_id = $1 ORDER BY l.expires_ms DESC LIMIT 1",
    .params = "i",
    .row = &place_schema,
};

const struct query Q_GC_PLACES_OF_BLOB = {
    .sql = PLACE ", m.digest AS digest, t.name AS tag, t.end_ms AS when_ms FROM manifest_blob mb"
                 " JOIN manifest m ON m.id = mb.manifest_id JOIN repository r"
                 " ON r.id = mb.repository_id" OF_REPOSITORY
                 " LEFT JOIN tag t ON t.manifest_id = m.id AND t.end_ms > $2 AND t.hidden = 0"
                 " WHERE mb.blob_id = $1 LIMIT $3",
    .params = "iii",
    .row = &place_schema,
};

const struct query *const gc_explain_queries[] = {
    &Q_GC_CANDIDATES,  &Q_GC_PLACE_REPOSITORY, &Q_GC_PLACE_USE,
    &Q_GC_PLACE_LEASE, &Q_GC_PLACES_OF_BLOB,   NULL,
};
