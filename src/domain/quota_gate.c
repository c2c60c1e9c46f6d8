/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas before pushes. */
#include "quota_gate.h"

#include "codec/jw.h"
#include "domain/notification.h"
#include "domain/quota_sql.h"
#include "domain/usage.h"

static enum quota_kind judge(const struct quota *quota, int64_t used)
{
    const struct quota_limit *limits = quota->limits.items;
    int64_t worst = QUOTA_NOTHING;
    for (size_t i = 0; i < quota->limits.count; i++) {
        if (used >= quota_part(quota->limit_bytes, limits[i].percent) && limits[i].kind > worst)
            worst = limits[i].kind;
    }
    return (enum quota_kind)worst;
}

int quota_gate_check(struct db_tx *tx, struct arena *arena, struct quota_gate *gate,
                     struct err *err)
{
    struct quota quota = {0};
    gate->reached = QUOTA_NOTHING;
    int found = quota_find(tx, arena, gate->namespace_id, &quota, err);
    if (found < 0)
        return -1;
    if (found == 0 ? gate->system_bytes == 0 : quota.limits.count == 0)
        return 0; /* nothing to add up for */
    if (usage_now(tx, arena, gate->namespace_id, &gate->used, err) != 0)
        return -1;
    if (found)
        gate->reached = judge(&quota, gate->used);
    else if (gate->used >= gate->system_bytes)
        gate->reached = QUOTA_REJECT;
    return gate->reached == QUOTA_REJECT
               ? err_set(err, ERR_DENIED, "Quota has been exceeded on namespace")
               : 0;
}

static const char *metadata(struct arena *arena, const struct quota_gate *gate,
                            const char *namespace_name)
{
    enum { TEXT_MAX = 2048 };
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, TEXT_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "namespace", namespace_name);
    if (gate->reached == QUOTA_REJECT)
        jw_member_text(&w, "severity", quota_kind_name(gate->reached));
    jw_end_object(&w);
    return arena_text(arena, buf_str(&text));
}

/* 1 told already, 0, -1. Most pushes beyond a limit end with this, and keep nobody waiting. */
static int was_told(struct db *db, const struct quota_gate *gate, const char *kind,
                    const char *text, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(db, DB_READ, &tx, err) != 0
               ? -1
               : notification_is_open(tx, gate->namespace_id, kind, text, err);
}

int quota_gate_tell(struct db *db, struct arena *arena, const struct quota_gate *gate,
                    const char *namespace_name, int64_t now_ms, struct err *err)
{
    int64_t id;
    const char *kind = gate->reached == QUOTA_REJECT ? "quota_error" : "quota_warning";
    if (gate->reached == QUOTA_NOTHING)
        return 0;
    const char *text = metadata(arena, gate, namespace_name);
    int told = was_told(db, gate, kind, text, err);
    if (told != 0)
        return told < 0 ? -1 : 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 ||
        db_one(tx, &Q_QUOTA_TELL_LOCK, arena, &id, err, gate->namespace_id) < 0)
        return -1;
    told = notification_is_open(tx, gate->namespace_id, kind, text, err);
    if (told != 0)
        return told < 0 ? -1 : 0;
    if (notification_create(tx, gate->namespace_id, kind, text, now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err);
}
