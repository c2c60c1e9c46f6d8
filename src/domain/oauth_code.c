/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes. */
#include "oauth_code.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/hex.h"
#include "base/rand.h"
#include "domain/oauth_code_sql.h"
#include "domain/secret.h"

static bool has_only(struct str text, const char *marks)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!char_is_alnum(text.ptr[i]) && !memchr(marks, text.ptr[i], strlen(marks)))
            return false;
    }
    return true;
}

bool oauth_code_challenge_ok(struct str challenge)
{
    return challenge.len == OAUTH_CHALLENGE_LEN && has_only(challenge, "-_");
}

bool oauth_code_proved(const struct oauth_code *code, struct str verifier)
{
    struct digest digest;
    if (!code->challenge)
        return verifier.len == 0;
    if (verifier.len < OAUTH_VERIFIER_MIN || verifier.len > OAUTH_VERIFIER_MAX ||
        !has_only(verifier, "-._~"))
        return false;
    _cleanup_buf_ struct buf text;
    buf_init(&text, OAUTH_CHALLENGE_LEN + 1);
    digest_of(DIGEST_SHA256, verifier, &digest);
    base64url_encode(&text, (struct str){(const char *)digest.bytes, digest.len});
    return buf_ok(&text) && secret_eq(buf_str(&text), str_of(code->challenge));
}

int oauth_code_create(struct db_tx *tx, const struct oauth_code *in, int64_t now_ms,
                      char text_out[OAUTH_CODE_LEN + 1], struct err *err)
{
    char text[OAUTH_CODE_LEN + 1], lookup[OAUTH_CODE_LOOKUP + 1];
    uint8_t hash[SECRET_HASH_SIZE];
    rand_token(text, OAUTH_CODE_LEN);
    snprintf(lookup, sizeof lookup, "%.*s", OAUTH_CODE_LOOKUP, text);
    secret_hash(str_of(text + OAUTH_CODE_LOOKUP), hash);
    struct str stored = {(const char *)hash, sizeof hash};
    if (db_insert(tx, &Q_OAUTH_CODE_INSERT, err, in->application_id, in->account_id, lookup, stored,
                  in->scope, in->redirect_uri, in->challenge, now_ms + OAUTH_CODE_LIFETIME_MS) < 0)
        return -1;
    memcpy(text_out, text, sizeof text);
    return 0;
}

int oauth_code_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t application_id,
                    int64_t now_ms, struct oauth_code *out, struct err *err)
{
    struct oauth_code code;
    if (text.len != OAUTH_CODE_LEN)
        return 0;
    const char *lookup = arena_text(arena, str_sub(text, 0, OAUTH_CODE_LOOKUP));
    int found = db_one(tx, &Q_OAUTH_CODE_FIND, arena, &code, err, lookup, application_id, now_ms);
    if (found <= 0)
        return found;
    if (!secret_matches(code.secret_hash, str_sub(text, OAUTH_CODE_LOOKUP, OAUTH_CODE_LEN)))
        return 0;
    *out = code;
    return 1;
}

int oauth_code_take(struct db_tx *tx, int64_t id, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_OAUTH_CODE_DELETE, err, id);
    return rows < 0 ? -1 : rows > 0;
}
