/* SPDX-License-Identifier: Apache-2.0 */
/* Accepting and declining an invitation into a team. The code is enough: who has it was told by
 * mail or on the web pages. An invitation of one user is nobody else's to accept, nor is one that
 * went to an address that is not, as confirmed, the caller's: mails are passed on. */
#include "domain/team_invite.h"
#include "api.h"
#include "codec/jw.h"
#include "domain/notification.h"
#include "people.h"
#include "team_call.h"

static bool is_for(const struct team_invite *invite, const struct account *who)
{
    if (invite->account_id)
        return invite->account_id == who->id;
    return who->verified && who->email && invite->email &&
           str_eq_case(str_of(who->email), str_of(invite->email));
}

/* The invitation, as the caller may see it; the organization becomes call->space. */
static int find(struct call *call, struct db_tx *tx, struct team_invite *out, struct err *err)
{
    int found = team_invite_find(tx, call->arena, call_value(call, "code"), out, err);
    if (found == 0 || (found > 0 && !is_for(out, &call->account)))
        return err_set(err, ERR_INVALID, "there is no invitation with this code for you");
    if (found < 0)
        return -1;
    found = account_find_by_id(tx, call->arena, out->organization_id, &call->space, err);
    return found > 0 ? 0 : err_set(err, ERR_INVALID, "the organization is gone");
}

static int settle(struct call *call, struct db_tx *tx, const struct team_invite *invite,
                  enum audit_kind kind, struct err *err)
{
    const char *notice = team_call_notice(call->arena, invite->code, invite->inviter,
                                          invite->organization, invite->team);
    if (team_invite_delete(tx, invite->id, err) != 0 ||
        notification_retract(tx, call->account.id, "org_team_invite", notice, err) != 0)
        return -1;
    return call_audit(call, tx, err, kind, "member", call->account.name, "team", invite->team,
                      "inviter", invite->inviter, NULL);
}

static int accept_put(struct call *call, struct err *err)
{
    enum { BODY_MAX = 2048 };
    struct team_invite invite;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &invite, err) != 0 ||
        team_add_member(tx, invite.team_id, call->account.id, err) < 0 ||
        settle(call, tx, &invite, AUDIT_ORG_TEAM_MEMBER_INVITE_ACCEPTED, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "org", invite.organization);
    jw_member_text(&w, "team", invite.team);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int decline_delete(struct call *call, struct err *err)
{
    struct team_invite invite;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &invite, err) != 0 ||
        settle(call, tx, &invite, AUDIT_ORG_TEAM_MEMBER_INVITE_DECLINED, err) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route team_invite_routes[] = {
    {METHOD_PUT, "/api/v1/teaminvite/{code}", "acceptOrganizationTeamInvite",
     "Accept an invitation into a team.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_SECRET_PATH, .feature = FEATURE_MAILING,
     .handler = accept_put},
    {METHOD_DELETE, "/api/v1/teaminvite/{code}", "declineOrganizationTeamInvite",
     "Decline an invitation into a team.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .flags = ROUTE_SECRET_PATH, .feature = FEATURE_MAILING,
     .handler = decline_delete},
};
const struct route_table api_team_invite_table = ROUTES(team_invite_routes);
