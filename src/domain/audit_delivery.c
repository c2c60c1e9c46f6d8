/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of deliveries. */
#include "audit_delivery.h"

#include "domain/audit_delivery_sql.h"

static int plan(struct db_tx *tx, int64_t export_id, enum audit_delivery_kind kind,
                const char *target, int64_t now_ms, struct err *err)
{
    if (!target || !*target)
        return 0;
    return db_insert(tx, &Q_AUDIT_DELIVERY_INSERT, err, export_id, (int64_t)kind, target,
                     (int64_t)AUDIT_DELIVERY_WAITS, now_ms) < 0
               ? -1
               : 0;
}

int audit_delivery_plan(struct db_tx *tx, const struct audit_export *export, int64_t now_ms,
                        struct err *err)
{
    if (plan(tx, export->id, AUDIT_DELIVERY_WEB, export->callback_url, now_ms, err) != 0)
        return -1;
    return plan(tx, export->id, AUDIT_DELIVERY_MAIL, export->callback_email, now_ms, err);
}

int64_t audit_delivery_pause_ms(int64_t tries)
{
    enum { FIRST_MS = 60 * 1000, FACTOR = 3, GROWTH_MAX = 3 };
    int64_t pause = FIRST_MS;
    for (int64_t i = 0; i < tries && i < GROWTH_MAX; i++)
        pause *= FACTOR;
    return pause;
}

int audit_delivery_is_due(struct db_tx *tx, int64_t now_ms, bool *due_out, struct err *err)
{
    struct arena arena = {0};
    struct audit_delivery delivery;
    int found = db_one(tx, &Q_AUDIT_DELIVERY_NEXT, &arena, &delivery, err,
                       (int64_t)AUDIT_DELIVERY_WAITS, now_ms);
    arena_done(&arena);
    if (found < 0)
        return -1;
    *due_out = found > 0;
    return 0;
}

int audit_delivery_take(struct db_tx *tx, struct arena *arena, int64_t now_ms,
                        struct audit_delivery *out, struct err *err)
{
    struct audit_delivery delivery;
    int found = db_one(tx, &Q_AUDIT_DELIVERY_NEXT, arena, &delivery, err,
                       (int64_t)AUDIT_DELIVERY_WAITS, now_ms);
    if (found <= 0)
        return found;
    int64_t next_ms = now_ms + audit_delivery_pause_ms(delivery.tries);
    int64_t rows = db_exec(tx, &Q_AUDIT_DELIVERY_TAKE, err, delivery.id, delivery.tries, next_ms,
                           (int64_t)AUDIT_DELIVERY_WAITS);
    if (rows <= 0)
        return rows < 0 ? -1 : 0;
    *out = delivery;
    return 1;
}

int audit_delivery_end(struct db_tx *tx, int64_t id, int state, struct err *err)
{
    return db_exec(tx, &Q_AUDIT_DELIVERY_END, err, id, (int64_t)state) < 0 ? -1 : 0;
}
