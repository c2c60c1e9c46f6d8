/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of exports. */
#include "audit_export.h"

#include "domain/audit_delivery.h"
#include "domain/audit_delivery_sql.h"
#include "domain/audit_sql.h"

int audit_export_ask(struct db_tx *tx, const struct audit_export *in, int64_t now_ms,
                     char uuid_out[UUID_SIZE], struct err *err)
{
    rand_uuid(uuid_out);
    int64_t id = db_insert(tx, &Q_AUDIT_EXPORT_INSERT, err, uuid_out, in->namespace_id,
                           in->repository_id ? &in->repository_id : NULL,
                           in->performer_id ? &in->performer_id : NULL, in->start_ms, in->end_ms,
                           now_ms, (int64_t)AUDIT_EXPORT_ASKED, in->callback_url,
                           in->callback_email, in->base_url);
    return id < 0 ? -1 : 0;
}

int audit_export_find(struct db_tx *tx, struct arena *arena, const char *uuid,
                      struct audit_export *out, struct err *err)
{
    return db_one(tx, &Q_AUDIT_EXPORT_FIND, arena, out, err, uuid);
}

int audit_export_next(struct db_tx *tx, struct arena *arena, struct audit_export *out,
                      struct err *err)
{
    return db_one(tx, &Q_AUDIT_EXPORT_NEXT, arena, out, err, (int64_t)AUDIT_EXPORT_ASKED);
}

int audit_export_finish(struct db_tx *tx, int64_t id, int state, int64_t expires_ms,
                        struct err *err)
{
    int64_t rows = db_exec(tx, &Q_AUDIT_EXPORT_FINISH, err, id, (int64_t)state, expires_ms,
                           (int64_t)AUDIT_EXPORT_ASKED);
    return rows < 0 ? -1 : rows > 0;
}

int audit_export_expired(struct db_tx *tx, struct arena *arena, int64_t now_ms,
                         struct audit_export *out, struct err *err)
{
    return db_one(tx, &Q_AUDIT_EXPORT_EXPIRED, arena, out, err, now_ms,
                  (int64_t)AUDIT_DELIVERY_WAITS);
}

int audit_export_remove(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_AUDIT_DELIVERY_CLEAR, err, id) < 0 ||
                   db_exec(tx, &Q_AUDIT_EXPORT_DELETE, err, id) < 0
               ? -1
               : 0;
}

const char *audit_export_path(struct arena *arena, const char *folder, const char *uuid)
{
    return arena_printf(arena, "%s/%s", folder, uuid);
}
