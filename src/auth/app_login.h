/* SPDX-License-Identifier: Apache-2.0 */
/* Logins with an app token: the user name "$app", and the token as the password. */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"
#include "base/arena.h"

/* Whose token it is. ERR_UNAUTHORIZED when it is nobody's, has expired, its user is disabled, or
 * there are no app tokens here. Reads and writes the database in transactions of its own. */
int app_login(struct auth *auth, struct arena *arena, struct str token, int64_t now_ms,
              struct identity *out, struct err *err);
/* The same by the token's UUID, as registry tokens name it: is it still good? */
int app_login_again(struct auth *auth, struct arena *arena, const char *uuid, int64_t now_ms,
                    struct identity *out, struct err *err);
