/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of statistics. A row is made or counted up by one statement, so that two nodes can do it; it
 * is made from the repository's row, so that none is left behind when that goes. */
#include "domain/activity_sql.h"

#include "domain/activity.h"

static const struct field day_fields[] = {
    F_INT(struct activity_day, day, "day", 0),
    F_INT(struct activity_day, actions, "actions", 0),
};
static const struct schema day_row = SCHEMA(struct activity_day, day_fields);

static const struct field pulls_fields[] = {
    F_INT(struct activity_pulls, pulls, "pulls", 0),
    F_INT(struct activity_pulls, last_ms, "last_ms", 0),
};
static const struct schema pulls_row = SCHEMA(struct activity_pulls, pulls_fields);

#define OF_REPOSITORY " FROM repository r WHERE r.id = $1 AND r.state <> 3"

#define COUNT                                                                                      \
    "INSERT INTO repository_activity (repository_id, day, actions) SELECT r.id, $2, "              \
    "$3" OF_REPOSITORY

const struct query Q_ACTIVITY_COUNT = {
    .sql = COUNT " ON CONFLICT (repository_id, day)"
                 " DO UPDATE SET actions = repository_activity.actions + excluded.actions",
    .params = "iii",
    .mysql = COUNT " ON DUPLICATE KEY UPDATE actions = repository_activity.actions + $3",
};

#define COUNT_MANIFEST                                                                             \
    "INSERT INTO manifest_pull (repository_id, digest, pulls, last_ms) SELECT r.id, $2, $3, "      \
    "$4" OF_REPOSITORY

const struct query Q_ACTIVITY_COUNT_MANIFEST = {
    .sql = COUNT_MANIFEST
    " ON CONFLICT (repository_id, digest) DO UPDATE"
    " SET pulls = manifest_pull.pulls + excluded.pulls, last_ms = excluded.last_ms",
    .params = "idii",
    .mysql = COUNT_MANIFEST
    " ON DUPLICATE KEY UPDATE pulls = manifest_pull.pulls + $3, last_ms = $4",
};

#define COUNT_TAG                                                                                  \
    "INSERT INTO tag_pull (repository_id, tag, digest, pulls, last_ms)"                            \
    " SELECT r.id, $2, $3, $4, $5" OF_REPOSITORY

const struct query Q_ACTIVITY_COUNT_TAG = {
    .sql = COUNT_TAG " ON CONFLICT (repository_id, tag) DO UPDATE SET digest = excluded.digest,"
                     " pulls = tag_pull.pulls + excluded.pulls, last_ms = excluded.last_ms",
    .params = "itdii",
    .mysql = COUNT_TAG
    " ON DUPLICATE KEY UPDATE digest = $3, pulls = tag_pull.pulls + $4, last_ms = $5",
};

const struct query Q_ACTIVITY_LIST = {
    .sql = "SELECT day, actions FROM repository_activity WHERE repository_id = $1 AND day >= $2"
           " ORDER BY day LIMIT $3",
    .params = "iii",
    .row = &day_row,
};

const struct query Q_ACTIVITY_OF_MANIFEST = {
    .sql = "SELECT pulls, last_ms FROM manifest_pull WHERE repository_id = $1 AND digest = $2",
    .params = "id",
    .row = &pulls_row,
};

const struct query Q_ACTIVITY_OF_TAG = {
    .sql = "SELECT pulls, last_ms FROM tag_pull WHERE repository_id = $1 AND tag = $2",
    .params = "it",
    .row = &pulls_row,
};

const struct query *const activity_queries[] = {
    &Q_ACTIVITY_COUNT,
    &Q_ACTIVITY_COUNT_MANIFEST,
    &Q_ACTIVITY_COUNT_TAG,
    &Q_ACTIVITY_LIST,
    &Q_ACTIVITY_OF_MANIFEST,
    &Q_ACTIVITY_OF_TAG,
    NULL,
};
