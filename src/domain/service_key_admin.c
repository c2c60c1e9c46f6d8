/* SPDX-License-Identifier: Apache-2.0 */
/* Managing service keys. */
#include "service_key_admin.h"

#include "domain/service_key_admin_sql.h"

static const char approval_type[] = "Super User API"; /* Quay's words */

int service_key_admin_list(struct db_tx *tx, struct arena *arena, struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_SERVICE_KEY_ADMIN_LIST, arena, out, err, DB_WHOLE_LIMIT);
}

int service_key_admin_find(struct db_tx *tx, struct arena *arena, const char *kid,
                           struct service_key_admin *out, struct err *err)
{
    return db_one(tx, &Q_SERVICE_KEY_ADMIN_FIND, arena, out, err, kid);
}

int service_key_admin_change(struct db_tx *tx, const struct service_key_admin *key, struct err *err)
{
    const int64_t *expires = key->expires_ms ? &key->expires_ms : NULL;
    return db_exec(tx, &Q_SERVICE_KEY_ADMIN_CHANGE, err, key->id, key->name, key->metadata,
                   expires) < 0
               ? -1
               : 0;
}

int service_key_admin_approve(struct db_tx *tx, int64_t id, int64_t approver_id, const char *notes,
                              int64_t now_ms, struct err *err)
{
    return db_exec(tx, &Q_SERVICE_KEY_ADMIN_APPROVE, err, id, approver_id, approval_type, now_ms,
                   notes ? notes : "") < 0
               ? -1
               : 0;
}

int service_key_admin_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_SERVICE_KEY_ADMIN_DELETE, err, id) < 0 ? -1 : 0;
}
