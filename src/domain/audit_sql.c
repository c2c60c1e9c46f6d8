/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the audit log. Pages begin behind a (time, id), which the indexes end with, so that each
 * costs the same. */
#include "audit_sql.h"

#include "domain/audit_archive.h"
#include "domain/audit_export.h"
#include "domain/audit_log.h"

static const struct field record_fields[] = {
    F_INT(struct audit_record, id, "id", 0),
    F_INT(struct audit_record, kind, "kind", 0),
    F_INT(struct audit_record, at_ms, "at_ms", 0),
    F_INT(struct audit_record, times, "times", 0),
    F_TEXT(struct audit_record, ip, "ip", FIELD_NULLABLE),
    F_TEXT(struct audit_record, metadata, "metadata", 0),
    F_INT(struct audit_record, namespace_id, "namespace_id", FIELD_NULLABLE),
    F_TEXT(struct audit_record, namespace_name, "namespace_name", FIELD_NULLABLE),
    F_INT(struct audit_record, namespace_kind, "namespace_kind", FIELD_NULLABLE),
    F_TEXT(struct audit_record, namespace_email, "namespace_email", FIELD_NULLABLE),
    F_INT(struct audit_record, repository_id, "repository_id", FIELD_NULLABLE),
    F_TEXT(struct audit_record, repository_name, "repository_name", FIELD_NULLABLE),
    F_INT(struct audit_record, performer_id, "performer_id", FIELD_NULLABLE),
    F_TEXT(struct audit_record, performer_name, "performer_name", FIELD_NULLABLE),
    F_INT(struct audit_record, performer_kind, "performer_kind", FIELD_NULLABLE),
    F_TEXT(struct audit_record, performer_email, "performer_email", FIELD_NULLABLE),
};
static const struct schema record_row = SCHEMA(struct audit_record, record_fields);

static const struct field count_fields[] = {
    F_INT(struct audit_count, kind, "kind", 0),
    F_INT(struct audit_count, day_ms, "day_ms", 0),
    F_INT(struct audit_count, number, "number", 0),
};
static const struct schema count_row = SCHEMA(struct audit_count, count_fields);

static const struct field archive_fields[] = {
    F_TEXT(struct audit_archive, month, "month", 0),
    F_INT(struct audit_archive, bytes, "bytes", 0),
    F_INT(struct audit_archive, entries, "entries", 0),
};
static const struct schema archive_row = SCHEMA(struct audit_archive, archive_fields);

static const struct field export_fields[] = {
    F_INT(struct audit_export, id, "id", 0),
    F_TEXT(struct audit_export, uuid, "uuid", 0),
    F_INT(struct audit_export, namespace_id, "namespace_id", 0),
    F_TEXT(struct audit_export, namespace_name, "namespace_name", FIELD_NULLABLE),
    F_INT(struct audit_export, repository_id, "repository_id", FIELD_NULLABLE),
    F_TEXT(struct audit_export, repository_name, "repository_name", FIELD_NULLABLE),
    F_INT(struct audit_export, performer_id, "performer_id", FIELD_NULLABLE),
    F_INT(struct audit_export, start_ms, "start_ms", 0),
    F_INT(struct audit_export, end_ms, "end_ms", 0),
    F_INT(struct audit_export, created_ms, "created_ms", 0),
    F_INT(struct audit_export, state, "state", 0),
    F_INT(struct audit_export, expires_ms, "expires_ms", FIELD_NULLABLE),
    F_TEXT(struct audit_export, callback_url, "callback_url", FIELD_NULLABLE),
    F_TEXT(struct audit_export, callback_email, "callback_email", FIELD_NULLABLE),
    F_TEXT(struct audit_export, base_url, "base_url", 0),
};
static const struct schema export_row = SCHEMA(struct audit_export, export_fields);

const struct query Q_AUDIT_INSERT = {
    .sql = "INSERT INTO audit_log (kind, namespace_id, performer_id, repository_id, at_ms, ip,"
           " metadata, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "iIIIiTti",
};

const struct query Q_AUDIT_DELETE = {
    .sql = "DELETE FROM audit_log WHERE id = $1",
    .params = "i",
};

#define RECORDS                                                                                    \
    "SELECT l.id AS id, l.kind AS kind, l.at_ms AS at_ms, l.times AS times, l.ip AS ip,"           \
    " l.metadata AS metadata, l.namespace_id AS namespace_id, n.name AS namespace_name,"           \
    " n.kind AS namespace_kind, n.email AS namespace_email, l.repository_id AS repository_id,"     \
    " r.name AS repository_name, l.performer_id AS performer_id, p.name AS performer_name,"        \
    " p.kind AS performer_kind, p.email AS performer_email FROM audit_log l"                       \
    " LEFT JOIN account n ON n.id = l.namespace_id"                                                \
    " LEFT JOIN repository r ON r.id = l.repository_id"                                            \
    " LEFT JOIN account p ON p.id = l.performer_id WHERE "

/* Newest first: from $1 to ($2, $3), without the kinds $4 to $5, at most $6. */
#define BACKWARD                                                                                   \
    "l.at_ms >= $1 AND l.at_ms <= $2 AND (l.at_ms < $2 OR l.id < $3)"                              \
    " AND (l.kind < $4 OR l.kind > $5) ORDER BY l.at_ms DESC, l.id DESC LIMIT $6"

const struct query Q_AUDIT_PAGE = {
    .sql = RECORDS BACKWARD,
    .params = "iiiiii",
    .row = &record_row,
};

const struct query Q_AUDIT_PAGE_OF_NAMESPACE = {
    .sql = RECORDS "l.namespace_id = $7 AND " BACKWARD,
    .params = "iiiiiii",
    .row = &record_row,
};

const struct query Q_AUDIT_PAGE_OF_PERFORMER = {
    .sql = RECORDS "l.namespace_id = $7 AND l.performer_id = $8 AND " BACKWARD,
    .params = "iiiiiiii",
    .row = &record_row,
};

const struct query Q_AUDIT_PAGE_OF_REPOSITORY = {
    .sql = RECORDS "l.repository_id = $7 AND " BACKWARD,
    .params = "iiiiiii",
    .row = &record_row,
};

/* Oldest first: behind ($1, $2), before $3, at most $4. */
#define FORWARD                                                                                    \
    "l.at_ms >= $1 AND (l.at_ms > $1 OR l.id > $2) AND l.at_ms < $3"                               \
    " ORDER BY l.at_ms, l.id LIMIT $4"

const struct query Q_AUDIT_FORWARD = {
    .sql = RECORDS FORWARD,
    .params = "iiii",
    .row = &record_row,
};

const struct query Q_AUDIT_FORWARD_OF_NAMESPACE = {
    .sql = RECORDS "l.namespace_id = $5 AND " FORWARD,
    .params = "iiiii",
    .row = &record_row,
};

const struct query Q_AUDIT_FORWARD_OF_REPOSITORY = {
    .sql = RECORDS "l.repository_id = $5 AND " FORWARD,
    .params = "iiiii",
    .row = &record_row,
};

/* By the beginning of the day: a division would give fractions on one engine. */
#define COUNTS                                                                                     \
    "SELECT kind, at_ms - at_ms % 86400000 AS day_ms, SUM(times) AS number FROM audit_log WHERE "
#define BY_DAY                                                                                     \
    "at_ms >= $1 AND at_ms < $2 AND (kind < $3 OR kind > $4)"                                      \
    " GROUP BY kind, at_ms - at_ms % 86400000 ORDER BY day_ms, kind LIMIT $5"

const struct query Q_AUDIT_COUNT = {
    .sql = COUNTS BY_DAY,
    .params = "iiiii",
    .row = &count_row,
};

const struct query Q_AUDIT_COUNT_OF_NAMESPACE = {
    .sql = COUNTS "namespace_id = $6 AND " BY_DAY,
    .params = "iiiiii",
    .row = &count_row,
};

const struct query Q_AUDIT_COUNT_OF_PERFORMER = {
    .sql = COUNTS "namespace_id = $6 AND performer_id = $7 AND " BY_DAY,
    .params = "iiiiiii",
    .row = &count_row,
};

const struct query Q_AUDIT_COUNT_OF_REPOSITORY = {
    .sql = COUNTS "repository_id = $6 AND " BY_DAY,
    .params = "iiiiii",
    .row = &count_row,
};

const struct query Q_AUDIT_ARCHIVES = {
    .sql = "SELECT month, bytes, entries FROM audit_archive ORDER BY month",
    .row = &archive_row,
    .scan_ok = true, /* a row a month */
};

const struct query Q_AUDIT_ARCHIVE_FIND = {
    .sql = "SELECT month, bytes, entries FROM audit_archive WHERE month = $1",
    .params = "t",
    .row = &archive_row,
};

const struct query Q_AUDIT_ARCHIVE_INSERT = {
    .sql = "INSERT INTO audit_archive (month, bytes, entries) VALUES ($1, $2, $3)",
    .params = "tii",
};

const struct query Q_AUDIT_ARCHIVE_UPDATE = {
    .sql = "UPDATE audit_archive SET bytes = $2, entries = $3 WHERE month = $1",
    .params = "tii",
};

const struct query Q_AUDIT_EXPORT_INSERT = {
    .sql = "INSERT INTO audit_export (uuid, namespace_id, repository_id, performer_id, start_ms,"
           " end_ms, created_ms, state, callback_url, callback_email, base_url)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    .params = "tiIIiiiiTTt",
};

#define EXPORTS                                                                                    \
    "SELECT e.id AS id, e.uuid AS uuid, e.namespace_id AS namespace_id, n.name AS namespace_name," \
    " e.repository_id AS repository_id, r.name AS repository_name,"                                \
    " e.performer_id AS performer_id, e.start_ms AS start_ms, e.end_ms AS end_ms,"                 \
    " e.created_ms AS created_ms, e.state AS state, e.expires_ms AS expires_ms,"                   \
    " e.callback_url AS callback_url, e.callback_email AS callback_email,"                         \
    " e.base_url AS base_url FROM audit_export e LEFT JOIN account n ON n.id = e.namespace_id"     \
    " LEFT JOIN repository r ON r.id = e.repository_id WHERE "

const struct query Q_AUDIT_EXPORT_FIND = {
    .sql = EXPORTS "e.uuid = $1",
    .params = "t",
    .row = &export_row,
};

const struct query Q_AUDIT_EXPORT_NEXT = {
    .sql = EXPORTS "e.state = $1 ORDER BY e.id LIMIT 1",
    .params = "i",
    .row = &export_row,
};

const struct query Q_AUDIT_EXPORT_FINISH = {
    .sql = "UPDATE audit_export SET state = $2, expires_ms = $3 WHERE id = $1 AND state = $4",
    .params = "iiii",
};

const struct query Q_AUDIT_EXPORT_EXPIRED = {
    .sql = EXPORTS "e.expires_ms <= $1 AND NOT EXISTS (SELECT 1 FROM audit_delivery d"
                   " WHERE d.export_id = e.id AND d.state = $2) ORDER BY e.expires_ms LIMIT 1",
    .params = "ii",
    .row = &export_row,
};

const struct query Q_AUDIT_EXPORT_DELETE = {
    .sql = "DELETE FROM audit_export WHERE id = $1",
    .params = "i",
};

const struct query *const audit_queries[] = {
    &Q_AUDIT_INSERT,
    &Q_AUDIT_DELETE,
    &Q_AUDIT_PAGE,
    &Q_AUDIT_PAGE_OF_NAMESPACE,
    &Q_AUDIT_PAGE_OF_PERFORMER,
    &Q_AUDIT_PAGE_OF_REPOSITORY,
    &Q_AUDIT_FORWARD,
    &Q_AUDIT_FORWARD_OF_NAMESPACE,
    &Q_AUDIT_FORWARD_OF_REPOSITORY,
    &Q_AUDIT_COUNT,
    &Q_AUDIT_COUNT_OF_NAMESPACE,
    &Q_AUDIT_COUNT_OF_PERFORMER,
    &Q_AUDIT_COUNT_OF_REPOSITORY,
    &Q_AUDIT_ARCHIVES,
    &Q_AUDIT_ARCHIVE_FIND,
    &Q_AUDIT_ARCHIVE_INSERT,
    &Q_AUDIT_ARCHIVE_UPDATE,
    &Q_AUDIT_EXPORT_INSERT,
    &Q_AUDIT_EXPORT_FIND,
    &Q_AUDIT_EXPORT_NEXT,
    &Q_AUDIT_EXPORT_FINISH,
    &Q_AUDIT_EXPORT_EXPIRED,
    &Q_AUDIT_EXPORT_DELETE,
    NULL,
};
