/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on repositories. State 3 is "being deleted": such rows are invisible everywhere here. */
#include "repository_sql.h"

#include "domain/repository.h"

#define REPOSITORY_FIELDS                                                                          \
    F_INT(struct repository, id, "id", 0),                                                         \
        F_INT(struct repository, namespace_id, "namespace_id", 0),                                 \
        F_TEXT(struct repository, namespace_name, "namespace_name", 0),                            \
        F_TEXT(struct repository, name, "name", 0),                                                \
        F_BOOL(struct repository, is_public, "is_public", 0),                                      \
        F_INT(struct repository, state, "state", 0),                                               \
        F_INT(struct repository, created_ms, "created_ms", 0)

static const struct field repository_fields[] = {REPOSITORY_FIELDS};
static const struct schema repository_row = SCHEMA(struct repository, repository_fields);

#define LISTED_FIELDS                                                                              \
    F_TEXT(struct repository, description, "description", FIELD_NULLABLE),                         \
        F_INT(struct repository, last_modified_ms, "last_modified_ms", FIELD_NULLABLE),            \
        F_INT(struct repository, popularity, "popularity", FIELD_NULLABLE),                        \
        F_INT(struct repository, stars, "stars", FIELD_NULLABLE),                                  \
        F_INT(struct repository, used_bytes, "used_bytes", FIELD_NULLABLE),                        \
        F_INT(struct repository, quota_bytes, "quota_bytes", FIELD_NULLABLE),                      \
        F_BOOL(struct repository, is_starred, "is_starred", FIELD_NULLABLE),                       \
        F_INT(struct repository, namespace_kind, "namespace_kind", 0)

static const struct field listed_fields[] = {REPOSITORY_FIELDS, LISTED_FIELDS};
static const struct schema listed_row = SCHEMA(struct repository, listed_fields);

static const struct field found_fields[] = {
    REPOSITORY_FIELDS,
    LISTED_FIELDS,
    F_INT(struct repository, score, "score", 0),
};
static const struct schema found_row = SCHEMA(struct repository, found_fields);

static const struct field detail_fields[] = {
    F_TEXT(struct repository_detail, description, "description", FIELD_NULLABLE),
    F_BOOL(struct repository_detail, is_starred, "is_starred", 0),
    F_INT(struct repository_detail, tag_expiration_ms, "tag_expiration_ms", 0),
};
static const struct schema detail_row = SCHEMA(struct repository_detail, detail_fields);

#define REPOSITORY_COLUMNS                                                                         \
    "SELECT r.id AS id, r.namespace_id AS namespace_id, a.name AS namespace_name, r.name AS name," \
    " r.public AS is_public, r.state AS state, r.created_ms AS created_ms"

const struct query Q_REPOSITORY_FIND = {
    .sql = REPOSITORY_COLUMNS " FROM account a JOIN repository r ON r.namespace_id = a.id"
                              " WHERE a.name = $1 AND r.name = $2 AND r.state <> 3",
    .params = "tt",
    .row = &repository_row,
};

/* $3: what the registry says where the namespace says nothing. */
const struct query Q_REPOSITORY_DETAIL = {
    .sql = "SELECT r.description AS description, CASE WHEN EXISTS (SELECT 1 FROM star s"
           " WHERE s.account_id = $2 AND s.repository_id = r.id) THEN 1 ELSE 0 END AS is_starred,"
           " COALESCE(a.tag_expiration_ms, $3) AS tag_expiration_ms FROM repository r"
           " JOIN account a ON a.id = r.namespace_id WHERE r.id = $1",
    .params = "iii",
    .row = &detail_row,
};

const struct query Q_REPOSITORY_INSERT = {
    .sql = "INSERT INTO repository (namespace_id, name, public, description, created_ms)"
           " VALUES ($1, $2, $3, $4, $5)",
    .params = "itiTi",
};

const struct query Q_REPOSITORY_SET_PUBLIC = {
    .sql = "UPDATE repository SET public = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_REPOSITORY_SET_STATE = {
    .sql = "UPDATE repository SET state = $2 WHERE id = $1 AND state <> 3",
    .params = "ii",
};

const struct query Q_REPOSITORY_SET_DESCRIPTION = {
    .sql = "UPDATE repository SET description = $2 WHERE id = $1",
    .params = "it",
};

/* The new name cannot be pushed to or asked for: '!' is in no repository name. */
const struct query Q_REPOSITORY_RETIRE = {
    .sql = "UPDATE repository SET state = 3, public = 0, name = $2 WHERE id = $1 AND state <> 3",
    .params = "it",
};

const struct query Q_REPOSITORY_QUEUE_ALL = {
    .sql = "INSERT INTO gc_queue (kind, object_id, due_ms)"
           " SELECT $2, id, $3 FROM repository WHERE namespace_id = $1 AND state <> 3",
    .params = "iii",
};

/* A number makes the name unlike all others. */
const struct query Q_REPOSITORY_RETIRE_ALL = {
    .sql = "UPDATE repository SET state = 3, public = 0, name = '!' || id"
           " WHERE namespace_id = $1 AND state <> 3",
    .params = "i",
    .mysql = "UPDATE repository SET state = 3, public = 0, name = CONCAT('!', id)"
             " WHERE namespace_id = $1 AND state <> 3",
};

/* ---- lists ----
 *
 * Parameters of all: $1 viewer, $2 and $3 namespace and name behind which the page begins, $4 most
 * rows, $5 least value of "public" to be shown for that alone (2: never), $6 whether everything is
 * shown, $7 whether the columns beyond struct repository's first are wanted, $8 the first day that
 * popularity counts. */

#define LISTED(integer)                                                                            \
    REPOSITORY_COLUMNS                                                                             \
    ", CASE WHEN $7 = 1 THEN r.description END AS description,"                                    \
    " CASE WHEN $7 = 1 THEN (SELECT t.start_ms FROM tag t"                                         \
    " WHERE t.repository_id = r.id AND t.hidden = 0 ORDER BY t.id DESC LIMIT 1)"                   \
    " END AS last_modified_ms, CASE WHEN $7 = 1 THEN (SELECT CAST("                                \
    "COALESCE(SUM(y.actions), 0) AS " integer ") FROM repository_activity y"                       \
    " WHERE y.repository_id = r.id AND y.day >= $8) END AS popularity,"                            \
    " CASE WHEN $7 = 1 THEN (SELECT COUNT(*) FROM star s"                                          \
    " WHERE s.repository_id = r.id) END AS stars,"                                                 \
    " CASE WHEN $7 = 1 THEN (SELECT u.bytes FROM usage_repository u"                               \
    " WHERE u.repository_id = r.id) END AS used_bytes,"                                            \
    " CASE WHEN $7 = 1 THEN (SELECT q.limit_bytes FROM quota q"                                    \
    " WHERE q.namespace_id = r.namespace_id) END AS quota_bytes,"                                  \
    " CASE WHEN $7 = 1 AND EXISTS (SELECT 1 FROM star s"                                           \
    " WHERE s.account_id = $1 AND s.repository_id = r.id) THEN 1 ELSE 0 END"                       \
    " AS is_starred, a.kind AS namespace_kind"

/* What a right on the repository shows, and whose administrator the viewer is. IN does not depend
 * on the row: it is worked out once, and EXISTS for each row. */
#define GRANTED                                                                                    \
    "(EXISTS (SELECT 1 FROM repository_permission p"                                               \
    " WHERE p.account_id = $1 AND p.repository_id = r.id)"                                         \
    " OR EXISTS (SELECT 1 FROM repository_permission p JOIN team_member m"                         \
    " ON m.team_id = p.team_id AND m.account_id = $1 WHERE p.repository_id = r.id))"
#define MANAGED                                                                                    \
    "IN (SELECT t.organization_id FROM team_member m JOIN team t ON t.id = m.team_id"              \
    " WHERE m.account_id = $1 AND t.role = 3)"
#define VISIBLE                                                                                    \
    "($6 = 1 OR r.public >= $5 OR ($1 > 0 AND (r.namespace_id = $1 OR " GRANTED                    \
    " OR r.namespace_id " MANAGED ")))"

/* A page is made of sources of visibility: each gives its own first rows behind the cursor, and the
 * first of them all are the page, so that what the caller may not see is not walked through.
 *
 * What rights show has no index in order of name. Rights are counted up to a number: fewer are
 * sorted; when there are as many, the page is filled sooner by walking through the names and
 * looking for a right on each.
 *
 * CROSS makes SQLite walk in the order that is written: the names, to stop at the limit, or the
 * rights, to see nothing else. */
#define OWN_RIGHTS                                                                                 \
    "SELECT p.repository_id AS id FROM repository_permission p WHERE p.account_id = $1"
#define TEAM_RIGHTS                                                                                \
    "SELECT p.repository_id AS id FROM team_member m JOIN repository_permission p"                 \
    " ON p.team_id = m.team_id WHERE m.account_id = $1"
#define OWN_RIGHTS_THERE                                                                           \
    "SELECT p.repository_id AS id FROM account o CROSS JOIN repository_permission p"               \
    " CROSS JOIN repository r WHERE o.name = $2 AND p.account_id = $1"                             \
    " AND r.id = p.repository_id AND r.namespace_id = o.id"
#define TEAM_RIGHTS_THERE                                                                          \
    "SELECT p.repository_id AS id FROM account o CROSS JOIN team t CROSS JOIN team_member m"       \
    " CROSS JOIN repository_permission p WHERE o.name = $2 AND t.organization_id = o.id"           \
    " AND m.team_id = t.id AND m.account_id = $1 AND p.team_id = t.id"

#define COUNTED(own, team, many)                                                                   \
    "WITH rights AS (SELECT COUNT(*) AS n FROM (" own " UNION ALL " team " LIMIT " many ") c) "
#define RIGHTS "(SELECT n FROM rights)"

#define SOURCE(from, condition)                                                                    \
    "SELECT id, ns, name FROM (SELECT r.id AS id, a.name AS ns, r.name AS name FROM " from         \
    " WHERE " condition " AND r.state <> 3 ORDER BY a.name, r.name LIMIT $4) "

#define WALK(condition)                                                                            \
    SOURCE("account a CROSS JOIN repository r", "r.namespace_id = a.id" condition)
#define FEW_RIGHTS(own, team, many, condition)                                                     \
    SOURCE("(" own " AND " RIGHTS " < " many " UNION " team " AND " RIGHTS " < " many              \
           ") g CROSS JOIN repository r CROSS JOIN account a",                                     \
           "r.id = g.id AND a.id = r.namespace_id" condition)
#define MANY_RIGHTS(many, condition) WALK(" AND " RIGHTS " >= " many " AND " GRANTED condition)

#define PAGE_OF(integer, sources)                                                                  \
    LISTED(integer)                                                                                \
    " FROM (SELECT id FROM (" sources ") u ORDER BY ns, name LIMIT $4) k"                          \
    " JOIN repository r ON r.id = k.id JOIN account a ON a.id = r.namespace_id"                    \
    " ORDER BY a.name, r.name"

#define THERE " AND a.name = $2 AND r.name > $3"

#define MANY_THERE "1000"
#define IN_NAMESPACE(integer)                                                                             \
    COUNTED(OWN_RIGHTS_THERE, TEAM_RIGHTS_THERE, MANY_THERE)                                              \
    PAGE_OF(                                                                                              \
        integer,                                                                                          \
        WALK(" AND ($6 = 1 OR a.id = $1 OR a.id " MANAGED ")" THERE) "s1 UNION " WALK(                    \
            " AND r.public = $5" THERE) "s2 UNION " FEW_RIGHTS(OWN_RIGHTS_THERE,                          \
                                                               TEAM_RIGHTS_THERE, MANY_THERE,             \
                                                               THERE) "s3 UNION " MANY_RIGHTS(MANY_THERE, \
                                                                                              THERE) "s4")

const struct query Q_REPOSITORY_PAGE_IN_NAMESPACE = {
    .sql = IN_NAMESPACE("BIGINT"),
    .params = "ittiiiii",
    .row = &listed_row,
    .mysql = IN_NAMESPACE("SIGNED"),
    .scan_ok = true, /* of the pages of the sources */
};

/* Behind the cursor, written so that the inner table is entered at the right place: names are
 * never empty. */
#define BEHIND " AND a.name >= $2 AND r.name > CASE WHEN a.name = $2 THEN $3 ELSE '' END"

#define STARRED(integer)                                                                           \
    LISTED(integer)                                                                                \
    " FROM star z JOIN repository r ON r.id = z.repository_id"                                     \
    " JOIN account a ON a.id = r.namespace_id WHERE z.account_id = $1" BEHIND                      \
    " AND r.state <> 3 AND " VISIBLE " ORDER BY a.name, r.name LIMIT $4"

const struct query Q_REPOSITORY_PAGE_STARRED = {
    .sql = STARRED("BIGINT"),
    .params = "ittiiiii",
    .row = &listed_row,
    .mysql = STARRED("SIGNED"),
};

/* "+": SQLite walks the organizations by name instead of taking each of the few by its key. */
#define MANY "10000"
#define ANYWHERE(integer)                                                                                           \
    COUNTED(OWN_RIGHTS, TEAM_RIGHTS, MANY)                                                                          \
    PAGE_OF(                                                                                                        \
        integer,                                                                                                    \
        WALK(" AND $6 = 1" BEHIND) "s1 UNION " WALK(                                                                \
            " AND $6 = 0 AND r.public = "                                                                           \
            "$5" BEHIND) "s2 UNION " WALK(" AND "                                                                   \
                                          "$6 = "                                                                   \
                                          "0 "                                                                      \
                                          "AND "                                                                    \
                                          "a.id "                                                                   \
                                          "= "                                                                      \
                                          "$"                                                                       \
                                          "1" BEHIND) "s3 UNION " WALK(" AND $6 = 0 AND a.kind = "                  \
                                                                       "2 AND +a.id " MANAGED                       \
                                                                           BEHIND) "s4 "                            \
                                                                                   "UNION"                          \
                                                                                   " " FEW_RIGHTS(                  \
                                                                                       OWN_RIGHTS,                  \
                                                                                       TEAM_RIGHTS,                 \
                                                                                       MANY,                        \
                                                                                       " AND $6 "                   \
                                                                                       "= "                         \
                                                                                       "0" BEHIND) "s5 "            \
                                                                                                   "UNION"          \
                                                                                                   " " MANY_RIGHTS( \
                                                                                                       MANY,        \
                                                                                                       " A"         \
                                                                                                       "ND"         \
                                                                                                       " $"         \
                                                                                                       "6 "         \
                                                                                                       "= "         \
                                                                                                       "0" BEHIND) "s6")

const struct query Q_REPOSITORY_PAGE_ANYWHERE = {
    .sql = ANYWHERE("BIGINT"),
    .params = "ittiiiii",
    .row = &listed_row,
    .mysql = ANYWHERE("SIGNED"),
    .scan_ok = true, /* of the pages of the sources */
};

/* $2 text, $3 namespace or '', $9 and $10 patterns of names that begin with and contain the text,
 * $11 how many to leave out. */
#define SEARCH(integer)                                                                            \
    LISTED(integer)                                                                                \
    ", k.score AS score FROM (SELECT r.id AS id, CASE WHEN r.name = $2 THEN 3"                     \
    " WHEN r.name LIKE $9 ESCAPE '!' THEN 2 ELSE 1 END AS score, r.name AS name"                   \
    " FROM repository r JOIN account a ON a.id = r.namespace_id WHERE r.state <> 3"                \
    " AND r.name LIKE $10 ESCAPE '!' AND ($3 = '' OR a.name = $3) AND " VISIBLE                    \
    " ORDER BY score DESC, name, id LIMIT $4 OFFSET $11) k JOIN repository r ON r.id = k.id"       \
    " JOIN account a ON a.id = r.namespace_id ORDER BY k.score DESC, r.name, r.id"

const struct query Q_REPOSITORY_SEARCH = {
    .sql = SEARCH("BIGINT"),
    .params = "ittiiiiitti",
    .row = &found_row,
    .mysql = SEARCH("SIGNED"),
    .scan_ok = true, /* a part of a name is in no index; only matches are looked at closer */
};

const struct query *const repository_queries[] = {
    &Q_REPOSITORY_FIND,         &Q_REPOSITORY_DETAIL,
    &Q_REPOSITORY_INSERT,       &Q_REPOSITORY_SET_PUBLIC,
    &Q_REPOSITORY_SET_STATE,    &Q_REPOSITORY_SET_DESCRIPTION,
    &Q_REPOSITORY_RETIRE,       &Q_REPOSITORY_QUEUE_ALL,
    &Q_REPOSITORY_RETIRE_ALL,   &Q_REPOSITORY_PAGE_IN_NAMESPACE,
    &Q_REPOSITORY_PAGE_STARRED, &Q_REPOSITORY_PAGE_ANYWHERE,
    &Q_REPOSITORY_SEARCH,       NULL,
};
