/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that counts. The rows come out of the repository's own, so that none is made for one that is
 * gone. */
#include "activity_sql.h"

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

const struct query *const activity_queries[] = {
    &Q_ACTIVITY_COUNT,
    &Q_ACTIVITY_COUNT_MANIFEST,
    &Q_ACTIVITY_COUNT_TAG,
    NULL,
};
