/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Basic (RFC 7617): reading the header, and finding out whose credentials they are. */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { BASIC_HEADER_MAX = 16 * 1024, BASIC_USERNAME_MAX = 511 };

/* By the form of the user name. */
enum basic_kind {
    BASIC_USER,         /* "name" or an e-mail address */
    BASIC_ROBOT,        /* "namespace+robot" */
    BASIC_APP_TOKEN,    /* "$app" */
    BASIC_OAUTH_TOKEN,  /* "$oauthtoken" */
    BASIC_ACCESS_TOKEN, /* "$token" */
};

struct basic {
    enum basic_kind kind;
    const char *username;
    struct str password; /* secret: neither logged nor shown */
};

/* The form of a user name. */
enum basic_kind basic_kind_of(struct str username);

/* Read an Authorization header. False when it is no well-formed Basic header: another scheme, bad
 * base64, no colon, empty name, control characters, not UTF-8, too long. That counts as no header
 * at all, as with Quay. */
bool basic_parse(struct arena *arena, struct str header, struct basic *out);

/* Whose credentials these are. May take a quarter of a second, and reads and writes the database
 * in transactions of its own: call it on a worker, outside of any transaction.
 *   ERR_UNAUTHORIZED  wrong, right but of a disabled account, or of a kind that this registry does
 *                     not have; msg says which
 *   ERR_TOO_MANY      locked out after failures; *retry_after_s_out is for Retry-After
 *   ERR_BUSY          too many logins at the moment; *retry_after_s_out too
 * *retry_after_s_out is set in these two cases only. Strings of `out` live in the arena. */
int basic_login(struct auth *auth, struct arena *arena, const struct basic *credentials,
                int64_t now_ms, struct identity *out, int64_t *retry_after_s_out, struct err *err);

/* The same for a name and a password that came otherwise (a login form), and never encrypted.
 *   ERR_CONFLICT  right, but of a user who has yet to confirm the e-mail address */
int basic_login_user(struct auth *auth, struct arena *arena, const char *name_or_email,
                     struct str password, int64_t now_ms, struct identity *out,
                     int64_t *retry_after_s_out, struct err *err);
