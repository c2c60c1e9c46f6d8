/* SPDX-License-Identifier: Apache-2.0 */
/* What the types of errors mean: the address that an error's "type" names. */
#include "api.h"
#include "codec/jw.h"

static const struct {
    const char *type;
    const char *description;
} types[] = {
    {"downstream_issue", "Another service that was needed has failed."},
    {"exceeds_license", "The account's plan does not have this, or not that much of it."},
    {"expired_token", "The token has expired; get a new one."},
    {"external_service_timeout", "Another service that was needed did not answer in time."},
    {"fresh_login_required", "The password was given too long ago; give it again and repeat this."},
    {"insufficient_scope", "The caller is known and may not do this."},
    {"invalid_request", "Something in the request cannot be; the detail names it."},
    {"invalid_response", "Another service that was needed gave an answer that makes no sense."},
    {"invalid_token", "This needs a session or a token, and there is none that is good."},
    {"not_found", "There is no such thing, or it is not for the caller to know of it."},
    {"tag_immutable", "The tag must not change."},
    {"token_rotation_failed", "The token could not be replaced by a new one."},
};

static int error_type_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 4096 };
    const char *wanted = call_value(call, "error_type");
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].type, wanted) != 0)
            continue;
        _cleanup_buf_ struct buf body;
        struct jw w = {.buf = &body};
        buf_init(&body, BODY_MAX);
        jw_begin_object(&w);
        jw_member_text(
            &w, "type",
            arena_printf(call->arena, "%s/api/v1/error/%s", call_base_url(call), wanted));
        jw_member_text(&w, "title", wanted);
        jw_member_text(&w, "description", types[i].description);
        jw_end_object(&w);
        return call_reply_json(call, 200, &body, err);
    }
    return err_set(err, ERR_NOT_FOUND, "Not Found");
}

static const struct route error_type_routes[] = {
    {METHOD_GET, "/api/v1/error/{error_type}", "getErrorDescription",
     "Say what a type of error means.", .auth = ROUTE_API, .errors = ERRORS_API,
     .flags = ROUTE_ANONYMOUS, .handler = error_type_get},
};
const struct route_table api_error_type_table = ROUTES(error_type_routes);
