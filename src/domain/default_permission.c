/* SPDX-License-Identifier: Apache-2.0 */
/* Default permissions. */
#include "default_permission.h"

#include "base/rand.h"
#include "domain/default_permission_sql.h"

int default_permission_list(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                            struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_DEFAULT_PERMISSION_LIST, arena, out, err, organization_id,
                         DB_WHOLE_LIMIT);
}

int default_permission_find(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                            const char *uuid, struct default_permission *out, struct err *err)
{
    return db_one(tx, &Q_DEFAULT_PERMISSION_FIND, arena, out, err, organization_id, uuid);
}

/* 0 is stored as NULL. */
static const int64_t *or_null(const int64_t *id)
{
    return *id ? id : NULL;
}

int default_permission_create(struct db_tx *tx, struct arena *arena,
                              const struct default_permission_new *in, const char **uuid_out,
                              struct err *err)
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    if (db_insert(tx, &Q_DEFAULT_PERMISSION_INSERT, err, uuid, in->organization_id,
                  or_null(&in->creator_id), or_null(&in->account_id), or_null(&in->team_id),
                  in->role) < 0)
        return -1;
    *uuid_out = arena_strdup(arena, uuid);
    return 0;
}

int default_permission_set_role(struct db_tx *tx, int64_t id, int64_t role, struct err *err)
{
    return db_exec(tx, &Q_DEFAULT_PERMISSION_SET_ROLE, err, id, role) < 0 ? -1 : 0;
}

int default_permission_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_DEFAULT_PERMISSION_DELETE, err, id) < 0 ? -1 : 0;
}

int default_permission_apply(struct db_tx *tx, int64_t repository_id, int64_t creator_id,
                             struct err *err)
{
    if (db_exec(tx, &Q_DEFAULT_PERMISSION_APPLY_ACCOUNTS, err, repository_id, creator_id) < 0)
        return -1;
    return db_exec(tx, &Q_DEFAULT_PERMISSION_APPLY_TEAMS, err, repository_id, creator_id) < 0 ? -1
                                                                                              : 0;
}
