/* SPDX-License-Identifier: Apache-2.0 */
/* Audit logs of a user, an organization, a repository and the whole registry: pages of twenty
 * entries, newest first, and counts by day. */
#include "api.h"
#include "codec/jw.h"
#include "log_query.h"
#include "page_token.h"
#include "view.h"

enum { PAGE = 20, BODY_MAX = 4 * 1024 * 1024 };

/* Beyond a month Quay refuses to count. */
static const int64_t COUNTED_MS_MAX = INT64_C(35) * 24 * 3600 * 1000;

struct position {
    struct audit_cursor cursor;
    int64_t page; /* from 1 */
};

static bool take_number(struct str *rest, int64_t *out)
{
    struct str field;
    uint64_t number;
    if (!str_cut(rest, ' ', &field) || !str_to_u64(field, INT64_MAX, &number))
        return false;
    *out = (int64_t)number;
    return true;
}

/* A token says for which days it was made, as clients need not say it again. */
static struct position find_position(struct call *call, struct audit_filter *io)
{
    const struct log_query *query = call->query;
    struct position at = {.page = 1}, found;
    struct audit_filter filter = *io;
    const char *text = page_token_read(call, query->next_page);
    struct str rest = str_of(text);
    if (!text || !take_number(&rest, &found.cursor.at_ms) ||
        !take_number(&rest, &found.cursor.id) || !take_number(&rest, &found.page) ||
        !take_number(&rest, &filter.start_ms) || !take_number(&rest, &filter.end_ms))
        return at;
    *io = filter;
    return found;
}

static const char *next_token(struct call *call, const struct audit_filter *filter,
                              const struct audit_record *last, int64_t page)
{
    return page_token_make(call, arena_printf(call->arena, "%lld %lld %lld %lld %lld",
                                              (long long)last->at_ms, (long long)last->id,
                                              (long long)page + 1, (long long)filter->start_ms,
                                              (long long)filter->end_ms));
}

static void write_performer(struct jw *w, const struct audit_record *record)
{
    const char *name = record->performer_name;
    if (!record->performer_id)
        return;
    jw_key(w, "performer");
    jw_begin_object(w);
    jw_member_text(w, "kind", "user");
    jw_member_text(w, "name", name ? name : "(deleted)");
    jw_member_bool(w, "is_robot", record->performer_kind == ACCOUNT_ROBOT);
    view_avatar(w, "avatar", name ? name : "(deleted)", record->performer_email,
                view_account_kind(record->performer_kind));
    jw_end_object(w);
}

static void write_namespace(struct jw *w, const struct audit_record *record)
{
    if (!record->namespace_name)
        return;
    const char *kind = view_account_kind(record->namespace_kind);
    jw_key(w, "namespace");
    jw_begin_object(w);
    jw_member_text(w, "kind", kind);
    jw_member_text(w, "name", record->namespace_name);
    view_avatar(w, "avatar", record->namespace_name, record->namespace_email, kind);
    jw_end_object(w);
}

static void write_record(struct jw *w, const struct audit_record *record, bool with_namespace)
{
    jw_begin_object(w);
    jw_member_text(w, "kind", audit_kind_name(record->kind));
    jw_key(w, "metadata");
    jw_raw(w, str_of(record->metadata));
    jw_member_text(w, "ip", record->ip);
    view_date(w, "datetime", record->at_ms);
    write_performer(w, record);
    if (with_namespace)
        write_namespace(w, record);
    jw_end_object(w);
}

static int reply_page(struct call *call, const struct audit_filter *filter, int64_t page,
                      const struct list *list, struct err *err)
{
    const struct audit_record *records = list->items;
    size_t shown = size_min(list->count, PAGE);
    int64_t last_page = call->rules->audit.page_max;
    bool more = list->count > PAGE && (last_page == 0 || page < last_page);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    view_date(&w, "start_time", filter->start_ms);
    view_date(&w, "end_time", filter->end_ms);
    jw_key(&w, "logs");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        write_record(&w, &records[i], call->route->right == RIGHT_SUPERUSER);
    jw_end_array(&w);
    if (more)
        jw_member_text(&w, "next_page", next_token(call, filter, &records[PAGE - 1], page));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int read_page(struct call *call, const struct audit_filter *filter,
                     const struct audit_cursor *cursor, struct list *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(call->service->db, DB_READ, &tx, err) != 0
               ? -1
               : audit_log_page(tx, call->arena, filter, cursor, PAGE + 1, out, err);
}

static int logs_get(struct call *call, struct err *err)
{
    struct audit_filter filter;
    struct list list = {0};
    log_query_settle(call);
    int found = log_query_filter(call, &filter, err);
    if (found < 0)
        return -1;
    struct position at = find_position(call, &filter);
    if (found > 0 && read_page(call, &filter, &at.cursor, &list, err) != 0)
        return -1;
    return reply_page(call, &filter, at.page, &list, err);
}

static int read_counts(struct call *call, const struct audit_filter *filter, struct list *out,
                       struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(call->service->db, DB_READ, &tx, err) != 0
               ? -1
               : audit_log_counts(tx, call->arena, filter, out, err);
}

static int counts_get(struct call *call, struct err *err)
{
    struct audit_filter filter;
    struct list list = {0};
    log_query_settle(call);
    int found = log_query_filter(call, &filter, err);
    if (found < 0)
        return -1;
    if (filter.end_ms - filter.start_ms > COUNTED_MS_MAX)
        return err_set(err, ERR_INVALID, "starttime, endtime: more than a month is not counted");
    if (found > 0 && read_counts(call, &filter, &list, err) != 0)
        return -1;
    const struct audit_count *counts = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "aggregated");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++) {
        jw_begin_object(&w);
        jw_member_text(&w, "kind", audit_kind_name(counts[i].kind));
        jw_member_int(&w, "count", counts[i].number);
        view_date(&w, "datetime", counts[i].day_ms);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

#define LIST                                                                                       \
    .auth = ROUTE_API, .errors = ERRORS_API, .query = &log_query_schema, .handler = logs_get
#define COUNT                                                                                      \
    .auth = ROUTE_API, .errors = ERRORS_API, .query = &log_query_schema, .handler = counts_get
#define OF_ORG .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER
#define OF_REPOSITORY                                                                              \
    .right = RIGHT_REPO_ADMIN, .find_repository = true,                                            \
    .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER
#define OF_ALL .right = RIGHT_SUPERUSER, .flags = ROUTE_READONLY_SUPERUSER | ROUTE_FRESH_LOGIN

static const struct route logs_routes[] = {
    {METHOD_GET, "/api/v1/user/logs", "listUserLogs", "List the audit log of the caller.", LIST,
     .right = RIGHT_USER_ADMIN},
    {METHOD_GET, "/api/v1/organization/{orgname}/logs", "listOrgLogs",
     "List the audit log of an organization.", LIST, OF_ORG},
    {METHOD_GET, "/api/v1/repository/{repository+}/logs", "listRepoLogs",
     "List the audit log of a repository.", LIST, OF_REPOSITORY},
    {METHOD_GET, "/api/v1/superuser/logs", "listAllLogs", "List the audit log of the registry.",
     LIST, OF_ALL, .feature = FEATURE_SUPER_USERS},
    {METHOD_GET, "/api/v1/user/aggregatelogs", "getAggregateUserLogs",
     "Count the caller's audit entries by day.", COUNT, .right = RIGHT_USER_ADMIN,
     .feature = FEATURE_AGGREGATED_LOGS},
    {METHOD_GET, "/api/v1/organization/{orgname}/aggregatelogs", "getAggregateOrgLogs",
     "Count an organization's audit entries by day.", COUNT, OF_ORG,
     .feature = FEATURE_AGGREGATED_LOGS},
    {METHOD_GET, "/api/v1/repository/{repository+}/aggregatelogs", "getAggregateRepoLogs",
     "Count a repository's audit entries by day.", COUNT, OF_REPOSITORY,
     .feature = FEATURE_AGGREGATED_LOGS},
    {METHOD_GET, "/api/v1/superuser/aggregatelogs", "listAllAggregateLogs",
     "Count the registry's audit entries by day.", COUNT, OF_ALL, .feature = FEATURE_SUPER_USERS},
};
const struct route_table api_logs_table = ROUTES(logs_routes);
