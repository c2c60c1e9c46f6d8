/* SPDX-License-Identifier: Apache-2.0 */
/* Logins of robot accounts. */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"

/* Whether ROBOTS_DISALLOW and ROBOTS_WHITELIST let this robot ("NAMESPACE+SHORT") be. */
bool robot_login_allowed(const struct auth_config *rules, const char *name);
/* Whose robot's token this is. The token is compared in constant time; there is nothing to guess in
 * it, so that failures are not counted. ERR_UNAUTHORIZED: unknown, wrong, disabled by itself or
 * with its owner, or not allowed here. Begins transactions of its own. */
int robot_login(struct auth *auth, struct arena *arena, const char *name, struct str token,
                int64_t now_ms, struct identity *out, struct err *err);
