/* SPDX-License-Identifier: Apache-2.0 */
/* App tokens: passwords of a user for his programs ($app). 120 characters, of which the first 60
 * find the row and the others are the secret. Besides its hash the secret is kept sealed, as its
 * owner may look at it again. */
#pragma once

#include "base/arena.h"
#include "base/seal.h"
#include "store/db/db.h"

enum {
    APP_TOKEN_LOOKUP = 60,
    APP_TOKEN_LEN = 120,
    APP_TOKEN_TITLE_MAX = 255,
    APP_TOKENS_MAX = 500
};

struct app_token {
    int64_t id;
    const char *uuid;
    int64_t account_id;
    const char *title;
    const char *lookup;
    struct str secret_hash;
    struct str secret_sealed;
    int64_t created_ms;
    int64_t last_accessed_ms; /* 0: never */
    int64_t expires_ms;       /* 0: never */
};

/* Make one; lifetime_ms 0: for ever. ERR_LIMIT when the account has APP_TOKENS_MAX. The text of the
 * new token is app_token_text's. */
int app_token_create(struct db_tx *tx, struct arena *arena, const struct seal_key *key,
                     int64_t account_id, const char *title, int64_t now_ms, int64_t lifetime_ms,
                     struct app_token *out, struct err *err);
/* The token's text, opened: NULL when it was sealed with another key. */
const char *app_token_text(struct arena *arena, const struct seal_key *key,
                           const struct app_token *token);
/* The token of that text, unless it has expired: 1, 0, -1. */
int app_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                   struct app_token *out, struct err *err);
/* The same by its UUID: is it still good? */
int app_token_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid, int64_t now_ms,
                           struct app_token *out, struct err *err);
/* One of the account's own: 1, 0, -1. */
int app_token_find_own(struct db_tx *tx, struct arena *arena, int64_t account_id, const char *uuid,
                       struct app_token *out, struct err *err);
/* All of the account that expire before `until_ms` (INT64_MAX: all), newest first. */
int app_token_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t until_ms,
                   struct list *out, struct err *err);
/* Of all accounts, newest first, those older than `before_id`; at most `limit`. */
int app_token_list_all(struct db_tx *tx, struct arena *arena, int64_t before_id, int64_t limit,
                       struct list *out, struct err *err);
/* Delete one. */
int app_token_delete(struct db_tx *tx, int64_t id, struct err *err);
/* Remember that it was used. */
int app_token_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);
