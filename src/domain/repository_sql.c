/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on repositories. State 3 is "being deleted": such rows are invisible everywhere here. */
#include "repository_sql.h"

#include "domain/repository.h"

static const struct field repository_fields[] = {
    F_INT(struct repository, id, "id", 0),
    F_INT(struct repository, namespace_id, "namespace_id", 0),
    F_TEXT(struct repository, namespace_name, "namespace_name", 0),
    F_TEXT(struct repository, name, "name", 0),
    F_BOOL(struct repository, is_public, "is_public", 0),
    F_INT(struct repository, state, "state", 0),
    F_INT(struct repository, created_ms, "created_ms", 0),
};
static const struct schema repository_row = SCHEMA(struct repository, repository_fields);

#define REPOSITORY_COLUMNS                                                                         \
    "SELECT r.id AS id, r.namespace_id AS namespace_id, a.name AS namespace_name, r.name AS name," \
    " r.public AS is_public, r.state AS state, r.created_ms AS created_ms"

const struct query Q_REPOSITORY_FIND = {
    .sql = REPOSITORY_COLUMNS " FROM account a JOIN repository r ON r.namespace_id = a.id"
                              " WHERE a.name = $1 AND r.name = $2 AND r.state <> 3",
    .params = "tt",
    .row = &repository_row,
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

/* The new name cannot be pushed to or asked for: '!' is in no repository name. */
const struct query Q_REPOSITORY_RETIRE = {
    .sql = "UPDATE repository SET state = 3, public = 0, name = $2 WHERE id = $1 AND state <> 3",
    .params = "it",
};

/* A page is the rest of the namespace that the last page ended in, then the namespaces behind it:
 * two range scans, so that a page costs the same wherever it starts. */
const struct query Q_REPOSITORY_PAGE_IN_NAMESPACE = {
    .sql = REPOSITORY_COLUMNS " FROM account a JOIN repository r ON r.namespace_id = a.id"
                              " WHERE a.name = $1 AND r.name > $2 AND r.state <> 3"
                              " AND ($3 = 1 OR r.public >= $4 OR r.namespace_id = $5)"
                              " ORDER BY a.name, r.name LIMIT $6",
    .params = "ttiiii",
    .row = &repository_row,
};

const struct query Q_REPOSITORY_PAGE_AFTER_NAMESPACE = {
    .sql = REPOSITORY_COLUMNS " FROM account a JOIN repository r ON r.namespace_id = a.id"
                              " WHERE a.name > $1 AND r.state <> 3"
                              " AND ($2 = 1 OR r.public >= $3 OR r.namespace_id = $4)"
                              " ORDER BY a.name, r.name LIMIT $5",
    .params = "tiiii",
    .row = &repository_row,
    .scan_ok = true, /* walks account_name from $1, stops at the limit */
};

const struct query Q_REPOSITORY_PAGE_OWN = {
    .sql = REPOSITORY_COLUMNS " FROM account a JOIN repository r ON r.namespace_id = a.id"
                              " WHERE a.id = $1 AND r.name > $2 AND r.state <> 3"
                              " ORDER BY r.name LIMIT $3",
    .params = "iti",
    .row = &repository_row,
};

const struct query *const repository_queries[] = {
    &Q_REPOSITORY_FIND,
    &Q_REPOSITORY_INSERT,
    &Q_REPOSITORY_SET_PUBLIC,
    &Q_REPOSITORY_RETIRE,
    &Q_REPOSITORY_PAGE_IN_NAMESPACE,
    &Q_REPOSITORY_PAGE_AFTER_NAMESPACE,
    &Q_REPOSITORY_PAGE_OWN,
    NULL,
};
