/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the audit log. Which statement it is depends on what is filtered by, as each has an index
 * of its own. */
#include "audit_log.h"

#include "base/clock.h"
#include "domain/account.h"
#include "domain/audit_sql.h"

/* No kind has these numbers. */
enum { HIDE_NONE = -1 };

static int64_t hidden_first(const struct audit_filter *filter)
{
    return filter->no_service_keys ? AUDIT_SERVICE_KEY_CREATE : HIDE_NONE;
}

static int64_t hidden_last(const struct audit_filter *filter)
{
    return filter->no_service_keys ? AUDIT_SERVICE_KEY_ROTATE : HIDE_NONE;
}

int audit_log_page(struct db_tx *tx, struct arena *arena, const struct audit_filter *filter,
                   const struct audit_cursor *cursor, int64_t limit, struct list *out,
                   struct err *err)
{
    bool first = cursor->id == 0;
    int64_t before_ms = first ? filter->end_ms - 1 : cursor->at_ms;
    int64_t before_id = first ? INT64_MAX : cursor->id;
    int64_t a = hidden_first(filter), b = hidden_last(filter);
    limit = limit > AUDIT_PAGE_MAX ? AUDIT_PAGE_MAX : limit;
    if (filter->repository_id)
        return db_list(tx, &Q_AUDIT_PAGE_OF_REPOSITORY, arena, out, err, filter->start_ms,
                       before_ms, before_id, a, b, limit, filter->repository_id);
    if (filter->namespace_id && filter->performer_id)
        return db_list(tx, &Q_AUDIT_PAGE_OF_PERFORMER, arena, out, err, filter->start_ms, before_ms,
                       before_id, a, b, limit, filter->namespace_id, filter->performer_id);
    if (filter->namespace_id)
        return db_list(tx, &Q_AUDIT_PAGE_OF_NAMESPACE, arena, out, err, filter->start_ms, before_ms,
                       before_id, a, b, limit, filter->namespace_id);
    return db_list(tx, &Q_AUDIT_PAGE, arena, out, err, filter->start_ms, before_ms, before_id, a, b,
                   limit);
}

int audit_log_forward(struct db_tx *tx, struct arena *arena, const struct audit_filter *filter,
                      const struct audit_cursor *cursor, int64_t limit, struct list *out,
                      struct err *err)
{
    int64_t after_ms = cursor->id == 0 ? filter->start_ms : cursor->at_ms;
    limit = limit > AUDIT_PAGE_MAX ? AUDIT_PAGE_MAX : limit;
    if (filter->repository_id)
        return db_list(tx, &Q_AUDIT_FORWARD_OF_REPOSITORY, arena, out, err, after_ms, cursor->id,
                       filter->end_ms, limit, filter->repository_id);
    if (filter->namespace_id)
        return db_list(tx, &Q_AUDIT_FORWARD_OF_NAMESPACE, arena, out, err, after_ms, cursor->id,
                       filter->end_ms, limit, filter->namespace_id);
    return db_list(tx, &Q_AUDIT_FORWARD, arena, out, err, after_ms, cursor->id, filter->end_ms,
                   limit);
}

int audit_log_counts(struct db_tx *tx, struct arena *arena, const struct audit_filter *filter,
                     struct list *out, struct err *err)
{
    int64_t a = hidden_first(filter), b = hidden_last(filter), most = AUDIT_COUNTS_MAX;
    if (filter->repository_id)
        return db_list(tx, &Q_AUDIT_COUNT_OF_REPOSITORY, arena, out, err, filter->start_ms,
                       filter->end_ms, a, b, most, filter->repository_id);
    if (filter->namespace_id && filter->performer_id)
        return db_list(tx, &Q_AUDIT_COUNT_OF_PERFORMER, arena, out, err, filter->start_ms,
                       filter->end_ms, a, b, most, filter->namespace_id, filter->performer_id);
    if (filter->namespace_id)
        return db_list(tx, &Q_AUDIT_COUNT_OF_NAMESPACE, arena, out, err, filter->start_ms,
                       filter->end_ms, a, b, most, filter->namespace_id);
    return db_list(tx, &Q_AUDIT_COUNT, arena, out, err, filter->start_ms, filter->end_ms, a, b,
                   most);
}

void audit_record_write(struct jw *w, const struct audit_record *record)
{
    char time[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339_ms(record->at_ms, time);
    jw_begin_object(w);
    jw_member_int(w, "id", record->id);
    jw_member_text(w, "datetime", time);
    jw_member_text(w, "kind", audit_kind_name(record->kind));
    jw_member_text(w, "namespace", record->namespace_name);
    jw_member_text(w, "repository", record->repository_name);
    jw_member_text(w, "performer", record->performer_name);
    jw_member_text(w, "ip", record->ip);
    jw_key(w, "metadata");
    jw_raw(w, str_of(record->metadata));
    jw_member_int(w, "times", record->times);
    jw_end_object(w);
}
