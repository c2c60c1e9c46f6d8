/* SPDX-License-Identifier: Apache-2.0 */
/* App tokens are long and random, so that neither a lockout nor a slow hash is needed. */
#include "app_login.h"

#include "auth/auth_state.h"
#include "domain/app_token.h"

/* A use is written down no more often than this. */
enum { TOUCH_MS = 60 * 1000 };

/* A token by its text, or by its UUID when there is none, and its user. */
static int load(struct auth *auth, struct arena *arena, struct str text, const char *uuid,
                int64_t now_ms, struct app_token *token, struct account *user, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(auth->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = uuid ? app_token_find_by_uuid(tx, arena, uuid, now_ms, token, err)
                     : app_token_find(tx, arena, text, now_ms, token, err);
    return found > 0 ? account_find_by_id(tx, arena, token->account_id, user, err) : found;
}

/* A login is not refused because this could not be written. */
static void touch(struct auth *auth, const struct app_token *token, int64_t now_ms)
{
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (now_ms - token->last_accessed_ms < TOUCH_MS ||
        db_begin(auth->db, DB_WRITE_RELAXED, &tx, &ignored) != 0)
        return;
    if (app_token_touch(tx, token->id, now_ms, &ignored) == 0)
        (void)db_commit(&tx, &ignored);
}

static int login(struct auth *auth, struct arena *arena, struct str text, const char *uuid,
                 int64_t now_ms, struct identity *out, struct err *err)
{
    struct app_token row = {0};
    struct account user = {0};
    if (!auth->rules.app_tokens)
        return err_set(err, ERR_UNAUTHORIZED, "app tokens are switched off here");
    int found = load(auth, arena, text, uuid, now_ms, &row, &user, err);
    if (found < 0)
        return -1;
    if (found == 0 || user.kind != ACCOUNT_USER)
        return err_set(err, ERR_UNAUTHORIZED, "invalid app token");
    if (!user.enabled)
        return err_set(err, ERR_UNAUTHORIZED, "this account is disabled");
    touch(auth, &row, now_ms);
    *out = identity_of_account(&auth->rules, &user);
    out->kind = IDENTITY_APP_TOKEN;
    out->token_uuid = row.uuid;
    return 0;
}

int app_login(struct auth *auth, struct arena *arena, struct str token, int64_t now_ms,
              struct identity *out, struct err *err)
{
    return login(auth, arena, token, NULL, now_ms, out, err);
}

int app_login_again(struct auth *auth, struct arena *arena, const char *uuid, int64_t now_ms,
                    struct identity *out, struct err *err)
{
    return login(auth, arena, (struct str){0}, uuid, now_ms, out, err);
}
