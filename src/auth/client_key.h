/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted passwords: what a user may put into the configuration of a client in place of the
 * password. The registry alone can open them, and they are worth as much as the password is: when
 * it changes, they are worth nothing. */
#pragma once

#include "auth/auth.h"
#include "base/arena.h"

/* The encrypted form: letters, digits, '-' and '_'. */
const char *client_key_make(const struct auth *auth, struct arena *arena, struct str password);
/* The password in an encrypted form; false when this is none of ours. */
bool client_key_open(const struct auth *auth, struct arena *arena, struct str key,
                     struct str *password_out);
