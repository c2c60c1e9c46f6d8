/* SPDX-License-Identifier: Apache-2.0 */
/* Logins with the access token of a repository as the password, under the name "$token". The
 * identity is nobody's account: it may do what the token says, on that repository and nowhere else.
 */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"
#include "base/arena.h"

/* ERR_UNAUTHORIZED when it is no token of ours or has expired. Begins a transaction of its own. */
int access_login(struct auth *auth, struct arena *arena, struct str token, int64_t now_ms,
                 struct identity *out, struct err *err);
/* The same by the token's UUID, as registry tokens name it: is it still good? */
int access_login_again(struct auth *auth, struct arena *arena, const char *uuid, int64_t now_ms,
                       struct identity *out, struct err *err);
