/* SPDX-License-Identifier: Apache-2.0 */
/* Audit entries of commands. */
#include "app/audited.h"

#include "base/clock.h"
#include "codec/jw.h"

int audited_write(struct db_tx *tx, struct arena *arena, enum audit_kind kind, int64_t namespace_id,
                  struct err *err, ...)
{
    enum { METADATA_MAX = 16 * 1024 };
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    va_list pairs;
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    va_start(pairs, err);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *))
        jw_member_text(&w, key, va_arg(pairs, const char *));
    va_end(pairs);
    jw_end_object(&w);
    if (!buf_ok(&metadata))
        return err_set(err, ERR_TOO_LARGE, "this is too much text for the audit log");
    struct audit_entry entry = {
        .kind = kind,
        .namespace_id = namespace_id,
        .metadata = arena_text(arena, buf_str(&metadata)),
    };
    return audit_write(tx, &entry, clock_wall_ms(), err);
}
