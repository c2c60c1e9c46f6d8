/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate: where to get a token, and for what. */
#pragma once

#include "web/call.h"

/* Add the challenge of OCI Distribution / Docker Registry v2 to the reply: realm, service and, for
 * a repository, the scope that the route needs. */
void challenge_add(struct call *call);
