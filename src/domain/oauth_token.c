/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth access tokens. */
#include "oauth_token.h"

#include <stdio.h>

#include "base/rand.h"
#include "domain/oauth_token_sql.h"
#include "domain/secret.h"

int oauth_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                     struct oauth_token *out, struct err *err)
{
    struct oauth_token token;
    if (text.len != OAUTH_TOKEN_LEN)
        return 0;
    const char *lookup = arena_text(arena, str_sub(text, 0, OAUTH_TOKEN_LOOKUP));
    int found = db_one(tx, &Q_OAUTH_TOKEN_FIND, arena, &token, err, lookup);
    if (found <= 0)
        return found;
    if (!secret_matches(token.secret_hash, str_sub(text, OAUTH_TOKEN_LOOKUP, OAUTH_TOKEN_LEN)) ||
        token.expires_ms <= now_ms)
        return 0;
    *out = token;
    return 1;
}

int oauth_token_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid,
                             int64_t now_ms, struct oauth_token *out, struct err *err)
{
    return db_one(tx, &Q_OAUTH_TOKEN_BY_UUID, arena, out, err, uuid, now_ms);
}

int oauth_token_create(struct db_tx *tx, const struct oauth_token_new *in, int64_t now_ms,
                       char text_out[OAUTH_TOKEN_LEN + 1], struct err *err)
{
    char uuid[UUID_SIZE], text[OAUTH_TOKEN_LEN + 1], lookup[OAUTH_TOKEN_LOOKUP + 1];
    uint8_t hash[SECRET_HASH_SIZE];
    rand_uuid(uuid);
    rand_token(text, OAUTH_TOKEN_LEN);
    snprintf(lookup, sizeof lookup, "%.*s", OAUTH_TOKEN_LOOKUP, text);
    secret_hash(str_of(text + OAUTH_TOKEN_LOOKUP), hash);
    struct str stored = {(const char *)hash, sizeof hash};
    if (db_insert(tx, &Q_OAUTH_TOKEN_INSERT, err, uuid, in->application_id, in->account_id,
                  in->created_by ? &in->created_by : NULL, in->name, lookup, stored, in->scope,
                  now_ms, now_ms + in->lifetime_ms) < 0)
        return -1;
    memcpy(text_out, text, sizeof text);
    return 0;
}

int oauth_token_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
    return db_exec(tx, &Q_OAUTH_TOKEN_TOUCH, err, id, now_ms) < 0 ? -1 : 0;
}

int oauth_token_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_OAUTH_TOKEN_DELETE, err, id);
    return rows < 0 ? -1 : rows > 0;
}

static int64_t or_whole(int64_t limit)
{
    return limit < 1 || limit > DB_WHOLE_MAX ? DB_WHOLE_LIMIT : limit;
}

int oauth_token_list_of_application(struct db_tx *tx, struct arena *arena, int64_t application_id,
                                    int64_t now_ms, int64_t after, int64_t limit, struct list *out,
                                    struct err *err)
{
    return db_list_whole(tx, &Q_OAUTH_TOKEN_OF_APPLICATION, arena, out, err, application_id, now_ms,
                         after, or_whole(limit));
}

int oauth_token_list_of_account(struct db_tx *tx, struct arena *arena, int64_t account_id,
                                int64_t now_ms, int64_t after, int64_t limit, struct list *out,
                                struct err *err)
{
    return db_list_whole(tx, &Q_OAUTH_TOKEN_OF_ACCOUNT, arena, out, err, account_id, now_ms, after,
                         or_whole(limit));
}

int oauth_token_get_of_account(struct db_tx *tx, struct arena *arena, int64_t account_id,
                               const char *uuid, int64_t now_ms, struct oauth_token_row *out,
                               struct err *err)
{
    return db_one(tx, &Q_OAUTH_TOKEN_ONE_OF_ACCOUNT, arena, out, err, account_id, uuid, now_ms);
}

int oauth_token_count(struct db_tx *tx, int64_t application_id, int64_t now_ms, int64_t *out,
                      struct err *err)
{
    struct oauth_token_number row = {0};
    struct arena none = {0}; /* a number takes no memory */
    int found = db_one(tx, &Q_OAUTH_TOKEN_COUNT, &none, &row, err, application_id, now_ms);
    arena_done(&none);
    if (found < 0)
        return -1;
    *out = row.number;
    return 0;
}

int oauth_token_list_scopes(struct db_tx *tx, struct arena *arena, int64_t application_id,
                            int64_t account_id, int64_t now_ms, struct list *out, struct err *err)
{
    return db_list(tx, &Q_OAUTH_TOKEN_SCOPES, arena, out, err, application_id, account_id, now_ms,
                   (int64_t)OAUTH_TOKEN_PAGE_MAX);
}
