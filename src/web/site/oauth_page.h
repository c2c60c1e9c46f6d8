/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of /oauth, and the same as JSON for a page's program. */
#pragma once

#include "oauth_request.h"

/* Ask the caller whether the application may have what it asks for. */
int oauth_page_consent(struct call *call, const struct oauth_request *request, struct err *err);
/* Say one sentence: {"message": ...} or a page. */
int oauth_page_message(struct call *call, bool json, int status, const char *message,
                       struct err *err);
/* Tell of an error: a page with its status, or (json) the error as it is: returns -1 then, for
 * dispatch to answer. */
int oauth_page_error(struct call *call, bool json, struct err *err);
