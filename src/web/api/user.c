/* SPDX-License-Identifier: Apache-2.0 */
/* The signed-in user. */
#include "api.h"
#include "codec/jw.h"
#include "view.h"

static int user_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 64 * 1024 };
    const struct account *user = &call->account;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_bool(&w, "anonymous", false);
    jw_member_text(&w, "username", user->name);
    view_avatar(&w, "avatar", user->name, user->email, "user");
    jw_member_bool(&w, "verified", user->verified);
    jw_member_text(&w, "email", user->email);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route user_routes[] = {
    {METHOD_GET, "/api/v1/user/", "getLoggedInUser", "Get the signed-in user.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_USER_READ, .handler = user_get},
};
const struct route_table api_user_table = ROUTES(user_routes);
