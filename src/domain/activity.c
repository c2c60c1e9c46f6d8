/* SPDX-License-Identifier: Apache-2.0 */
/* Counting use. */
#include "activity.h"

#include "domain/activity_sql.h"

int64_t activity_day_of(int64_t wall_ms)
{
    return wall_ms / ACTIVITY_DAY_MS;
}

int64_t activity_day_ms(int64_t day)
{
    return day * ACTIVITY_DAY_MS;
}

int activity_count(struct db_tx *tx, int64_t repository_id, int64_t times, int64_t at_ms,
                   struct err *err)
{
    return db_exec(tx, &Q_ACTIVITY_COUNT, err, repository_id, activity_day_of(at_ms), times) < 0
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

int activity_list(struct db_tx *tx, struct arena *arena, int64_t repository_id, int64_t now_ms,
                  struct list *out, struct err *err)
{
    return db_list(tx, &Q_ACTIVITY_LIST, arena, out, err, repository_id,
                   activity_day_of(now_ms) - ACTIVITY_DAYS + 1, (int64_t)ACTIVITY_DAYS + 1);
}

int activity_get_manifest(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                          struct activity_pulls *out, struct err *err)
{
    _cleanup_(arena_done) struct arena none = {0}; /* numbers take no memory */
    *out = (struct activity_pulls){0};
    return db_one(tx, &Q_ACTIVITY_OF_MANIFEST, &none, out, err, repository_id, digest) < 0 ? -1 : 0;
}

int activity_get_tag(struct db_tx *tx, int64_t repository_id, const char *tag,
                     struct activity_pulls *out, struct err *err)
{
    _cleanup_(arena_done) struct arena none = {0};
    *out = (struct activity_pulls){0};
    return db_one(tx, &Q_ACTIVITY_OF_TAG, &none, out, err, repository_id, tag) < 0 ? -1 : 0;
}
