/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: claims and signature put together on the way out, and on the way in the key, the
 * signature, the claims and the account, in this order, then the cache. What is cached is one block
 * of memory, a few hundred bytes. */
#include "token.h"

#include <stdlib.h>

#include "auth/access_login.h"
#include "auth/app_login.h"
#include "auth/auth_state.h"
#include "auth/claims.h"
#include "auth/oauth_login.h"
#include "base/digest.h"
#include "domain/robot.h"

enum {
    CLAIMS_MAX = (TOKEN_BYTES_MAX - 1024) / 4 * 3, /* in base64, with header and signature */
    KEY_WAIT_MS = 5000,                            /* for the first key of the first start */
};

int token_issue(struct auth *auth, struct arena *arena, const struct identity *identity,
                const struct token_access *access, size_t count, const char *audience,
                int64_t now_ms, char **token_out, struct err *err)
{
    struct keys_entry *key;
    if (keys_signing(auth->keys, now_ms, KEY_WAIT_MS, &key, err) != 0)
        return -1;
    struct claims_request request = {
        .issuer = auth->rules.key_service,
        .audience = audience,
        .now_s = now_ms / 1000,
        .identity = identity,
        .access = access,
        .access_count = count,
    };
    _cleanup_buf_ struct buf claims;
    buf_init(&claims, CLAIMS_MAX);
    claims_format(&request, &claims);
    int result = buf_ok(&claims) ? jwt_sign(key->key, arena, buf_str(&claims), token_out, err)
                                 : err_set(err, ERR_TOO_LARGE, "the token would be too large");
    cached_unref(&key->cached);
    return result;
}

static void bearer_destroy(struct cached *cached)
{
    free(CONTAINER_OF(cached, struct bearer, cached));
}

void token_unref(struct bearer *bearer)
{
    if (bearer)
        cached_unref(&bearer->cached);
}

/* Copy NUL-terminated text to *at, and move *at behind it. */
static const char *place(char **at, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* A bearer holding a copy of all that `from` points to, in one block of *size_out bytes. */
static struct bearer *bearer_new(const struct identity *from, size_t *size_out)
{
    size_t size = sizeof(struct bearer) + from->grant_count * sizeof(struct grant);
    char *at;
    size_t texts = text_size(from->name) + text_size(from->uuid) + text_size(from->token_uuid) +
                   text_size(from->token_client_id) + text_size(from->token_application);
    for (size_t i = 0; i < from->grant_count; i++)
        texts += text_size(from->grants[i].repository);
    struct bearer *bearer = malloc(size + texts);
    if (!bearer)
        abort();
    struct grant *grants = (struct grant *)(bearer + 1);
    at = (char *)bearer + size;
    cached_init(&bearer->cached, bearer_destroy);
    bearer->identity = *from;
    bearer->identity.name = place(&at, from->name);
    bearer->identity.uuid = place(&at, from->uuid);
    bearer->identity.token_uuid = place(&at, from->token_uuid);
    bearer->identity.token_client_id = place(&at, from->token_client_id);
    bearer->identity.token_application = place(&at, from->token_application);
    bearer->identity.grants = grants;
    for (size_t i = 0; i < from->grant_count; i++)
        grants[i] = (struct grant){place(&at, from->grants[i].repository), from->grants[i].access};
    *size_out = size + texts;
    return bearer;
}

struct bearer *token_cached(struct auth *auth, struct str token, int64_t now_ms)
{
    struct digest digest;
    if (token.len > TOKEN_BYTES_MAX)
        return NULL;
    digest_of(DIGEST_SHA256, token, &digest);
    struct cached *found = lru_get(auth->tokens, (struct str){(char *)digest.bytes, digest.len},
                                   now_ms);
    return found ? CONTAINER_OF(found, struct bearer, cached) : NULL;
}

/* Signature and claims. */
static int check_claims(struct auth *auth, struct arena *arena, struct str token, int64_t now_ms,
                        struct claims *out, struct err *err)
{
    const char *kid;
    struct keys_entry *key;
    json_auto_t *json = NULL;
    if (jwt_peek_kid(arena, token, &kid, err) != 0 ||
        keys_verifying(auth->keys, kid, now_ms, &key, err) != 0)
        return -1;
    int verified = jwt_verify(key->key, token, &json, err);
    cached_unref(&key->cached);
    if (verified != 0)
        return -1;
    struct name_rules names = {
        .library = auth->rules.library_namespace,
        .hostname = auth->rules.hostname,
        .nested = true, /* was checked when the token was issued */
    };
    struct claims_rules rules = {
        .issuer = auth->rules.key_service,
        .audience = auth->rules.hostname,
        .max_fresh_s = auth->rules.token_max_fresh_s,
        .names = &names,
    };
    return claims_check(arena, json, &rules, now_ms / 1000, out, err);
}

/* A robot is named in its token, as with Quay: one that was made later is another one. It is as
 * enabled as its owner. */
static int find_robot(struct db_tx *tx, struct arena *arena, const struct claims *claims,
                      struct account *out, struct err *err)
{
    struct robot robot = {0};
    int found = robot_find(tx, arena, claims->entity, &robot, err);
    if (found <= 0 || robot.created_ms / 1000 > claims->issued_s)
        return found < 0 ? -1 : 0;
    *out = (struct account){.id = robot.id,
                            .uuid = robot.uuid,
                            .kind = ACCOUNT_ROBOT,
                            .name = robot.name,
                            .enabled = robot.enabled && robot.owner_enabled};
    return 1;
}

static int find_account(struct auth *auth, struct arena *arena, const struct claims *claims,
                        struct account *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(auth->db, DB_READ, &tx, err) != 0)
        return -1;
    return claims->kind == IDENTITY_ROBOT
               ? find_robot(tx, arena, claims, out, err)
               : account_find_by_uuid(tx, arena, claims->entity, out, err);
}

static int identify_account(struct auth *auth, struct arena *arena, const struct claims *claims,
                            struct identity *out, struct err *err)
{
    struct account account = {0};
    int found = find_account(auth, arena, claims, &account, err);
    if (found < 0)
        return -1;
    struct identity identity = identity_of_account(&auth->rules, &account);
    if (!found || !account.enabled || identity.kind != claims->kind)
        return err_set(err, ERR_UNAUTHORIZED, "the token's account is gone or disabled");
    *out = identity;
    return 0;
}

static int identify_holder(struct auth *auth, struct arena *arena, const struct claims *claims,
                           int64_t now_ms, struct identity *out, struct err *err)
{
    switch (claims->kind) {
    case IDENTITY_ANONYMOUS:
        *out = identity_anonymous;
        return auth->rules.anonymous_access
                   ? 0
                   : err_set(err, ERR_UNAUTHORIZED, "anonymous access is switched off");
    case IDENTITY_APP_TOKEN:
        return app_login_again(auth, arena, claims->entity, now_ms, out, err);
    case IDENTITY_OAUTH_TOKEN:
        return oauth_login_again(auth, arena, claims->entity, now_ms, out, err);
    case IDENTITY_ACCESS_TOKEN:
        return access_login_again(auth, arena, claims->entity, now_ms, out, err);
    default:
        return identify_account(auth, arena, claims, out, err);
    }
}

/* Who the token stands for, as of now. */
static int identify(struct auth *auth, struct arena *arena, const struct claims *claims,
                    int64_t now_ms, struct identity *out, struct err *err)
{
    struct identity identity;
    if (identify_holder(auth, arena, claims, now_ms, &identity, err) != 0)
        return -1;
    identity.bearer = true;
    identity.grants = claims->grants;
    identity.grant_count = claims->grant_count;
    *out = identity;
    return 0;
}

static void remember(struct auth *auth, struct str token, struct bearer *bearer, size_t size,
                     int64_t now_ms, int64_t expires_s)
{
    int64_t until = (expires_s + TOKEN_LEEWAY_S) * 1000;
    if (until > now_ms + TOKEN_REMEMBER_MS)
        until = now_ms + TOKEN_REMEMBER_MS;
    struct digest digest;
    digest_of(DIGEST_SHA256, token, &digest);
    lru_put(auth->tokens, (struct str){(char *)digest.bytes, digest.len}, &bearer->cached, size,
            until);
}

int token_verify(struct auth *auth, struct str token, int64_t now_ms, struct bearer **out,
                 struct err *err)
{
    if (token.len > TOKEN_BYTES_MAX)
        return err_set(err, ERR_UNAUTHORIZED, "the token is too large");
    struct arena arena = {0};
    struct claims claims;
    struct identity identity;
    int result = check_claims(auth, &arena, token, now_ms, &claims, err);
    if (result == 0)
        result = identify(auth, &arena, &claims, now_ms, &identity, err);
    if (result == 0) {
        size_t size;
        struct bearer *bearer = bearer_new(&identity, &size);
        remember(auth, token, bearer, size, now_ms, claims.expires_s);
        *out = bearer;
    }
    arena_done(&arena);
    return result;
}

bool token_of_header(struct str header, struct str *token_out)
{
    struct str rest = str_trim(header), scheme;
    if (!str_cut(&rest, ' ', &scheme) || !str_eq_case(scheme, STR("bearer")))
        return false;
    rest = str_trim(rest);
    if (rest.len == 0 || str_find(rest, ' ') >= 0 || str_find(rest, '\t') >= 0)
        return false;
    *token_out = rest;
    return true;
}
