/* SPDX-License-Identifier: Apache-2.0 */
/* The access log: one line for each request, after its reply. */
#pragma once

#include "base/buf.h"
#include "http/reply.h"
#include "http/request.h"

/* Append the line to `log`. `request` is NULL when the head could not be read. Credentials never
 * appear: of the headers only User-Agent is shown, of the query nothing. `path` is what to show as
 * the request's. */
void access_log_line(const struct request *request, struct str path, const struct reply *reply,
                     uint64_t sent, struct buf *log);
