/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth access tokens: 40 characters, of which the first 20 find the row and the other 20 are the
 * secret. Only the secret's SHA-256 is stored: it is random, so that a slow hash adds nothing. */
#pragma once

#include "base/arena.h"
#include "base/seal.h"
#include "store/db/db.h"

enum { OAUTH_TOKEN_LOOKUP = 20, OAUTH_TOKEN_LEN = 40 };

struct oauth_token {
    int64_t id;
    const char *uuid;
    int64_t application_id;
    const char *client_id;        /* of the application */
    const char *application_name; /* likewise */
    int64_t account_id;           /* whose rights it has, at most */
    const char *scope;            /* auth/oauth_scope.h */
    struct str secret_hash;
    int64_t created_ms;
    int64_t expires_ms;
    int64_t last_accessed_ms; /* 0: never */
};

/* The token of that text, if it is one of ours and has not expired: 1, 0, -1. */
int oauth_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                     struct oauth_token *out, struct err *err);

struct oauth_token_new {
    int64_t application_id;
    int64_t account_id;
    int64_t created_by; /* who made it for an application; 0: the account itself, by consent */
    const char *name;   /* NULL: none */
    const char *scope;
    int64_t lifetime_ms;
};

/* Make a token; its text is never to be had again. */
int oauth_token_create(struct db_tx *tx, const struct oauth_token_new *in, int64_t now_ms,
                       char text_out[OAUTH_TOKEN_LEN + 1], struct err *err);
/* A token that no application asked for: of the account itself, by an application of its own which
 * is made for it. `key` seals the secret that every application has. */
int oauth_token_create_own(struct db_tx *tx, const struct seal_key *key, int64_t account_id,
                           const char *name, const char *scope, int64_t now_ms, int64_t lifetime_ms,
                           char text_out[OAUTH_TOKEN_LEN + 1], struct err *err);
/* Remember that it was used. */
int oauth_token_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);
