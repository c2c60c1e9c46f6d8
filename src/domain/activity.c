/* SPDX-License-Identifier: Apache-2.0 */
/* Counters of repositories, tags and manifests. */
#include "activity.h"

#include "domain/activity_sql.h"

int activity_count(struct db_tx *tx, int64_t repository_id, int64_t times, int64_t at_ms,
                   struct err *err)
{
    return db_exec(tx, &Q_ACTIVITY_COUNT, err, repository_id, at_ms / ACTIVITY_DAY_MS, times) < 0
               ? -1
               : 0;
}

int activity_count_pull(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                        const char *tag, int64_t times, int64_t at_ms, struct err *err)
{
    if (db_exec(tx, &Q_ACTIVITY_COUNT_MANIFEST, err, repository_id, digest, times, at_ms) < 0)
        return -1;
    if (!tag)
        return 0;
    return db_exec(tx, &Q_ACTIVITY_COUNT_TAG, err, repository_id, tag, digest, times, at_ms) < 0
               ? -1
               : 0;
}
