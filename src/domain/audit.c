/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the audit log. */
#include "audit.h"

#include "domain/audit_sql.h"

/* 0 is stored as NULL. */
static const int64_t *or_null(const int64_t *id)
{
    return *id ? id : NULL;
}

int audit_write(struct db_tx *tx, const struct audit_entry *entry, int64_t now_ms, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_AUDIT_INSERT, err, (int64_t)entry->kind,
                           or_null(&entry->namespace_id), or_null(&entry->performer_id),
                           or_null(&entry->repository_id), now_ms, entry->ip, entry->metadata,
                           entry->times > 1 ? entry->times : (int64_t)1);
    return rows < 0 ? -1 : 0;
}
