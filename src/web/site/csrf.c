/* SPDX-License-Identifier: Apache-2.0 */
/* GET /csrf_token: what a page must send with every request that changes something. */
#include "codec/jw.h"
#include "site.h"
#include "web/caller.h"

static int csrf_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 256 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "csrf_token", caller_csrf(call));
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

static const struct route csrf_routes[] = {
    {METHOD_GET, "/csrf_token", "csrf_token", "Get the token that guards against forged requests.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS, .handler = csrf_get},
};
const struct route_table site_csrf_table = ROUTES(csrf_routes);
