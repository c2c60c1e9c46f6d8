/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the operator: everybody reads them, superusers write them. */
#include "domain/message.h"

#include "api.h"
#include "codec/jw.h"
#include "people.h"

struct message_body {
    struct message message;
};

static const char *const severities[] = {"info", "warning", "error", NULL};
static const char *const media_types[] = {"text/plain", "text/markdown", NULL};

static const struct field message_fields[] = {
    F_TEXT(struct message, content, "content", FIELD_REQUIRED, .max = MESSAGE_CONTENT_MAX),
    F_TEXT(struct message, severity, "severity", FIELD_REQUIRED, .values = severities),
    F_TEXT(struct message, media_type, "media_type", FIELD_REQUIRED, .values = media_types),
};
static const struct schema message_schema = SCHEMA(struct message, message_fields);

static const struct field body_fields[] = {
    F_OBJECT(struct message_body, message, "message", FIELD_REQUIRED, &message_schema),
};
static const struct schema body_schema = SCHEMA(struct message_body, body_fields);

static int messages_get(struct call *call, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        message_list(tx, call->arena, &list, err) != 0)
        return -1;
    const struct message *messages = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, (size_t)8 * MESSAGES_MAX * MESSAGE_CONTENT_MAX);
    jw_begin_object(&w);
    jw_key(&w, "messages");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++) {
        jw_begin_object(&w);
        jw_member_text(&w, "uuid", messages[i].uuid);
        jw_member_text(&w, "content", messages[i].content);
        jw_member_text(&w, "severity", messages[i].severity);
        jw_member_text(&w, "media_type", messages[i].media_type);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int messages_post(struct call *call, struct err *err)
{
    const struct message_body *body = call->body;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        message_create(tx, call->arena, &body->message, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 201);
    return 0;
}

static int message_remove(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int done = message_delete(tx, call_value(call, "uuid"), err);
    if (done == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return done < 0 ? -1 : people_finish(call, &tx, err);
}

static const struct route message_routes[] = {
    {METHOD_GET, "/api/v1/messages", "getGlobalMessages", "List the messages of the operator.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS, .handler = messages_get},
    {METHOD_POST, "/api/v1/messages", "createGlobalMessage", "Show a message on every page.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER, .flags = ROUTE_FRESH_LOGIN,
     .feature = FEATURE_SUPER_USERS, .body = &body_schema, .handler = messages_post},
    {METHOD_DELETE, "/api/v1/message/{uuid}", "deleteGlobalMessage", "Take a message back.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER, .flags = ROUTE_FRESH_LOGIN,
     .feature = FEATURE_SUPER_USERS, .handler = message_remove},
};
const struct route_table api_message_table = ROUTES(message_routes);
