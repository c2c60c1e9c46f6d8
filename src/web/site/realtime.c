/* SPDX-License-Identifier: Apache-2.0 */
/* /realtime: events as they happen, over Server-Sent Events (HTML, section 9.2). For browsers only:
 * a program has the audit log. */
#include "codec/jw.h"
#include "site.h"
#include "web/events.h"
#include "web/rights.h"

struct subscribe_query {
    const char *events;
};

static const struct field subscribe_fields[] = {
    F_TEXT(struct subscribe_query, events, "events", 0, .max = EVENTS_NAMES_MAX - 1),
};
static const struct schema subscribe_schema = SCHEMA(struct subscribe_query, subscribe_fields);

static int check_browser(const struct call *call, struct err *err)
{
    if (call->account.id && call->identity->browser)
        return 0;
    return call->account.id
               ? err_set(err, ERR_DENIED, "only a browser's session can listen to events")
               : rights_refuse(call, err);
}

static int subscribe_get(struct call *call, struct err *err)
{
    const struct subscribe_query *query = call->query;
    _cleanup_(stream_unrefp) struct stream *stream = NULL;
    if (check_browser(call, err) != 0)
        return -1;
    stream = stream_new(": \n\n"); /* a comment, which browsers skip */
    stream_write(stream, STR("data: {}\n\n"));
    if (call->request->method == METHOD_GET &&
        events_subscribe(call->service->events, call->account.id,
                         query->events ? query->events : "", stream, err) != 0)
        return -1;
    reply_header(call->reply, "Cache-Control", "no-cache");
    reply_header(call->reply, "X-Accel-Buffering", "no"); /* nginx shall pass on what it has */
    reply_stream(call->reply, "text/event-stream", TAKE(stream));
    return 0;
}

static int test_get(struct call *call, struct err *err)
{
    if (check_browser(call, err) != 0)
        return -1;
    events_publish(call->service->events, call->account.id, "test", STR("{}"));
    reply_bytes(call->reply, 200, "text/plain", STR("OK"));
    return 0;
}

static const struct route realtime_routes[] = {
    {METHOD_GET, "/realtime/user/subscribe", "realtime_subscribe",
     "Listen to what happens to the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .query = &subscribe_schema, .handler = subscribe_get},
    {METHOD_GET, "/realtime/user/test", "realtime_test", "Tell the user's pages the event test.",
     .auth = ROUTE_API, .errors = ERRORS_API, .handler = test_get},
};
const struct route_table site_realtime_table = ROUTES(realtime_routes);
