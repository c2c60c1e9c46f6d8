/* SPDX-License-Identifier: Apache-2.0 */
/* Assignments of tokens. */
#include "oauth_assignment.h"

#include "base/rand.h"
#include "domain/oauth_assignment_sql.h"

int oauth_assignment_create(struct db_tx *tx, int64_t account_id, const struct oauth_assignment *in,
                            struct err *err)
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    return db_insert(tx, &Q_OAUTH_ASSIGNMENT_INSERT, err, uuid, in->application_id, account_id,
                     in->redirect_uri, in->scope, in->response_type) < 0
               ? -1
               : 0;
}

int oauth_assignment_find(struct db_tx *tx, struct arena *arena, int64_t account_id,
                          const char *uuid, struct oauth_assignment *out, struct err *err)
{
    return db_one(tx, &Q_OAUTH_ASSIGNMENT_FIND, arena, out, err, account_id, uuid);
}

int oauth_assignment_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t after,
                          int64_t limit, struct list *out, struct err *err)
{
    if (limit < 1 || limit > OAUTH_ASSIGNMENT_PAGE_MAX)
        limit = OAUTH_ASSIGNMENT_PAGE_MAX;
    return db_list(tx, &Q_OAUTH_ASSIGNMENT_PAGE, arena, out, err, account_id, after, limit);
}

int oauth_assignment_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_OAUTH_ASSIGNMENT_DELETE, err, id);
    return rows < 0 ? -1 : rows > 0;
}
