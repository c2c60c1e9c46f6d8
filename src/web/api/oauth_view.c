/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth applications and scopes in replies. */
#include "oauth_view.h"

#include "auth/oauth_scope.h"
#include "view.h"

void oauth_view_application(struct jw *w, const struct oauth_view *view)
{
    jw_key(w, "application");
    jw_begin_object(w);
    jw_member_text(w, "name", view->name);
    jw_member_text(w, "description", view->description);
    jw_member_text(w, "url", view->uri);
    view_avatar(w, "avatar", view->name, view->avatar_email, "app");
    if (view->client_id)
        jw_member_text(w, "clientId", view->client_id);
    jw_key(w, "organization");
    jw_begin_object(w);
    jw_member_text(w, "name", view->organization);
    view_avatar(w, "avatar", view->organization, view->organization_email, "org");
    jw_end_object(w);
    jw_end_object(w);
}

void oauth_view_scopes(struct jw *w, const char *text)
{
    unsigned asked = oauth_scope_asked(str_of(text));
    jw_key(w, "scopes");
    jw_begin_array(w);
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++) {
        if (!(asked & scope->bit))
            continue;
        jw_begin_object(w);
        jw_member_text(w, "title", scope->title);
        jw_member_text(w, "scope", scope->name);
        jw_member_text(w, "description", scope->description);
        jw_member_text(w, "icon", scope->icon);
        jw_member_bool(w, "dangerous", scope->dangerous);
        jw_end_object(w);
    }
    jw_end_array(w);
}
