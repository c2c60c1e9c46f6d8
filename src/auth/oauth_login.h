/* SPDX-License-Identifier: Apache-2.0 */
/* Logins with an OAuth token as the password, under the name "$oauthtoken". The identity is its
 * account's, with no more than the token's scopes allow. */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"
#include "base/arena.h"

/* ERR_UNAUTHORIZED when it is no token of ours, has expired, or its account is disabled. Begins a
 * transaction of its own. */
int oauth_login(struct auth *auth, struct arena *arena, struct str token, int64_t now_ms,
                struct identity *out, struct err *err);
/* The same by the token's UUID, as registry tokens name it: is it still good? */
int oauth_login_again(struct auth *auth, struct arena *arena, const char *uuid, int64_t now_ms,
                      struct identity *out, struct err *err);
