/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes: what a user's consent gives an application through the browser, to be
 * exchanged for a token once. A code is worth nothing after OAUTH_CODE_LIFETIME_MS; Quay's live for
 * ever, which nobody can rely on. 40 characters, halves as in an oauth_token.
 *
 * A code may be bound to a proof key (RFC 7636): who asked for it gave the digest of a secret, and
 * the exchange must show the secret, so that a stolen code is worth nothing. Of the methods there
 * is S256 only: "plain" would protect nothing that the code itself does not. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { OAUTH_CODE_LOOKUP = 20, OAUTH_CODE_LEN = 40, OAUTH_CODE_LIFETIME_MS = 10 * 60 * 1000 };
/* A SHA-256 in base64url without padding; the secret that is hashed. */
enum { OAUTH_CHALLENGE_LEN = 43, OAUTH_VERIFIER_MIN = 43, OAUTH_VERIFIER_MAX = 128 };

struct oauth_code {
    int64_t id;
    int64_t application_id;
    int64_t account_id;
    struct str secret_hash;
    const char *scope;
    const char *redirect_uri; /* the exchange must repeat it */
    const char *challenge;    /* NULL: there is no proof key */
    int64_t expires_ms;
};

/* Can this be the S256 digest of a secret? */
bool oauth_code_challenge_ok(struct str challenge);
/* Is the verifier the secret of the code's challenge? A code without a challenge wants none: a
 * verifier for it means that somebody took the challenge out of the request. */
bool oauth_code_proved(const struct oauth_code *code, struct str verifier);

/* Make a code of these: application, account, scope, redirect address, challenge. */
int oauth_code_create(struct db_tx *tx, const struct oauth_code *in, int64_t now_ms,
                      char text_out[OAUTH_CODE_LEN + 1], struct err *err);
/* The code of that text, if it was given to this application and has not expired: 1, 0, -1. */
int oauth_code_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t application_id,
                    int64_t now_ms, struct oauth_code *out, struct err *err);
/* Use it up: 1 done, 0 somebody else was first, -1. */
int oauth_code_take(struct db_tx *tx, int64_t id, struct err *err);
