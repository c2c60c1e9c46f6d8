/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a team, and who is invited into it. Where mail is sent, a user who does not belong
 * to the organization yet is invited and decides for himself; robots and members are put in. */
#include "api.h"
#include "auth/permission.h"
#include "codec/jw.h"
#include "domain/notification.h"
#include "domain/team_invite.h"
#include "people.h"
#include "team_call.h"
#include "view.h"
#include "web/letters.h"
#include "web/rights.h"

struct members_query {
    bool pending;
};

static const struct field members_fields[] = {
    F_BOOL(struct members_query, pending, "includePending", 0),
};
static const struct schema members_schema = SCHEMA(struct members_query, members_fields);

static bool may_edit(const struct call *call)
{
    return call->space_access & NAMESPACE_ADMIN || rights_full_access(call);
}

/* Members see their own teams; who administers or reads everything sees all. */
static int check_view(struct call *call, struct db_tx *tx, const struct team *team, struct err *err)
{
    if (may_edit(call) || call->identity->readonly_superuser)
        return 0;
    int member = team_has_member(tx, team->id, call->account.id, err);
    if (member == 0)
        return rights_refuse(call, err);
    return member < 0 ? -1 : 0;
}

static int reply_members(struct call *call, const struct team *team, const struct list *members,
                         const struct list *invites, struct err *err)
{
    const struct team_member *all = members->items;
    const struct team_invite *invited = invites->items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "name", team->name);
    jw_key(&w, "members");
    jw_begin_array(&w);
    for (size_t i = 0; i < members->count; i++)
        team_call_write_member(&w, &all[i], false);
    for (size_t i = 0; i < invites->count; i++) {
        struct team_member who = {invited[i].account, invited[i].email, ACCOUNT_USER};
        team_call_write_member(&w, &who, true);
    }
    jw_end_array(&w);
    jw_member_bool(&w, "can_edit", may_edit(call));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int members_get(struct call *call, struct err *err)
{
    const struct members_query *query = call->query;
    struct team team;
    struct list members = {0}, invites = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        team_call_get(call, tx, &team, err) != 0 || check_view(call, tx, &team, err) != 0 ||
        team_list_members(tx, call->arena, team.id, &members, err) != 0)
        return -1;
    if (query->pending && may_edit(call) &&
        team_invite_list(tx, call->arena, team.id, &invites, err) != 0)
        return -1;
    return reply_members(call, &team, &members, &invites, err);
}

static int reply_member(struct call *call, const struct team_member *member, bool invited,
                        struct err *err)
{
    enum { BODY_MAX = 8192 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    team_call_write_member(&w, member, invited);
    return call_reply_json(call, 200, &body, err);
}

/* Whether this account must be asked first: 1, 0, -1. */
static int must_invite(struct call *call, struct db_tx *tx, const struct account *who,
                       struct err *err)
{
    struct list teams = {0};
    if (who->kind == ACCOUNT_ROBOT || !call->rules->team_invites ||
        !call_feature(call, FEATURE_MAILING))
        return 0;
    if (member_list_teams(tx, call->arena, call->space.id, who->id, &teams, err) != 0)
        return -1;
    return teams.count == 0;
}

/* Record the invitation, and tell the user on the web pages. */
static int invite(struct call *call, struct db_tx *tx, const struct team *team,
                  const struct account *who, const char **code_out, struct err *err)
{
    struct team_invite in = {.team_id = team->id, .account_id = who->id};
    if (team_invite_put(tx, call->arena, &in, call->account.id, call->now_ms, code_out, err) != 0)
        return -1;
    const char *metadata = team_call_notice(call->arena, *code_out, call->account.name,
                                            call->space.name, team->name);
    if (notification_retract(tx, who->id, "org_team_invite", metadata, err) != 0 ||
        notification_create(tx, who->id, "org_team_invite", metadata, call->now_ms, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_ORG_INVITE_TEAM_MEMBER, "user", who->name, "member",
                      who->name, "team", team->name, NULL);
}

static int add(struct call *call, struct db_tx *tx, const struct team *team,
               const struct account *who, struct err *err)
{
    int added = team_add_member(tx, team->id, who->id, err);
    if (added < 0 || team_invite_cancel(tx, team->id, who->id, NULL, err) < 0)
        return -1;
    return added ? call_audit(call, tx, err, AUDIT_ORG_ADD_TEAM_MEMBER, "member", who->name, "team",
                              team->name, NULL)
                 : 0;
}

static int member_put(struct call *call, struct err *err)
{
    struct team team;
    struct account who;
    const char *code = NULL;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || team_call_get(call, tx, &team, err) != 0 ||
        people_get(call, tx, call_value(call, "membername"), &who, err) != 0 ||
        people_check_robot(call, &who, err) != 0)
        return -1;
    int invited = must_invite(call, tx, &who, err);
    if (invited < 0 ||
        (invited ? invite(call, tx, &team, &who, &code, err) : add(call, tx, &team, &who, err)) !=
            0 ||
        db_commit(&tx, err) != 0)
        return -1;
    if (code)
        letter_team_invite(call, who.email, who.name, call->account.name, call->space.name,
                           team.name, code);
    struct team_member member = {who.name, who.email, who.kind};
    return reply_member(call, &member, invited, err);
}

/* Take somebody out, or his invitation back. */
static int member_delete(struct call *call, struct err *err)
{
    struct team team;
    struct account who;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = team_call_find(call, tx, &team, err);
    if (found == 0)
        return err_set(err, ERR_INVALID, "the organization has no team of this name");
    if (found < 0 || people_get(call, tx, call_value(call, "membername"), &who, err) != 0)
        return -1;
    int invited = team_invite_cancel(tx, team.id, who.id, NULL, err);
    int removed = invited == 0 ? team_remove_member(tx, team.id, who.id, err) : 0;
    if (invited == 0 && removed == 0)
        return err_set(err, ERR_INVALID, "%.200s is not in this team", who.name);
    if (invited < 0 || removed < 0 || team_check_admin_left(tx, call->space.id, err) != 0)
        return -1;
    enum audit_kind kind = invited ? AUDIT_ORG_DELETE_TEAM_MEMBER_INVITE
                                   : AUDIT_ORG_REMOVE_TEAM_MEMBER;
    if (call_audit(call, tx, err, kind, "member", who.name, "team", team.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const char *lower_email(struct call *call)
{
    char *email = arena_strdup(call->arena, call_value(call, "email"));
    for (char *at = email; *at; at++)
        *at = char_lower(*at);
    return email;
}

static int email_put(struct call *call, struct err *err)
{
    struct team team;
    const char *code;
    const char *email = lower_email(call);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (account_check_email(str_of(email), err) != 0 || call_begin_write(call, &tx, err) != 0 ||
        team_call_get(call, tx, &team, err) != 0)
        return -1;
    struct team_invite in = {.team_id = team.id, .email = email};
    if (team_invite_put(tx, call->arena, &in, call->account.id, call->now_ms, &code, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_INVITE_TEAM_MEMBER, "email", email, "member", email,
                   "team", team.name, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    letter_team_invite(call, email, NULL, call->account.name, call->space.name, team.name, code);
    struct team_member member = {NULL, email, ACCOUNT_USER};
    return reply_member(call, &member, true, err);
}

static int email_delete(struct call *call, struct err *err)
{
    struct team team;
    const char *email = lower_email(call);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || team_call_get(call, tx, &team, err) != 0)
        return -1;
    int found = team_invite_cancel(tx, team.id, 0, email, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    if (found < 0 || call_audit(call, tx, err, AUDIT_ORG_DELETE_TEAM_MEMBER_INVITE, "email", email,
                                "team", team.name, NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static const struct route team_member_routes[] = {
    {METHOD_GET, "/api/v1/organization/{orgname}/team/{teamname}/members",
     "getOrganizationTeamMembers", "List the members of a team.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_MEMBER,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .query = &members_schema,
     .handler = members_get},
    {METHOD_PUT, "/api/v1/organization/{orgname}/team/{teamname}/members/{membername}",
     "updateOrganizationTeamMember", "Put a user or a robot into a team, or invite a user.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = member_put},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/team/{teamname}/members/{membername}",
     "deleteOrganizationTeamMember", "Take a member out of a team, or an invitation back.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = member_delete},
    {METHOD_PUT, "/api/v1/organization/{orgname}/team/{teamname}/invite/{email}",
     "inviteTeamMemberEmail", "Invite an address into a team.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_MAILING, .handler = email_put},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/team/{teamname}/invite/{email}",
     "deleteTeamMemberEmailInvite", "Take the invitation of an address back.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_MAILING, .handler = email_delete},
};
const struct route_table api_team_member_table = ROUTES(team_member_routes);
