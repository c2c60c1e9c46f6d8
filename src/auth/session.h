/* SPDX-License-Identifier: Apache-2.0 */
/* Browser sessions. A session is a signed cookie, and nothing is stored: any node can read it, and
 * a login writes nothing. Sessions end when they are old, and all of a user's at once when he signs
 * out or changes his password (account.session_epoch).
 *
 * A visitor who has not signed in has a session too: it binds the CSRF token, without which no
 * request of a browser may change anything. */
#pragma once

#include "auth/secrets.h"
#include "base/arena.h"

enum {
    SESSION_CSRF_SIZE = 44,    /* 43 characters and a NUL */
    SESSION_NONCE_SIZE = 17,   /* 16 digits and a NUL */
    SESSION_COOKIE_MAX = 1024, /* of a cookie that is looked at */
};

struct session {
    const char *uuid;  /* of the account; NULL: not signed in */
    int64_t issued_ms; /* when it began */
    int64_t login_ms;  /* when the password was last given; 0: not signed in */
    int64_t epoch;     /* of the account when it began */
    char nonce[SESSION_NONCE_SIZE];
};

/* A new session, of an account with its epoch or (NULL) of nobody. */
struct session session_new(const char *uuid, int64_t epoch, int64_t now_ms);
/* The cookie's value. */
const char *session_format(const struct secrets *secrets, struct arena *arena,
                           const struct session *session);
/* False when it is not ours, was changed, or began more than lifetime_ms ago. */
bool session_parse(const struct secrets *secrets, struct arena *arena, struct str cookie,
                   int64_t lifetime_ms, int64_t now_ms, struct session *out);
/* The CSRF token that goes with it: 43 characters. */
void session_csrf(const struct secrets *secrets, const struct session *session,
                  char out[SESSION_CSRF_SIZE]);
/* Whether the token is that one, in constant time. */
bool session_csrf_ok(const struct secrets *secrets, const struct session *session,
                     struct str token);
