/* SPDX-License-Identifier: Apache-2.0 */
/* The front page: until the web UI exists, it tells a person with a browser where they are. */
#include "site.h"

static int front_get(struct call *call, struct err *err)
{
    (void)err;
    const char *host = call->rules->hostname;
    const char *page = arena_printf(
        call->arena,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>wharf</title>"
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;"
        "padding:0 1em}code{background:#eee;padding:.1em .3em}</style>"
        "<h1>wharf</h1><p>This is a container image registry. Its web pages are not built yet; "
        "clients work:</p><pre><code>podman login %s\npodman push IMAGE %s/USER/NAME:TAG</code>"
        "</pre><p><a href=\"/health/endtoend\">Health</a></p></html>\n",
        host, host);
    reply_header(call->reply, "Content-Security-Policy",
                 "default-src 'none'; style-src 'unsafe-inline'");
    reply_header(call->reply, "X-Content-Type-Options", "nosniff");
    reply_bytes(call->reply, 200, "text/html; charset=utf-8", str_of(page));
    return 0;
}

static const struct route front_routes[] = {
    {METHOD_GET, "/", "front", "The front page.", .auth = ROUTE_OPEN, .errors = ERRORS_API,
     .handler = front_get},
};
const struct route_table site_front_table = ROUTES(front_routes);
