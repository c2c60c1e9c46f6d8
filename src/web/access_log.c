/* SPDX-License-Identifier: Apache-2.0 */
/* The access log. Errors of the server (5xx) are logged as such, so that a filter on the level
 * finds them; everything a client can cause is information. */
#include "access_log.h"

#include "base/clock.h"
#include "base/log.h"

enum { SHOWN_MAX = 512 };

static void describe_request(struct log_line *line, const struct request *request, struct str path)
{
    log_text(line, "remote", request->remote);
    log_text(line, "method", method_name(request->method));
    log_str(line, "path", str_sub(path, 0, SHOWN_MAX));
    struct str agent = request_header(request, STR("User-Agent"));
    if (agent.ptr)
        log_str(line, "agent", str_sub(agent, 0, SHOWN_MAX));
    if (request->body_received)
        log_int(line, "received", (int64_t)request->body_received);
    log_int(line, "us", clock_mono_us() - request->started_us);
}

void access_log_line(const struct request *request, struct str path, const struct reply *reply,
                     uint64_t sent, struct buf *log)
{
    struct log_line line;
    log_begin_in(&line, log, reply->status >= 500 ? LOG_ERROR : LOG_INFO, "request");
    log_int(&line, "status", reply->status);
    if (request)
        describe_request(&line, request, path);
    log_text(&line, "route", reply->route);
    log_text(&line, "user", reply->user);
    log_int(&line, "sent", (int64_t)sent);
    log_text(&line, "error", reply->error);
    log_text(&line, "detail", reply->detail);
    log_end(&line);
}
