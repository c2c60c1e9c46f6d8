/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls the API: a browser by its session's cookie, or a program by an OAuth token. */
#pragma once

#include "web/call.h"

/* Fill call->identity, call->account, call->space and call->session from the request. A token or a
 * cookie that is worth nothing makes an anonymous caller, as with Quay. -1: the database failed, a
 * browser's request lacks its CSRF token (ERR_CSRF) or is no XMLHttpRequest (ERR_INVALID). */
int caller_find(struct call *call, struct err *err);
/* Begin a session of an account, whose password or other proof was just seen: sets the cookie and
 * X-Next-CSRF-Token in the reply. It is worth nothing if all sessions were ended after that proof,
 * at the session_epoch of the account that it was compared with. NULL: a session of nobody. */
void caller_begin_session(struct call *call, const char *account_uuid, int64_t session_epoch);
/* Make sure that the browser has a session, of nobody at least, and return its CSRF token. */
const char *caller_csrf(struct call *call);
