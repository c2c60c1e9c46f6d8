/* SPDX-License-Identifier: Apache-2.0 */
/* The view of a user: members in the order in which they have always come. Without a payment
 * provider every account is a free one, and no namespace is preferred. */
#include "user_view.h"

#include "api.h"
#include "auth/oauth_scope.h"
#include "domain/role.h"
#include "view.h"

int user_view_load(struct call *call, const struct account *user, struct user_view *out,
                   struct err *err)
{
    const struct identity *who = call->identity;
    bool self = who->account_id == user->id && who->account_id != 0;
    *out = (struct user_view){
        .user = user,
        .own = self && who->scopes & OAUTH_USER_ADMIN,
        .belongs = self && who->scopes & (OAUTH_USER_READ | OAUTH_USER_ADMIN),
    };
    if (!out->belongs)
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        account_profile_get(tx, call->arena, user->id, &out->profile, err) != 0 ||
        (out->own && quota_shown_load(call, tx, user->id, &out->quota, err) != 0))
        return -1;
    return account_list_organizations(tx, call->arena, user->id, &out->organizations, err);
}

/* What the user is still to be asked. "" means: asked, and left empty. */
static void write_prompts(struct call *call, struct jw *w, const struct account_profile *profile)
{
    bool asks = call_feature(call, FEATURE_USER_METADATA);
    jw_key(w, "prompts");
    jw_begin_array(w);
    if (asks && !profile->given_name && !profile->family_name)
        jw_text(w, "enter_name");
    if (asks && !profile->company)
        jw_text(w, "enter_company");
    jw_end_array(w);
}

static void write_text(struct jw *w, const char *key, const char *text)
{
    jw_member_text(w, key, text && text[0] ? text : NULL);
}

static int64_t tag_expiration_s(const struct call *call, const struct account_profile *profile)
{
    enum { SECOND_MS = 1000 };
    int64_t ms = profile->tag_expiration_ms;
    return (ms >= 0 ? ms : call->service->manifests.window_ms) / SECOND_MS;
}

static void write_own(struct call *call, struct jw *w, const struct user_view *view)
{
    const struct account *user = view->user;
    const struct account_profile *profile = &view->profile;
    jw_member_bool(w, "can_create_repo", !call->identity->restricted);
    jw_member_bool(w, "is_me", true);
    jw_member_bool(w, "verified", user->verified);
    jw_member_text(w, "email", user->email);
    jw_key(w, "logins");
    jw_begin_array(w);
    jw_end_array(w);
    jw_member_bool(w, "invoice_email", profile->invoice_email);
    write_text(w, "invoice_email_address", profile->invoice_email_address);
    jw_member_bool(w, "preferred_namespace", false);
    jw_member_int(w, "tag_expiration_s", tag_expiration_s(call, profile));
    write_prompts(call, w, profile);
    write_text(w, "company", profile->company);
    write_text(w, "family_name", profile->family_name);
    write_text(w, "given_name", profile->given_name);
    write_text(w, "location", profile->location);
    jw_member_bool(w, "is_free_account", true);
    jw_member_bool(w, "has_password_set", user->password_hash != NULL);
    quota_shown_write(call, w, &view->quota);
}

static void write_organizations(struct call *call, struct jw *w, const struct user_view *view)
{
    const struct account_organization *all = view->organizations.items;
    unsigned scopes = call->identity->scopes;
    jw_key(w, "organizations");
    jw_begin_array(w);
    for (size_t i = 0; i < view->organizations.count; i++) {
        bool creates = scopes & (OAUTH_REPO_CREATE | OAUTH_ORG_ADMIN);
        jw_begin_object(w);
        jw_member_text(w, "name", all[i].name);
        view_avatar(w, "avatar", all[i].name, all[i].email, "org");
        jw_member_bool(w, "can_create_repo", creates && all[i].role >= TEAM_CREATOR);
        jw_member_bool(w, "public", false);
        if (view->own) {
            bool admin = scopes & OAUTH_ORG_ADMIN && all[i].role >= TEAM_ADMIN;
            jw_member_bool(w, "is_org_admin", admin);
            jw_member_bool(w, "preferred_namespace", false);
        }
        jw_end_object(w);
    }
    jw_end_array(w);
}

int user_view_reply(struct call *call, const struct user_view *view, struct err *err)
{
    const struct account *user = view->user;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_member_bool(&w, "anonymous", false);
    jw_member_text(&w, "username", user->name);
    view_avatar(&w, "avatar", user->name, user->email, "user");
    if (view->own)
        write_own(call, &w, view);
    if (view->belongs)
        write_organizations(call, &w, view);
    if (view->belongs && call->identity->superuser)
        jw_member_bool(&w, "super_user", true);
    if (view->belongs && call->identity->readonly_superuser)
        jw_member_bool(&w, "global_readonly_super_user", true);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}
