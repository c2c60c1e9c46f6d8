/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens of repositories. */
#include "access_token.h"

#include <stdio.h>

#include "base/rand.h"
#include "domain/access_token_sql.h"
#include "domain/secret.h"

int access_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                      struct access_token *out, struct err *err)
{
    struct access_token token;
    if (text.len != ACCESS_TOKEN_LEN)
        return 0;
    const char *lookup = arena_text(arena, str_sub(text, 0, ACCESS_TOKEN_LOOKUP));
    int found = db_one(tx, &Q_ACCESS_TOKEN_FIND, arena, &token, err, lookup, now_ms);
    if (found <= 0)
        return found;
    if (!secret_matches(token.secret_hash, str_sub(text, ACCESS_TOKEN_LOOKUP, ACCESS_TOKEN_LEN)))
        return 0;
    *out = token;
    return 1;
}

int access_token_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid,
                              int64_t now_ms, struct access_token *out, struct err *err)
{
    return db_one(tx, &Q_ACCESS_TOKEN_BY_UUID, arena, out, err, uuid, now_ms);
}

int access_token_create(struct db_tx *tx, const struct access_token_new *in, int64_t now_ms,
                        char text_out[ACCESS_TOKEN_LEN + 1], struct err *err)
{
    char uuid[UUID_SIZE], text[ACCESS_TOKEN_LEN + 1], lookup[ACCESS_TOKEN_LOOKUP + 1];
    uint8_t hash[SECRET_HASH_SIZE];
    rand_uuid(uuid);
    rand_token(text, ACCESS_TOKEN_LEN);
    snprintf(lookup, sizeof lookup, "%.*s", ACCESS_TOKEN_LOOKUP, text);
    secret_hash(str_of(text + ACCESS_TOKEN_LOOKUP), hash);
    struct str stored = {(const char *)hash, sizeof hash};
    if (db_insert(tx, &Q_ACCESS_TOKEN_INSERT, err, uuid, in->repository_id, in->name, lookup,
                  stored, (int64_t)in->role, now_ms, in->expires_ms ? &in->expires_ms : NULL) < 0)
        return -1;
    memcpy(text_out, text, sizeof text);
    return 0;
}

int access_token_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_ACCESS_TOKEN_DELETE, err, id);
    return rows < 0 ? -1 : rows > 0;
}
