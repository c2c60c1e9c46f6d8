/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes: what a user's consent gives an application through the browser, to be
 * exchanged for a token once. A code is worth nothing after OAUTH_CODE_LIFETIME_MS; Quay's live for
 * ever, which nobody can rely on. 40 characters, halves as in an oauth_token. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { OAUTH_CODE_LOOKUP = 20, OAUTH_CODE_LEN = 40, OAUTH_CODE_LIFETIME_MS = 10 * 60 * 1000 };

struct oauth_code {
    int64_t id;
    int64_t application_id;
    int64_t account_id;
    struct str secret_hash;
    const char *scope;
    const char *redirect_uri; /* the exchange must repeat it */
    int64_t expires_ms;
};

/* Make a code of these: application, account, scope, redirect address. */
int oauth_code_create(struct db_tx *tx, const struct oauth_code *in, int64_t now_ms,
                      char text_out[OAUTH_CODE_LEN + 1], struct err *err);
/* The code of that text, if it was given to this application and has not expired: 1, 0, -1. */
int oauth_code_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t application_id,
                    int64_t now_ms, struct oauth_code *out, struct err *err);
/* Use it up: 1 done, 0 somebody else was first, -1. */
int oauth_code_take(struct db_tx *tx, int64_t id, struct err *err);
