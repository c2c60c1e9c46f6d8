/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on tags. "Live" is end_ms > now everywhere; hidden tags keep manifests that were pushed by
 * digest and are never shown. */
#include "tag_sql.h"

#include "domain/tag.h"

static const struct field tag_fields[] = {
    F_INT(struct tag, id, "id", 0),
    F_TEXT(struct tag, name, "name", 0),
    F_INT(struct tag, manifest_id, "manifest_id", 0),
    F_INT(struct tag, start_ms, "start_ms", 0),
    F_INT(struct tag, end_ms, "end_ms", 0),
    F_BOOL(struct tag, immutable, "immutable", 0),
    F_DIGEST(struct tag, digest, "digest", 0),
};
static const struct schema tag_row = SCHEMA(struct tag, tag_fields);

static const struct field name_fields[] = {F_TEXT(struct tag_name_row, name, "name", 0)};
static const struct schema name_row = SCHEMA(struct tag_name_row, name_fields);

static const struct field target_fields[] = {
    F_INT(struct tag_target_row, id, "id", FIELD_NULLABLE),
    F_INT(struct tag_target_row, manifest_id, "manifest_id", FIELD_NULLABLE),
    F_INT(struct tag_target_row, end_ms, "end_ms", FIELD_NULLABLE),
    F_BOOL(struct tag_target_row, immutable, "immutable", FIELD_NULLABLE),
    F_BOOL(struct tag_target_row, ruled, "ruled", 0),
};
static const struct schema target_row = SCHEMA(struct tag_target_row, target_fields);

static const struct field end_fields[] = {F_INT(struct tag_end_row, end_ms, "end_ms", 0)};
static const struct schema end_row = SCHEMA(struct tag_end_row, end_fields);

#define TAG_COLUMNS                                                                                \
    "SELECT t.id AS id, t.name AS name, t.manifest_id AS manifest_id, t.start_ms AS start_ms,"     \
    " t.end_ms AS end_ms, t.immutable AS immutable, m.digest AS digest"                            \
    " FROM tag t JOIN manifest m ON m.id = t.manifest_id"

const struct query Q_TAG_FIND = {
    .sql = TAG_COLUMNS " WHERE t.repository_id = $1 AND t.name = $2 AND t.end_ms > $3"
                       " AND t.hidden = 0 ORDER BY t.end_ms DESC LIMIT 1",
    .params = "iti",
    .row = &tag_row,
};

/* A row whether the tag is there or not. Each EXISTS is one look into an index. */
const struct query Q_TAG_TARGET = {
    .sql = "SELECT t.id AS id, t.manifest_id AS manifest_id, t.end_ms AS end_ms,"
           " t.immutable AS immutable, CASE WHEN EXISTS (SELECT 1 FROM immutability_policy p"
           " WHERE p.namespace_id = r.namespace_id AND p.repository_id IS NULL)"
           " OR EXISTS (SELECT 1 FROM immutability_policy p WHERE p.repository_id = r.id)"
           " THEN 1 ELSE 0 END AS ruled FROM repository r LEFT JOIN tag t"
           " ON t.repository_id = r.id AND t.name = $2 AND t.end_ms > $3 AND t.hidden = 0"
           " WHERE r.id = $1 ORDER BY t.end_ms DESC LIMIT 1",
    .params = "iti",
    .row = &target_row,
};

const struct query Q_TAG_EXISTED = {
    .sql = "SELECT name FROM tag WHERE repository_id = $1 AND name = $2 AND hidden = 0 LIMIT 1",
    .params = "it",
    .row = &name_row,
};

/* A tag that was moved while the clock was ahead has two ends in the future: the last counts. */
const struct query Q_TAG_LIST = {
    .sql = TAG_COLUMNS " WHERE t.repository_id = $1 AND t.hidden = 0 AND t.name > $2"
                       " AND t.end_ms > $3 AND NOT EXISTS (SELECT 1 FROM tag o"
                       " WHERE o.repository_id = t.repository_id AND o.name = t.name"
                       " AND o.end_ms > t.end_ms) ORDER BY t.name LIMIT $4",
    .params = "itii",
    .row = &tag_row,
};

const struct query Q_TAG_NAMES = {
    .sql = "SELECT DISTINCT name FROM tag WHERE repository_id = $1 AND hidden = 0 AND name > $2"
           " AND end_ms > $3 ORDER BY name LIMIT $4",
    .params = "itii",
    .row = &name_row,
};

const struct query Q_TAG_LIVE_OF_MANIFEST = {
    .sql = TAG_COLUMNS " WHERE t.manifest_id = $1 AND t.end_ms > $2 LIMIT $3",
    .params = "iii",
    .row = &tag_row,
};

const struct query Q_TAG_SHOWN_OF_MANIFEST = {
    .sql = TAG_COLUMNS " WHERE t.manifest_id = $1 AND t.end_ms > $2 AND t.hidden = 0 LIMIT $3",
    .params = "iii",
    .row = &tag_row,
};

const struct query Q_TAG_IMMUTABLE_OF_MANIFEST = {
    .sql = "SELECT name FROM tag WHERE manifest_id = $1 AND end_ms > $2 AND immutable = 1 LIMIT 1",
    .params = "ii",
    .row = &name_row,
};

/* But for names that have another interval that ends at this very time, or behind it, since a clock
 * was ahead. */
const struct query Q_TAG_CLOSE_ALL = {
    .sql = "UPDATE tag SET end_ms = $2 WHERE manifest_id = $1 AND end_ms > $2"
           " AND NOT EXISTS (SELECT 1 FROM tag o WHERE o.repository_id = tag.repository_id"
           " AND o.name = tag.name AND o.end_ms >= $2 AND o.id <> tag.id)",
    .params = "ii",
    .mysql = "UPDATE IGNORE tag SET end_ms = $2 WHERE manifest_id = $1 AND end_ms > $2",
};

const struct query Q_TAG_CLOSED_AT = {
    .sql = "SELECT end_ms FROM tag WHERE repository_id = $1 AND name = $2 AND end_ms = $3",
    .params = "iti",
    .row = &end_row,
};

const struct query Q_TAG_CLOSE = {
    .sql = "UPDATE tag SET end_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_TAG_INSERT = {
    .sql = "INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms, hidden, reversion,"
           " immutable) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "itiiiiii",
};

const struct query Q_TAG_KEPT_UNTIL = {
    .sql = "SELECT end_ms FROM tag WHERE manifest_id = $1 ORDER BY end_ms DESC LIMIT 1",
    .params = "i",
    .row = &end_row,
};

const struct query Q_TAG_SET_IMMUTABLE = {
    .sql = "UPDATE tag SET immutable = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_TAG_PROTECT = {
    .sql = "UPDATE tag SET immutable = 1, end_ms = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_TAG_DELETE = {
    .sql = "DELETE FROM tag WHERE id = $1",
    .params = "i",
};

const struct query Q_TAG_DELETE_ENDED = {
    .sql = "DELETE FROM tag WHERE repository_id = $1 AND name = $2 AND end_ms <= $3"
           " AND manifest_id = $4 AND hidden = 0",
    .params = "itii",
};

/* ---- history ---- */

static const struct field entry_fields[] = {
    F_INT(struct tag_entry, id, "id", 0),
    F_TEXT(struct tag_entry, name, "name", 0),
    F_INT(struct tag_entry, start_ms, "start_ms", 0),
    F_INT(struct tag_entry, end_ms, "end_ms", 0),
    F_BOOL(struct tag_entry, immutable, "immutable", 0),
    F_BOOL(struct tag_entry, reversion, "reversion", 0),
    F_INT(struct tag_entry, manifest_id, "manifest_id", 0),
    F_DIGEST(struct tag_entry, digest, "digest", 0),
    F_TEXT(struct tag_entry, media_type, "media_type", 0),
    F_INT(struct tag_entry, layers_size, "layers_size", 0),
};
static const struct schema entry_row = SCHEMA(struct tag_entry, entry_fields);

static const struct field child_fields[] = {
    F_INT(struct tag_child, parent_id, "parent_id", 0),
    F_DIGEST(struct tag_child, child, "child", 0),
    F_BOOL(struct tag_child, present, "present", 0),
};
static const struct schema child_row = SCHEMA(struct tag_child, child_fields);

/* $1 repository, $2 name or pattern, $3 only live ones, $4 now, $5 limit, $6 offset. */
#define HISTORY(condition)                                                                         \
    "(SELECT id FROM tag WHERE repository_id = $1 AND hidden = 0 AND " condition                   \
    " AND ($3 = 0 OR end_ms > $4) ORDER BY id DESC LIMIT $5 OFFSET $6) p"                          \
    " JOIN tag t ON t.id = p.id"
#define ANY_NAME "($2 = '' OR name LIKE $2 ESCAPE '!')"
#define ONE_NAME "name = $2"

#define ENTRIES(integer, condition)                                                                \
    "SELECT t.id AS id, t.name AS name, t.start_ms AS start_ms, t.end_ms AS end_ms,"               \
    " t.immutable AS immutable, t.reversion AS reversion, m.id AS manifest_id,"                    \
    " m.digest AS digest, m.media_type AS media_type, COALESCE(m.layers_size,"                     \
    " (SELECT CAST(SUM(b.size) AS " integer ") FROM manifest_blob mb JOIN blob b"                  \
    " ON b.id = mb.blob_id WHERE mb.manifest_id = m.id), -1) AS layers_size"                       \
    " FROM " HISTORY(condition) " JOIN manifest m ON m.id = t.manifest_id ORDER BY t.id DESC"

const struct query Q_TAG_HISTORY = {
    .sql = ENTRIES("BIGINT", ANY_NAME),
    .params = "itiiii",
    .row = &entry_row,
    .mysql = ENTRIES("SIGNED", ANY_NAME),
    .scan_ok = true, /* of the page */
};

const struct query Q_TAG_HISTORY_OF_NAME = {
    .sql = ENTRIES("BIGINT", ONE_NAME),
    .params = "itiiii",
    .row = &entry_row,
    .mysql = ENTRIES("SIGNED", ONE_NAME),
    .scan_ok = true, /* of the page */
};

#define CHILDREN(condition)                                                                        \
    "SELECT c.parent_id AS parent_id, c.child AS child,"                                           \
    " CASE WHEN m.id IS NULL THEN 0 ELSE 1 END AS present"                                         \
    " FROM (SELECT DISTINCT t.manifest_id AS id FROM " HISTORY(                                    \
        condition) ") d"                                                                           \
                   " JOIN manifest_child c ON c.parent_id = d.id LEFT JOIN manifest m"             \
                   " ON m.repository_id = c.repository_id AND m.digest = c.child"                  \
                   " ORDER BY c.parent_id, c.child LIMIT 50001" /* DB_WHOLE_LIMIT */

const struct query Q_TAG_CHILDREN = {
    .sql = CHILDREN(ANY_NAME),
    .params = "itiiii",
    .row = &child_row,
    .scan_ok = true, /* of the page */
};

const struct query Q_TAG_CHILDREN_OF_NAME = {
    .sql = CHILDREN(ONE_NAME),
    .params = "itiiii",
    .row = &child_row,
    .scan_ok = true, /* of the page */
};

const struct query *const tag_queries[] = {
    &Q_TAG_FIND,
    &Q_TAG_TARGET,
    &Q_TAG_EXISTED,
    &Q_TAG_LIST,
    &Q_TAG_NAMES,
    &Q_TAG_LIVE_OF_MANIFEST,
    &Q_TAG_SHOWN_OF_MANIFEST,
    &Q_TAG_CLOSED_AT,
    &Q_TAG_IMMUTABLE_OF_MANIFEST,
    &Q_TAG_CLOSE_ALL,
    &Q_TAG_CLOSE,
    &Q_TAG_INSERT,
    &Q_TAG_KEPT_UNTIL,
    &Q_TAG_SET_IMMUTABLE,
    &Q_TAG_PROTECT,
    &Q_TAG_DELETE,
    &Q_TAG_DELETE_ENDED,
    &Q_TAG_HISTORY,
    &Q_TAG_HISTORY_OF_NAME,
    &Q_TAG_CHILDREN,
    &Q_TAG_CHILDREN_OF_NAME,
    NULL,
};
