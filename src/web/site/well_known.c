/* SPDX-License-Identifier: Apache-2.0 */
/* /.well-known: where programs look first. app-capabilities says where a manifest's vulnerabilities
 * and an image's page are found; change-password is what password managers open (W3C). */
#include "codec/jw.h"
#include "site.h"
#include "web/rights.h"

static void write_capability(struct jw *w, const char *name, const char *key, const char *template)
{
    jw_key(w, name);
    jw_begin_object(w);
    jw_member_text(w, key, template);
    jw_end_object(w);
}

static int capabilities_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 4096 };
    const char *base = call_base_url(call);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "appName", "io.quay"); /* programs compare it */
    jw_key(&w, "capabilities");
    jw_begin_object(&w);
    write_capability(&w, "io.quay.view-image", "url-template",
                     arena_printf(call->arena, "%s/repository/{namespace}/{reponame}:{tag}", base));
    write_capability(&w, "io.quay.manifest-security", "rest-api-template",
                     arena_printf(call->arena,
                                  "%s/api/v1/repository/{namespace}/{reponame}/manifest/{digest}/"
                                  "security",
                                  base));
    jw_end_object(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int change_password_get(struct call *call, struct err *err)
{
    if (!call->account.id)
        return rights_refuse(call, err);
    reply_headerf(call->reply, "Location", "/user/%s?tab=settings", call->account.name);
    reply_status(call->reply, 302);
    return 0;
}

static const struct route well_known_routes[] = {
    {METHOD_GET, "/.well-known/app-capabilities", "app_capabilities",
     "Say where pages and reports about an image are.", .auth = ROUTE_OPEN, .errors = ERRORS_API,
     .handler = capabilities_get},
    {METHOD_GET, "/.well-known/change-password", "change_password",
     "Lead to the page where the password is changed.", .auth = ROUTE_API, .errors = ERRORS_API,
     .handler = change_password_get},
};
const struct route_table site_well_known_table = ROUTES(well_known_routes);
