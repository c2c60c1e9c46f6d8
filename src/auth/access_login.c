/* SPDX-License-Identifier: Apache-2.0 */
/* Logins with access tokens of repositories. */
#include "access_login.h"

#include "auth/auth_state.h"
#include "auth/oauth_scope.h"
#include "domain/access_token.h"

static unsigned access_of(int64_t role)
{
    return (role >= ROLE_READ ? ACCESS_READ : 0) | (role >= ROLE_WRITE ? ACCESS_WRITE : 0) |
           (role >= ROLE_ADMIN ? ACCESS_ADMIN : 0);
}

static struct identity identity_of(struct arena *arena, const struct access_token *token)
{
    struct grant grant = {
        arena_printf(arena, "%s/%s", token->namespace_name, token->repository),
        access_of(token->role),
    };
    return (struct identity){
        .kind = IDENTITY_ACCESS_TOKEN,
        .name = "$token",
        .bearer = true, /* what the grant says and no more */
        .grants = arena_memdup(arena, &grant, sizeof grant),
        .grant_count = 1,
        .scopes = OAUTH_ALL,
        .token_uuid = token->uuid,
    };
}

static int refuse(struct err *err)
{
    return err_set(err, ERR_UNAUTHORIZED, "the access token is unknown or expired");
}

int access_login(struct auth *auth, struct arena *arena, struct str text, int64_t now_ms,
                 struct identity *out, struct err *err)
{
    struct access_token token;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(auth->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = access_token_find(tx, arena, text, now_ms, &token, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse(err);
    *out = identity_of(arena, &token);
    return 0;
}

int access_login_again(struct auth *auth, struct arena *arena, const char *uuid, int64_t now_ms,
                       struct identity *out, struct err *err)
{
    struct access_token token;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(auth->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = access_token_find_by_uuid(tx, arena, uuid, now_ms, &token, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse(err);
    *out = identity_of(arena, &token);
    return 0;
}
