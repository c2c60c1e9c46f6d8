/* SPDX-License-Identifier: Apache-2.0 */
/* Teams. */
#include "team.h"

#include "domain/account.h"
#include "domain/team_sql.h"

const char team_owners_name[] = "owners";

int team_check_name(const char *name, struct err *err)
{
    return account_check_name(str_of(name), err) != 0 ? err_wrap(err, "team: ") : 0;
}

int team_find(struct db_tx *tx, struct arena *arena, int64_t organization_id, const char *name,
              struct team *out, struct err *err)
{
    if (strlen(name) > ACCOUNT_NAME_MAX)
        return 0;
    return db_one(tx, &Q_TEAM_FIND, arena, out, err, organization_id, name);
}

int team_list(struct db_tx *tx, struct arena *arena, int64_t organization_id, int64_t viewer_id,
              struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_TEAM_LIST, arena, out, err, organization_id, viewer_id,
                         DB_WHOLE_LIMIT);
}

int64_t team_create(struct db_tx *tx, const struct team *team, struct err *err)
{
    if (team_check_name(team->name, err) != 0)
        return -1;
    int64_t id = db_insert(tx, &Q_TEAM_INSERT, err, team->organization_id, team->name, team->role,
                           team->description ? team->description : "");
    if (id < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "the team %.200s exists already", team->name);
    return id;
}

int team_change(struct db_tx *tx, const struct team *team, struct err *err)
{
    return db_exec(tx, &Q_TEAM_UPDATE, err, team->id, team->role, team->description) < 0 ? -1 : 0;
}

int team_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    static const struct query *const steps[] = {
        &Q_TEAM_DELETE_MEMBERS,  &Q_TEAM_DELETE_INVITES, &Q_TEAM_DELETE_RIGHTS,
        &Q_TEAM_DELETE_DEFAULTS, &Q_TEAM_DELETE,
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (db_exec(tx, steps[i], err, id) < 0)
            return -1;
    }
    return 0;
}

int team_check_admin_left(struct db_tx *tx, int64_t organization_id, struct err *err)
{
    struct team_number_row row;
    struct arena none = {0}; /* a number takes no memory */
    int found = db_one(tx, &Q_TEAM_ADMIN_LEFT, &none, &row, err, organization_id);
    arena_done(&none);
    if (found < 0)
        return -1;
    return found ? 0
                 : err_set(err, ERR_INVALID,
                           "this would leave the organization without anybody to administer it");
}

int team_has_member(struct db_tx *tx, int64_t team_id, int64_t account_id, struct err *err)
{
    struct team_number_row row;
    struct arena none = {0};
    int found = db_one(tx, &Q_TEAM_MEMBER_FIND, &none, &row, err, team_id, account_id);
    arena_done(&none);
    return found;
}

int team_add_member(struct db_tx *tx, int64_t team_id, int64_t account_id, struct err *err)
{
    int there = team_has_member(tx, team_id, account_id, err);
    if (there != 0)
        return there < 0 ? -1 : 0;
    return db_exec(tx, &Q_TEAM_MEMBER_INSERT, err, team_id, account_id) < 0 ? -1 : 1;
}

int team_remove_member(struct db_tx *tx, int64_t team_id, int64_t account_id, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_TEAM_MEMBER_DELETE, err, team_id, account_id);
    return rows < 0 ? -1 : rows > 0;
}

int team_list_members(struct db_tx *tx, struct arena *arena, int64_t team_id, struct list *out,
                      struct err *err)
{
    return db_list_whole(tx, &Q_TEAM_MEMBERS, arena, out, err, team_id, DB_WHOLE_LIMIT);
}

int team_list_rights(struct db_tx *tx, struct arena *arena, int64_t team_id, struct list *out,
                     struct err *err)
{
    return db_list_whole(tx, &Q_TEAM_RIGHTS, arena, out, err, team_id, DB_WHOLE_LIMIT);
}
