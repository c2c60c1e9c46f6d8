/* SPDX-License-Identifier: Apache-2.0 */
/* Logins with OAuth tokens. */
#include "oauth_login.h"

#include "auth/auth_state.h"
#include "auth/oauth_scope.h"
#include "domain/oauth_token.h"

/* A use is written down no more often than this. */
enum { TOUCH_MS = 60 * 1000 };

static int identify(struct auth *auth, struct arena *arena, struct db_tx *tx,
                    const struct oauth_token *token, struct identity *out, struct err *err)
{
    struct account account = {0};
    int found = account_find_by_id(tx, arena, token->account_id, &account, err);
    if (found < 0)
        return -1;
    if (found == 0 || !account.enabled || account.kind != ACCOUNT_USER)
        return err_set(err, ERR_UNAUTHORIZED, "this account is disabled");
    *out = identity_limited(identity_of_account(&auth->rules, &account),
                            oauth_scope_parse(str_of(token->scope)));
    out->token_uuid = token->uuid;
    out->token_client_id = token->client_id;
    out->token_application = token->application_name;
    return 0;
}

static int refuse(struct err *err)
{
    return err_set(err, ERR_UNAUTHORIZED, "the OAuth token is unknown, revoked or expired");
}

static int load(struct auth *auth, struct arena *arena, struct str text, int64_t now_ms,
                struct oauth_token *token, struct identity *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(auth->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = oauth_token_find(tx, arena, text, now_ms, token, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse(err);
    return identify(auth, arena, tx, token, out, err);
}

/* A login is not refused because this could not be done. */
static void touch(struct auth *auth, const struct oauth_token *token, int64_t now_ms)
{
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (now_ms - token->last_accessed_ms < TOUCH_MS ||
        db_begin(auth->db, DB_WRITE_RELAXED, &tx, &ignored) != 0)
        return;
    if (oauth_token_touch(tx, token->id, now_ms, &ignored) == 0)
        (void)db_commit(&tx, &ignored);
}

int oauth_login(struct auth *auth, struct arena *arena, struct str text, int64_t now_ms,
                struct identity *out, struct err *err)
{
    struct oauth_token token = {0};
    if (load(auth, arena, text, now_ms, &token, out, err) != 0)
        return -1;
    touch(auth, &token, now_ms);
    return 0;
}

int oauth_login_again(struct auth *auth, struct arena *arena, const char *uuid, int64_t now_ms,
                      struct identity *out, struct err *err)
{
    struct oauth_token token;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(auth->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = oauth_token_find_by_uuid(tx, arena, uuid, now_ms, &token, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse(err);
    return identify(auth, arena, tx, &token, out, err);
}
