/* SPDX-License-Identifier: Apache-2.0 */
/* The page that the mail of an invitation leads to: who invites into what, and how to accept. The
 * code in the address is what accepts it, so that whoever reads the mail is whom it is to. */
#include "domain/team_invite.h"

#include "html.h"
#include "site.h"

struct invite_query {
    const char *code;
};

static const struct field invite_fields[] = {
    F_TEXT(struct invite_query, code, "code", FIELD_REQUIRED | FIELD_SECRET, .max = 255),
};
static const struct schema invite_schema = SCHEMA(struct invite_query, invite_fields);

static int load(struct call *call, struct team_invite *invite, struct err *err)
{
    const struct invite_query *query = call->query;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = team_invite_find(tx, call->arena, query->code, invite, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "this invitation is not valid any more");
    return found < 0 ? -1 : 0;
}

static int invite_get(struct call *call, struct err *err)
{
    enum { PAGE_MAX = 64 * 1024 };
    struct team_invite invite = {0};
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    if (load(call, &invite, err) != 0)
        return -1;
    html_begin(&page, "An invitation");
    buf_add_text(&page, "<p>");
    html_text(&page, invite.inviter);
    buf_add_text(&page, " invites you to the team ");
    html_text(&page, invite.team);
    buf_add_text(&page, " of ");
    html_text(&page, invite.organization);
    buf_add_text(&page, ".</p><p>To accept, with a token of yours that has the scope "
                        "<code>user:admin</code>:</p><pre>curl -X PUT -H \"Authorization: Bearer "
                        "$TOKEN\" ");
    html_text(&page, call_base_url(call));
    buf_add_text(&page, "/api/v1/teaminvite/");
    html_text(&page, invite.code);
    buf_add_text(&page, "</pre><p>To sign up with the address that this came to, give the code as "
                        "<code>invite_code</code>.</p>");
    html_end(&page);
    return html_reply(call, 200, &page, NULL, err);
}

static const struct route invite_routes[] = {
    {METHOD_GET, "/confirminvite", "invite_page",
     "Follow a mail's link: show an invitation and how to accept it.", .auth = ROUTE_OPEN,
     .errors = ERRORS_API, .feature = FEATURE_MAILING, .query = &invite_schema,
     .handler = invite_get},
};
const struct route_table site_invite_table = ROUTES(invite_routes);
