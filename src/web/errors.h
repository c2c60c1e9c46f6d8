/* SPDX-License-Identifier: Apache-2.0 */
/* How an error is told to a client. The one place that maps error codes to HTTP. */
#pragma once

#include "base/err.h"
#include "http/reply.h"
#include "web/route.h"

/* The status of an error code. */
int errors_status(enum err_code code);
/* Fill the reply with the error in the words of the family. `status` 0: by code. */
void errors_reply(struct reply *reply, enum route_errors family, int status, const struct err *err);
