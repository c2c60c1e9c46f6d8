/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the operator. */
#include "message.h"

#include "base/rand.h"
#include "domain/message_sql.h"

int message_list(struct db_tx *tx, struct arena *arena, struct list *out, struct err *err)
{
    return db_list(tx, &Q_MESSAGE_LIST, arena, out, err, (int64_t)MESSAGES_MAX);
}

int message_create(struct db_tx *tx, struct arena *arena, const struct message *in, struct err *err)
{
    struct list list = {0};
    char uuid[UUID_SIZE];
    if (message_list(tx, arena, &list, err) != 0)
        return -1;
    if (list.count == MESSAGES_MAX)
        return err_set(err, ERR_LIMIT, "there are %d messages already", MESSAGES_MAX);
    rand_uuid(uuid);
    int64_t id = db_insert(tx, &Q_MESSAGE_INSERT, err, uuid, in->content, in->severity,
                           in->media_type);
    return id < 0 ? -1 : 0;
}

int message_delete(struct db_tx *tx, const char *uuid, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_MESSAGE_DELETE, err, uuid);
    return rows < 0 ? -1 : rows > 0;
}
