/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on messages. */
#include "message_sql.h"

#include "domain/message.h"

static const struct field message_fields[] = {
    F_INT(struct message, id, "id", 0),
    F_TEXT(struct message, uuid, "uuid", 0),
    F_TEXT(struct message, content, "content", 0),
    F_TEXT(struct message, severity, "severity", 0),
    F_TEXT(struct message, media_type, "media_type", 0),
};
static const struct schema message_row = SCHEMA(struct message, message_fields);

const struct query Q_MESSAGE_LIST = {
    .sql = "SELECT id, uuid, content, severity, media_type FROM message ORDER BY id LIMIT $1",
    .params = "i",
    .row = &message_row,
    .scan_ok = true, /* a handful, and there are never more than the limit */
};

const struct query Q_MESSAGE_INSERT = {
    .sql = "INSERT INTO message (uuid, content, severity, media_type) VALUES ($1, $2, $3, $4)",
    .params = "tttt",
};

const struct query Q_MESSAGE_DELETE = {
    .sql = "DELETE FROM message WHERE uuid = $1",
    .params = "t",
};

const struct query *const message_queries[] = {
    &Q_MESSAGE_LIST,
    &Q_MESSAGE_INSERT,
    &Q_MESSAGE_DELETE,
    NULL,
};
