/* SPDX-License-Identifier: Apache-2.0 */
/* Cross-origin requests: which other sites' pages may use the API. Without CORS_ORIGIN any page may
 * that has a token of its own; a cookie counts only for pages of an origin that is named there. */
#pragma once

#include "web/call.h"

/* Add the headers that a browser wants to see before it shows a reply to a page: for the API, and
 * for /config when origins are named. */
void cors_add(const struct service_rules *rules, const struct request *request,
              struct reply *reply);
/* Answer OPTIONS on a path of the API that exists; false: this is no such request. */
bool cors_answer(struct call *call);
