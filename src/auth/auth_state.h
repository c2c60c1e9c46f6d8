/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct auth, for the files of this folder. Nothing in it changes after auth_start
 * but what the parts guard themselves. */
#pragma once

#include "auth/auth.h"
#include "auth/keys.h"
#include "auth/password.h"
#include "base/lru.h"

struct auth {
    struct auth_config rules;
    struct db *db; /* borrowed */
    struct secrets secrets;
    struct keys *keys;
    struct password_checker *passwords;
    struct lru *tokens; /* struct bearer by the token's SHA-256 */
};
