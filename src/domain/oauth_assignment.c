/* SPDX-License-Identifier: Apache-2.0 */
/* Assignments of tokens. */
#include "oauth_assignment.h"

#include "base/rand.h"
#include "codec/jw.h"
#include "domain/notification.h"
#include "domain/oauth_assignment_sql.h"

static const char notice_kind[] = "assigned_authorization";

/* What the notification says: the same text when it is taken back. */
static const char *notice(struct arena *arena, const struct oauth_assignment *assignment)
{
    enum { NOTICE_MAX = 4096 };
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, NOTICE_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "username", assignment->organization);
    jw_member_text(&w, "client_id", assignment->client_id);
    jw_end_object(&w);
    return arena_text(arena, buf_str(&text));
}

int oauth_assignment_create(struct db_tx *tx, struct arena *arena, int64_t account_id,
                            const struct oauth_assignment *in, int64_t now_ms, struct err *err)
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    if (db_insert(tx, &Q_OAUTH_ASSIGNMENT_INSERT, err, uuid, in->application_id, account_id,
                  in->redirect_uri, in->scope, in->response_type) < 0)
        return -1;
    return notification_create(tx, account_id, notice_kind, notice(arena, in), now_ms, err);
}

int oauth_assignment_find(struct db_tx *tx, struct arena *arena, int64_t account_id,
                          const char *uuid, struct oauth_assignment *out, struct err *err)
{
    return db_one(tx, &Q_OAUTH_ASSIGNMENT_FIND, arena, out, err, account_id, uuid);
}

int oauth_assignment_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t after,
                          int64_t limit, struct list *out, struct err *err)
{
    if (limit < 1 || limit > DB_WHOLE_MAX)
        limit = DB_WHOLE_LIMIT;
    return db_list_whole(tx, &Q_OAUTH_ASSIGNMENT_PAGE, arena, out, err, account_id, after, limit);
}

int oauth_assignment_delete(struct db_tx *tx, struct arena *arena, int64_t account_id,
                            const struct oauth_assignment *assignment, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_OAUTH_ASSIGNMENT_DELETE, err, assignment->id);
    if (rows <= 0)
        return rows < 0 ? -1 : 0;
    return notification_retract(tx, account_id, notice_kind, notice(arena, assignment), err) != 0
               ? -1
               : 1;
}
