/* SPDX-License-Identifier: Apache-2.0 */
/* Putting the parts together, and the defaults of their settings. */
#include "auth.h"

#include <stdlib.h>

#include "auth/auth_state.h"
#include "auth/token.h"

enum { TOKENS_MAX = 16384, TOKENS_BYTES_MAX = 16 * 1024 * 1024 };

static const int64_t MINUTE_MS = 60 * 1000;

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value != 0 ? value : fallback;
}

static void fill_defaults(struct auth_config *rules)
{
    rules->key_service = rules->key_service ? rules->key_service : "quay";
    rules->key_refresh_ms = or_default(rules->key_refresh_ms, 55 * MINUTE_MS);
    rules->key_expiration_ms = or_default(rules->key_expiration_ms, 120 * MINUTE_MS);
    rules->key_forget_ms = or_default(rules->key_forget_ms, 7 * 24 * 60 * MINUTE_MS);
    rules->token_max_fresh_s = or_default(rules->token_max_fresh_s, TOKEN_LIFETIME_S + 60);
    /* The last token that a key signs must not outlive the key. */
    int64_t least = rules->key_refresh_ms + 1000 * (TOKEN_LIFETIME_S + TOKEN_LEEWAY_S);
    if (rules->key_expiration_ms < least)
        rules->key_expiration_ms = least;
}

int auth_new(const struct auth_config *config, struct db *db, struct auth **out, struct err *err)
{
    if (!config->hostname || config->hostname[0] == '\0')
        return err_set(err, ERR_INVALID, "SERVER_HOSTNAME is missing");
    if (config->key_refresh_ms < 0 || config->key_expiration_ms < 0 || config->key_forget_ms < 0 ||
        config->token_max_fresh_s < 0)
        return err_set(err, ERR_INVALID, "lifetimes of service keys and tokens cannot be negative");
    if (config->bcrypt_cost != 0 &&
        (config->bcrypt_cost < PASSWORD_COST_MIN || config->bcrypt_cost > PASSWORD_COST_MAX))
        return err_set(err, ERR_INVALID, "the cost of passwords must be %d to %d",
                       PASSWORD_COST_MIN, PASSWORD_COST_MAX);
    struct auth *auth = calloc(1, sizeof *auth);
    if (!auth)
        abort();
    auth->rules = *config;
    auth->db = db;
    fill_defaults(&auth->rules);
    struct keys_config keys = {
        .service = auth->rules.key_service,
        .expiration_ms = auth->rules.key_expiration_ms,
        .refresh_ms = auth->rules.key_refresh_ms,
        .forget_ms = auth->rules.key_forget_ms,
    };
    auth->keys = keys_new(&keys, db);
    auth->passwords = password_checker_new(config->bcrypt_cost, config->bcrypt_running,
                                           config->bcrypt_waiting);
    auth->tokens = lru_new(TOKENS_MAX, TOKENS_BYTES_MAX);
    *out = auth;
    return 0;
}

int auth_start(struct auth *auth, struct err *err)
{
    if (secrets_load(auth->db, &auth->rules.secrets, &auth->secrets, err) != 0)
        return -1;
    return keys_start(auth->keys, err);
}

const struct secrets *auth_secrets(const struct auth *auth)
{
    return &auth->secrets;
}

void auth_free(struct auth *auth)
{
    if (!auth)
        return;
    keys_free(auth->keys);
    password_checker_free(auth->passwords);
    lru_free(auth->tokens);
    free(auth);
}

const struct auth_config *auth_rules(const struct auth *auth)
{
    return &auth->rules;
}

int auth_hash_password(struct auth *auth, struct str password, char out[PASSWORD_HASH_SIZE],
                       struct err *err)
{
    return password_hash(auth->passwords, password, out, err);
}
