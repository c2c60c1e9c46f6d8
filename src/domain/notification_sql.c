/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on notifications. */
#include "notification_sql.h"

#include "domain/notification.h"

static const struct field notification_fields[] = {
    F_INT(struct notification, id, "id", 0),
    F_TEXT(struct notification, uuid, "uuid", 0),
    F_INT(struct notification, account_id, "account_id", 0),
    F_TEXT(struct notification, organization, "organization", FIELD_NULLABLE),
    F_TEXT(struct notification, kind, "kind", 0),
    F_TEXT(struct notification, metadata, "metadata", 0),
    F_BOOL(struct notification, dismissed, "dismissed", 0),
    F_INT(struct notification, created_ms, "created_ms", 0),
};
static const struct schema notification_row = SCHEMA(struct notification, notification_fields);

const struct query Q_NOTIFICATION_INSERT = {
    .sql = "INSERT INTO notification (uuid, account_id, kind, metadata, created_ms)"
           " VALUES ($1, $2, $3, $4, $5)",
    .params = "titti",
};

/* $1 the user: his own, and those of the organizations in which a team of admins has him. */
#define NOTIFICATIONS_OF                                                                           \
    "SELECT n.id AS id, n.uuid AS uuid, n.account_id AS account_id,"                               \
    " CASE WHEN a.kind = 2 THEN a.name ELSE NULL END AS organization, n.kind AS kind,"             \
    " n.metadata AS metadata, n.dismissed AS dismissed, n.created_ms AS created_ms"                \
    " FROM notification n JOIN account a ON a.id = n.account_id"                                   \
    " WHERE n.account_id IN (SELECT id FROM account WHERE id = $1 UNION"                           \
    " SELECT t.organization_id FROM team_member m JOIN team t ON t.id = m.team_id"                 \
    " WHERE m.account_id = $1 AND t.role = 3)"

const struct query Q_NOTIFICATION_LIST = {
    .sql = NOTIFICATIONS_OF " AND n.dismissed = 0 ORDER BY n.id DESC LIMIT $2 OFFSET $3",
    .params = "iii",
    .row = &notification_row,
};

const struct query Q_NOTIFICATION_FIND = {
    .sql = NOTIFICATIONS_OF " AND n.uuid = $2",
    .params = "it",
    .row = &notification_row,
};

const struct query Q_NOTIFICATION_DISMISS = {
    .sql = "UPDATE notification SET dismissed = $2 WHERE id = $1",
    .params = "ii",
};

const struct query Q_NOTIFICATION_RETRACT = {
    .sql = "DELETE FROM notification WHERE account_id = $1 AND kind = $2 AND metadata = $3",
    .params = "itt",
};

static const struct field id_fields[] = {F_INT(struct notification_id_row, id, "id", 0)};
static const struct schema id_row = SCHEMA(struct notification_id_row, id_fields);

const struct query Q_NOTIFICATION_OPEN = {
    .sql = "SELECT id FROM notification WHERE account_id = $1 AND kind = $2 AND metadata = $3"
           " AND dismissed = 0 LIMIT 1",
    .params = "itt",
    .row = &id_row,
};

const struct query *const notification_queries[] = {
    &Q_NOTIFICATION_OPEN,
    &Q_NOTIFICATION_INSERT,
    &Q_NOTIFICATION_LIST,
    &Q_NOTIFICATION_FIND,
    &Q_NOTIFICATION_DISMISS,
    &Q_NOTIFICATION_RETRACT,
    NULL,
};
