/* SPDX-License-Identifier: Apache-2.0 */
/* What the signed-in user has been told, and what he has read of it. */
#include "api.h"
#include "domain/notification.h"
#include "view.h"

enum { LIMIT_DEFAULT = 5, PAGE_MAX = 10000 };

struct notification_query {
    int64_t page; /* from 0 */
    int64_t limit;
};

static const struct field query_fields[] = {
    F_INT(struct notification_query, page, "page", 0, .min = 0, .max = PAGE_MAX),
    F_INT(struct notification_query, limit, "limit", 0, .min = 0, .max = NOTIFICATION_PAGE_MAX - 1),
};
static const struct schema query_schema = SCHEMA(struct notification_query, query_fields);

struct dismiss_body {
    bool dismissed;
};

static const struct field dismiss_fields[] = {
    F_BOOL(struct dismiss_body, dismissed, "dismissed", 0),
};
static const struct schema dismiss_schema = SCHEMA(struct dismiss_body, dismiss_fields);

static void write_notification(struct jw *w, const struct notification *notification)
{
    jw_begin_object(w);
    jw_member_text(w, "id", notification->uuid);
    jw_member_text(w, "organization", notification->organization);
    jw_member_text(w, "kind", notification->kind);
    view_date(w, "created", notification->created_ms);
    jw_key(w, "metadata");
    jw_raw(w, str_of(notification->metadata));
    jw_member_bool(w, "dismissed", notification->dismissed);
    jw_end_object(w);
}

static int reply_list(struct call *call, const struct list *list, size_t limit, struct err *err)
{
    enum { BODY_MAX = 8 * 1024 * 1024 };
    const struct notification *all = list->items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "notifications");
    jw_begin_array(&w);
    for (size_t i = 0; i < size_min(list->count, limit); i++)
        write_notification(&w, &all[i]);
    jw_end_array(&w);
    jw_member_bool(&w, "additional", list->count > limit);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int list_get(struct call *call, struct err *err)
{
    const struct notification_query *query = call->query;
    int64_t limit = query->limit ? query->limit : LIMIT_DEFAULT;
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        notification_list(tx, call->arena, call->account.id, query->page * limit, limit + 1, &list,
                          err) != 0)
        return -1;
    return reply_list(call, &list, (size_t)limit, err);
}

static int find(struct call *call, struct db_tx *tx, struct notification *out, struct err *err)
{
    const char *uuid = call_value(call, "uuid");
    int found = notification_find(tx, call->arena, call->account.id, uuid, out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return found < 0 ? -1 : 0;
}

static int reply_one(struct call *call, const struct notification *notification, struct err *err)
{
    enum { BODY_MAX = 128 * 1024 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    write_notification(&w, notification);
    return call_reply_json(call, 200, &body, err);
}

static int notification_get(struct call *call, struct err *err)
{
    struct notification notification = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        find(call, tx, &notification, err) != 0)
        return -1;
    return reply_one(call, &notification, err);
}

static int notification_put(struct call *call, struct err *err)
{
    const struct dismiss_body *body = call->body;
    struct notification notification = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &notification, err) != 0)
        return -1;
    if (call_has(call, "dismissed")) {
        notification.dismissed = body->dismissed;
        if (notification_set_dismissed(tx, notification.id, body->dismissed, err) != 0 ||
            db_commit(&tx, err) != 0)
            return -1;
    }
    return reply_one(call, &notification, err);
}

static const struct route notification_routes[] = {
    {METHOD_GET, "/api/v1/user/notifications", "listUserNotifications",
     "List what the user has not dismissed.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .query = &query_schema, .handler = list_get},
    {METHOD_GET, "/api/v1/user/notifications/{uuid}", "getUserNotification", "Get a notification.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .handler = notification_get},
    {METHOD_PUT, "/api/v1/user/notifications/{uuid}", "updateUserNotification",
     "Dismiss a notification, or take that back.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .body = &dismiss_schema, .handler = notification_put},
};
const struct route_table api_user_notification_table = ROUTES(notification_routes);
