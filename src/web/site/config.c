/* SPDX-License-Identifier: Apache-2.0 */
/* GET /config: what a web page must know before anybody has signed in. Settings and features were
 * written as JSON when config.yaml was read. */
#include "codec/jw.h"
#include "site.h"

static int config_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 256 * 1024 };
    const struct service_rules *rules = call->rules;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "config");
    jw_raw(&w, str_of(rules->public_config));
    jw_key(&w, "features");
    jw_raw(&w, str_of(rules->public_features));
    jw_key(&w, "oauth"); /* services that send builds; images are not built here */
    jw_begin_object(&w);
    jw_end_object(&w);
    jw_key(&w, "external_login"); /* and no other service knows our users */
    jw_begin_array(&w);
    jw_end_array(&w);
    jw_member_text(&w, "registry_state", rules->read_only ? "readonly" : "normal");
    jw_member_bool(&w, "account_recovery_mode", false);
    jw_member_text(&w, "version_number",
                   arena_printf(call->arena, "wharf %s", call->service->version));
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-cache");
    return call_reply_json(call, 200, &body, err);
}

static const struct route config_routes[] = {
    {METHOD_GET, "/config", "config", "Get the settings that web pages need.", .auth = ROUTE_OPEN,
     .errors = ERRORS_API, .handler = config_get},
};
const struct route_table site_config_table = ROUTES(config_routes);
