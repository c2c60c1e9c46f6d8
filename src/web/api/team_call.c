/* SPDX-License-Identifier: Apache-2.0 */
/* What the routes of teams share. */
#include "team_call.h"

#include "view.h"

int team_call_find(struct call *call, struct db_tx *tx, struct team *out, struct err *err)
{
    return team_find(tx, call->arena, call->space.id, call_value(call, "teamname"), out, err);
}

int team_call_get(struct call *call, struct db_tx *tx, struct team *out, struct err *err)
{
    int found = team_call_find(call, tx, out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return found < 0 ? -1 : 0;
}

void team_call_write_member(struct jw *w, const struct team_member *member, bool invited)
{
    jw_begin_object(w);
    if (member->name) {
        jw_member_text(w, "name", member->name);
        jw_member_text(w, "kind", "user");
        jw_member_bool(w, "is_robot", member->kind == ACCOUNT_ROBOT);
        view_avatar(w, "avatar", member->name, member->email, view_account_kind(member->kind));
    } else {
        jw_member_text(w, "email", member->email);
        jw_member_text(w, "kind", "invite");
        view_avatar(w, "avatar", member->email, member->email, "user");
    }
    jw_member_bool(w, "invited", invited);
    jw_end_object(w);
}

const char *team_call_notice(struct arena *arena, const char *code, const char *inviter,
                             const char *organization, const char *team)
{
    enum { NOTICE_MAX = 4096 };
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, NOTICE_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "code", code);
    jw_member_text(&w, "inviter", inviter);
    jw_member_text(&w, "org", organization);
    jw_member_text(&w, "team", team);
    jw_end_object(&w);
    return arena_text(arena, buf_str(&text));
}
