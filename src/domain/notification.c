/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications. */
#include "notification.h"

#include "base/rand.h"
#include "domain/notification_sql.h"

int notification_create(struct db_tx *tx, int64_t account_id, const char *kind,
                        const char *metadata, int64_t now_ms, struct err *err)
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    return db_insert(tx, &Q_NOTIFICATION_INSERT, err, uuid, account_id, kind, metadata, now_ms) < 0
               ? -1
               : 0;
}

int notification_list(struct db_tx *tx, struct arena *arena, int64_t user_id, int64_t skip,
                      int64_t limit, struct list *out, struct err *err)
{
    int64_t most = limit > NOTIFICATION_PAGE_MAX ? NOTIFICATION_PAGE_MAX : limit;
    return db_list(tx, &Q_NOTIFICATION_LIST, arena, out, err, user_id, most, skip);
}

int notification_find(struct db_tx *tx, struct arena *arena, int64_t user_id, const char *uuid,
                      struct notification *out, struct err *err)
{
    return db_one(tx, &Q_NOTIFICATION_FIND, arena, out, err, user_id, uuid);
}

int notification_set_dismissed(struct db_tx *tx, int64_t id, bool dismissed, struct err *err)
{
    return db_exec(tx, &Q_NOTIFICATION_DISMISS, err, id, (int64_t)dismissed) < 0 ? -1 : 0;
}

int notification_retract(struct db_tx *tx, int64_t account_id, const char *kind,
                         const char *metadata, struct err *err)
{
    return db_exec(tx, &Q_NOTIFICATION_RETRACT, err, account_id, kind, metadata) < 0 ? -1 : 0;
}

int notification_is_open(struct db_tx *tx, int64_t account_id, const char *kind,
                         const char *metadata, struct err *err)
{
    struct notification_id_row row;
    return db_one(tx, &Q_NOTIFICATION_OPEN, NULL, &row, err, account_id, kind, metadata);
}
