/* SPDX-License-Identifier: Apache-2.0 */
/* Expired credentials: a look by index first, as most of the time there is nothing. */
#include "expiry.h"

#include "domain/expiry_sql.h"

/* 1 when anything is due, 0, -1. */
static int is_due(struct db *db, int64_t tokens_ms, int64_t now_ms, struct err *err)
{
    _cleanup_(arena_done) struct arena scratch = {0};
    struct expiry_row row;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_EXPIRY_APP_TOKEN, &scratch, &row, err, tokens_ms);
    if (found == 0)
        found = db_one(tx, &Q_EXPIRY_MAIL_CODE, &scratch, &row, err, now_ms);
    return found;
}

int expiry_run(struct db *db, const struct expiry_policy *policy, int64_t now_ms, struct err *err)
{
    int64_t tokens_ms = now_ms - policy->app_token_ms;
    int due = is_due(db, tokens_ms, now_ms, err);
    if (due <= 0)
        return due;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE_RELAXED, &tx, err) != 0 ||
        db_exec(tx, &Q_EXPIRY_DROP_APP_TOKENS, err, tokens_ms) < 0 ||
        db_exec(tx, &Q_EXPIRY_DROP_MAIL_CODES, err, now_ms) < 0)
        return -1;
    return db_commit(&tx, err);
}
