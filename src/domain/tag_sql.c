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
    .sql = "INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms, hidden)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "itiiii",
};

const struct query Q_TAG_KEPT_UNTIL = {
    .sql = "SELECT end_ms FROM tag WHERE manifest_id = $1 ORDER BY end_ms DESC LIMIT 1",
    .params = "i",
    .row = &end_row,
};

const struct query *const tag_queries[] = {
    &Q_TAG_FIND,
    &Q_TAG_EXISTED,
    &Q_TAG_LIST,
    &Q_TAG_NAMES,
    &Q_TAG_LIVE_OF_MANIFEST,
    &Q_TAG_CLOSED_AT,
    &Q_TAG_IMMUTABLE_OF_MANIFEST,
    &Q_TAG_CLOSE_ALL,
    &Q_TAG_CLOSE,
    &Q_TAG_INSERT,
    &Q_TAG_KEPT_UNTIL,
    NULL,
};
