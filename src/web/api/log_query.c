/* SPDX-License-Identifier: Apache-2.0 */
/* Days and performers of log queries. */
#include "log_query.h"

#include <time.h>

#include "domain/activity.h"

static const struct field log_query_fields[] = {
    F_TEXT(struct log_query, starttime, "starttime", 0, .max = 64),
    F_TEXT(struct log_query, endtime, "endtime", 0, .max = 64),
    F_TEXT(struct log_query, performer, "performer", 0, .max = ACCOUNT_NAME_MAX),
    F_TEXT(struct log_query, next_page, "next_page", 0, .max = 4096),
};
const struct schema log_query_schema = SCHEMA(struct log_query, log_query_fields);

/* A number of a date, up to `sep` or the end. */
static bool parse_number(struct str *rest, char sep, uint64_t max, int *out)
{
    struct str field;
    uint64_t number;
    if (!str_cut(rest, sep, &field) || !str_to_u64(field, max, &number))
        return false;
    *out = (int)number;
    return true;
}

static bool parse_day(const char *text, int64_t *out)
{
    enum { YEAR_MIN = 1970, YEAR_MAX = 9999 };
    struct str rest = str_of(text);
    struct tm day = {0};
    int month, year;
    if (!text || !parse_number(&rest, '/', 12, &month) ||
        !parse_number(&rest, '/', 31, &day.tm_mday) || !parse_number(&rest, '/', YEAR_MAX, &year) ||
        rest.ptr || year < YEAR_MIN)
        return false;
    day.tm_mon = month - 1;
    day.tm_year = year - 1900;
    int wanted = day.tm_mday;
    int64_t ms = (int64_t)timegm(&day) * 1000;
    if (day.tm_mon != month - 1 || day.tm_mday != wanted)
        return false;
    *out = ms;
    return true;
}

static int find_performer(struct call *call, const char *name, int64_t *out, struct err *err)
{
    struct account performer;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = account_find_by_name(tx, call->arena, name, &performer, err);
    if (found > 0)
        *out = performer.id;
    return found;
}

int log_query_filter(struct call *call, struct audit_filter *out, struct err *err)
{
    const struct log_query *query = call->query;
    bool all = call->route->right == RIGHT_SUPERUSER;
    bool own = !call->name.full && !call_value(call, "orgname") && !all;
    struct audit_filter filter = {
        .namespace_id = all ? 0 : call->space.id,
        .repository_id = call->repository.id,
        .no_service_keys = own,
        .start_ms = call->now_ms - ACTIVITY_DAY_MS,
        .end_ms = call->now_ms,
    };
    (void)parse_day(query->starttime, &filter.start_ms);
    (void)parse_day(query->endtime, &filter.end_ms);
    if (filter.end_ms < filter.start_ms)
        filter.end_ms = filter.start_ms;
    filter.end_ms += ACTIVITY_DAY_MS;
    int found = 1;
    if (query->performer && filter.namespace_id && !filter.repository_id)
        found = find_performer(call, query->performer, &filter.performer_id, err);
    *out = filter;
    return found;
}

void log_query_settle(const struct call *call)
{
    struct err ignored; /* the thread that writes them regularly tells of it */
    if (call->service->audit && !call->rules->read_only)
        (void)audit_queue_flush(call->service->audit, call->service->db, &ignored);
}
