/* SPDX-License-Identifier: Apache-2.0 */
/* Codes in mails. */
#include "mail_code.h"

#include "base/rand.h"
#include "domain/mail_code_sql.h"
#include "domain/secret.h"

int mail_code_create(struct db_tx *tx, enum mail_purpose purpose, int64_t account_id,
                     const char *email, int64_t now_ms, int64_t lifetime_ms,
                     char text_out[MAIL_CODE_LEN + 1], struct err *err)
{
    char text[MAIL_CODE_LEN + 1];
    uint8_t hash[SECRET_HASH_SIZE];
    rand_token(text, MAIL_CODE_LEN);
    secret_hash(str_of(text), hash);
    struct str stored = {(const char *)hash, sizeof hash};
    if (db_insert(tx, &Q_MAIL_CODE_INSERT, err, stored, (int64_t)purpose, account_id, email, now_ms,
                  now_ms + lifetime_ms) < 0)
        return -1;
    memcpy(text_out, text, sizeof text);
    return 0;
}

int mail_code_use(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                  struct mail_code *out, struct err *err)
{
    struct mail_code code = {0};
    uint8_t hash[SECRET_HASH_SIZE];
    if (text.len != MAIL_CODE_LEN)
        return 0;
    secret_hash(text, hash);
    struct str stored = {(const char *)hash, sizeof hash};
    int found = db_one(tx, &Q_MAIL_CODE_FIND, arena, &code, err, stored, now_ms);
    if (found <= 0)
        return found;
    /* Two clicks at once: one of them changes the row. */
    int64_t used = db_exec(tx, &Q_MAIL_CODE_USE, err, code.id, now_ms);
    if (used <= 0)
        return (int)used;
    *out = code;
    return 1;
}

int mail_code_recent(struct db_tx *tx, enum mail_purpose purpose, int64_t account_id,
                     int64_t since_ms, struct err *err)
{
    _cleanup_(arena_done) struct arena scratch = {0};
    struct mail_code code = {0};
    return db_one(tx, &Q_MAIL_CODE_RECENT, &scratch, &code, err, account_id, (int64_t)purpose,
                  since_ms);
}

int mail_code_cancel(struct db_tx *tx, enum mail_purpose purpose, int64_t account_id,
                     struct err *err)
{
    return db_exec(tx, &Q_MAIL_CODE_CANCEL, err, account_id, (int64_t)purpose) < 0 ? -1 : 0;
}

int mail_code_cancel_all(struct db_tx *tx, int64_t account_id, struct err *err)
{
    return db_exec(tx, &Q_MAIL_CODE_CANCEL_ALL, err, account_id) < 0 ? -1 : 0;
}

int mail_code_invited(struct db_tx *tx, const char *code, const char *email, struct err *err)
{
    _cleanup_(arena_done) struct arena scratch = {0};
    struct mail_code row = {0};
    char *lower = arena_strdup(&scratch, email);
    for (char *at = lower; *at; at++)
        *at = char_lower(*at);
    return db_one(tx, &Q_MAIL_CODE_INVITED, &scratch, &row, err, code, lower);
}
