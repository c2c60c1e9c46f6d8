/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations into teams. */
#include "team_invite.h"

#include "base/rand.h"
#include "domain/team_invite_sql.h"

int team_invite_put(struct db_tx *tx, struct arena *arena, const struct team_invite *in,
                    int64_t inviter_id, int64_t now_ms, const char **code_out, struct err *err)
{
    struct team_invite_code_row row;
    char code[TEAM_INVITE_CODE_LEN + 1];
    const char *address = in->account_id ? NULL : in->email;
    int there = db_one(tx, &Q_TEAM_INVITE_CODE, arena, &row, err, in->team_id, in->account_id,
                       address);
    if (there < 0)
        return -1;
    rand_token(code, TEAM_INVITE_CODE_LEN);
    if (!there && db_insert(tx, &Q_TEAM_INVITE_INSERT, err, code, in->team_id, inviter_id,
                            in->account_id ? &in->account_id : NULL, address, now_ms) < 0)
        return -1;
    *code_out = there ? row.code : arena_strdup(arena, code);
    return 0;
}

int team_invite_find(struct db_tx *tx, struct arena *arena, const char *code,
                     struct team_invite *out, struct err *err)
{
    if (strlen(code) != TEAM_INVITE_CODE_LEN)
        return 0;
    return db_one(tx, &Q_TEAM_INVITE_FIND, arena, out, err, code);
}

int team_invite_list(struct db_tx *tx, struct arena *arena, int64_t team_id, struct list *out,
                     struct err *err)
{
    return db_list_whole(tx, &Q_TEAM_INVITE_LIST, arena, out, err, team_id, DB_WHOLE_LIMIT);
}

int team_invite_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_TEAM_INVITE_DELETE, err, id) < 0 ? -1 : 0;
}

int team_invite_cancel(struct db_tx *tx, int64_t team_id, int64_t account_id, const char *email,
                       struct err *err)
{
    int64_t rows = db_exec(tx, &Q_TEAM_INVITE_CANCEL, err, team_id, account_id, email);
    return rows < 0 ? -1 : rows > 0;
}
