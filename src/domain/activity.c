/* SPDX-License-Identifier: Apache-2.0 */
/* Counting use. */
#include "activity.h"

#include "domain/activity_sql.h"

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

int64_t activity_day_of(int64_t wall_ms)
{
    return wall_ms / DAY_MS;
}

int64_t activity_day_ms(int64_t day)
{
    return day * DAY_MS;
}

int activity_add(struct db_tx *tx, int64_t repository_id, int64_t day, int64_t actions,
                 struct err *err)
{
    return db_exec(tx, &Q_ACTIVITY_ADD, err, repository_id, day, actions) < 0 ? -1 : 0;
}

int activity_list(struct db_tx *tx, struct arena *arena, int64_t repository_id, int64_t now_ms,
                  struct list *out, struct err *err)
{
    return db_list(tx, &Q_ACTIVITY_LIST, arena, out, err, repository_id,
                   activity_day_of(now_ms) - ACTIVITY_DAYS + 1, (int64_t)ACTIVITY_DAYS + 1);
}

int activity_add_manifest(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                          int64_t pulls, int64_t last_ms, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_MANIFEST_PULL_ADD, err, repository_id, digest, pulls, last_ms);
    return rows < 0 ? -1 : 0;
}

int activity_add_tag(struct db_tx *tx, int64_t repository_id, const char *tag,
                     const struct digest *digest, int64_t pulls, int64_t last_ms, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_TAG_PULL_ADD, err, repository_id, tag, digest, pulls, last_ms);
    return rows < 0 ? -1 : 0;
}

int activity_get_manifest(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                          struct activity_pulls *out, struct err *err)
{
    _cleanup_(arena_done) struct arena none = {0}; /* numbers take no memory */
    *out = (struct activity_pulls){0};
    return db_one(tx, &Q_MANIFEST_PULL_GET, &none, out, err, repository_id, digest) < 0 ? -1 : 0;
}

int activity_get_tag(struct db_tx *tx, int64_t repository_id, const char *tag,
                     struct activity_pulls *out, struct err *err)
{
    _cleanup_(arena_done) struct arena none = {0};
    *out = (struct activity_pulls){0};
    return db_one(tx, &Q_TAG_PULL_GET, &none, out, err, repository_id, tag) < 0 ? -1 : 0;
}
