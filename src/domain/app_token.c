/* SPDX-License-Identifier: Apache-2.0 */
/* App tokens. */
#include "app_token.h"

#include "base/rand.h"
#include "domain/app_token_sql.h"
#include "domain/secret.h"

static int check_count(struct db_tx *tx, struct arena *arena, int64_t account_id, struct err *err)
{
    struct app_token_count_row row = {0};
    if (db_one(tx, &Q_APP_TOKEN_COUNT, arena, &row, err, account_id) < 0)
        return -1;
    if (row.number >= APP_TOKENS_MAX)
        return err_set(err, ERR_LIMIT, "an account may have %d app tokens", APP_TOKENS_MAX);
    return 0;
}

int app_token_create(struct db_tx *tx, struct arena *arena, const struct seal_key *key,
                     int64_t account_id, const char *title, int64_t now_ms, int64_t lifetime_ms,
                     struct app_token *out, struct err *err)
{
    enum { SECRET_LEN = APP_TOKEN_LEN - APP_TOKEN_LOOKUP };
    char uuid[UUID_SIZE], lookup[APP_TOKEN_LOOKUP + 1], secret[SECRET_LEN + 1];
    uint8_t hash[SECRET_HASH_SIZE];
    if (check_count(tx, arena, account_id, err) != 0)
        return -1;
    rand_uuid(uuid);
    rand_token(lookup, APP_TOKEN_LOOKUP);
    rand_token(secret, SECRET_LEN);
    secret_hash(str_of(secret), hash);
    _cleanup_buf_ struct buf sealed;
    buf_init(&sealed, SEAL_OVERHEAD + SECRET_LEN);
    seal_close(key, str_of(secret), &sealed);
    struct app_token token = {
        .uuid = arena_strdup(arena, uuid),
        .account_id = account_id,
        .title = arena_strdup(arena, title),
        .lookup = arena_strdup(arena, lookup),
        .secret_hash = arena_str(arena, (struct str){(const char *)hash, sizeof hash}),
        .secret_sealed = arena_str(arena, buf_str(&sealed)),
        .created_ms = now_ms,
        .expires_ms = lifetime_ms ? now_ms + lifetime_ms : 0,
    };
    token.id = db_insert(tx, &Q_APP_TOKEN_INSERT, err, token.uuid, account_id, title, token.lookup,
                         token.secret_hash, token.secret_sealed, now_ms,
                         token.expires_ms ? &token.expires_ms : NULL);
    if (token.id < 0)
        return -1;
    *out = token;
    return 0;
}

const char *app_token_text(struct arena *arena, const struct seal_key *key,
                           const struct app_token *token)
{
    _cleanup_buf_ struct buf secret;
    buf_init(&secret, APP_TOKEN_LEN);
    if (!seal_open(key, token->secret_sealed, &secret))
        return NULL;
    return arena_printf(arena, "%s%.*s", token->lookup, STR_FMT(buf_str(&secret)));
}

static bool expired(const struct app_token *token, int64_t now_ms)
{
    return token->expires_ms && token->expires_ms <= now_ms;
}

int app_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                   struct app_token *out, struct err *err)
{
    struct app_token token = {0};
    if (text.len != APP_TOKEN_LEN)
        return 0;
    const char *lookup = arena_text(arena, str_sub(text, 0, APP_TOKEN_LOOKUP));
    int found = db_one(tx, &Q_APP_TOKEN_FIND, arena, &token, err, lookup);
    if (found <= 0)
        return found;
    if (!secret_matches(token.secret_hash, str_sub(text, APP_TOKEN_LOOKUP, APP_TOKEN_LEN)) ||
        expired(&token, now_ms))
        return 0;
    *out = token;
    return 1;
}

int app_token_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid, int64_t now_ms,
                           struct app_token *out, struct err *err)
{
    struct app_token token = {0};
    int found = db_one(tx, &Q_APP_TOKEN_FIND_BY_UUID, arena, &token, err, uuid);
    if (found <= 0 || expired(&token, now_ms))
        return found < 0 ? -1 : 0;
    *out = token;
    return 1;
}

int app_token_find_own(struct db_tx *tx, struct arena *arena, int64_t account_id, const char *uuid,
                       struct app_token *out, struct err *err)
{
    return db_one(tx, &Q_APP_TOKEN_FIND_OWN, arena, out, err, account_id, uuid);
}

int app_token_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t until_ms,
                   struct list *out, struct err *err)
{
    if (until_ms == INT64_MAX)
        return db_list(tx, &Q_APP_TOKEN_LIST, arena, out, err, account_id, (int64_t)APP_TOKENS_MAX);
    return db_list(tx, &Q_APP_TOKEN_LIST_EXPIRING, arena, out, err, account_id, until_ms,
                   (int64_t)APP_TOKENS_MAX);
}

int app_token_list_all(struct db_tx *tx, struct arena *arena, int64_t before_id, int64_t limit,
                       struct list *out, struct err *err)
{
    return db_list(tx, &Q_APP_TOKEN_LIST_ALL, arena, out, err, before_id, limit);
}

int app_token_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_APP_TOKEN_DELETE, err, id) < 0 ? -1 : 0;
}

int app_token_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
    return db_exec(tx, &Q_APP_TOKEN_TOUCH, err, id, now_ms) < 0 ? -1 : 0;
}
