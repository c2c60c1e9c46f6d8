/* SPDX-License-Identifier: Apache-2.0 */
/* Who are you, what may you: the state behind it. One `struct auth` lives as long as the server:
 * its signing keys, the caches of verified passwords and tokens, and the rules from config.yaml.
 * All of it may be used from any thread. */
#pragma once

#include "auth/password.h"
#include "auth/secrets.h"
#include "base/err.h"
#include "codec/schema.h"
#include "store/db/db.h"

struct auth;

/* Strings and lists are borrowed and must outlive the auth. 0 means the default in brackets. */
struct auth_config {
    const char *hostname;          /* SERVER_HOSTNAME: the audience of tokens; needed */
    const char *library_namespace; /* LIBRARY_NAMESPACE when FEATURE_LIBRARY_SUPPORT, else NULL */
    const char *key_service;       /* INSTANCE_SERVICE_KEY_SERVICE: issuer of tokens ["quay"] */
    int64_t key_expiration_ms;     /* INSTANCE_SERVICE_KEY_EXPIRATION [120 min] */
    int64_t key_refresh_ms;        /* INSTANCE_SERVICE_KEY_REFRESH [55 min] */
    int64_t key_forget_ms;         /* EXPIRED_SERVICE_KEY_TTL_SEC [7 days] */
    int64_t token_max_fresh_s;     /* REGISTRY_JWT_AUTH_MAX_FRESH_S [3660] */
    bool anonymous_access;         /* FEATURE_ANONYMOUS_ACCESS */
    bool superusers_full_access;   /* FEATURE_SUPERUSERS_FULL_ACCESS */
    struct texts superusers;       /* SUPER_USERS; besides account.superuser */
    struct texts readonly_superusers; /* GLOBAL_READONLY_SUPER_USERS */
    bool robots_disallow;             /* ROBOTS_DISALLOW: only robots of the list below */
    struct texts robots_whitelist;    /* ROBOTS_WHITELIST */
    bool restricted_users;            /* FEATURE_RESTRICTED_USERS */
    struct texts unrestricted_users;  /* RESTRICTED_USERS_WHITELIST */
    bool verified_only;               /* an address must be confirmed before the first login */
    bool encrypted_basic_auth;        /* FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH */
    bool app_tokens;                  /* FEATURE_APP_SPECIFIC_TOKENS */
    bool last_accessed;               /* FEATURE_USER_LAST_ACCESSED */
    int64_t last_accessed_ms;         /* LAST_ACCESSED_UPDATE_THRESHOLD_S */
    struct secrets_config secrets;
    unsigned bcrypt_cost;    /* of new passwords [12] */
    unsigned bcrypt_running; /* computed at the same time [number of cores] */
    unsigned bcrypt_waiting; /* callers that may wait for one of those [4 a core] */
};

/* Prepare; touches neither the database nor a key. ERR_INVALID names a setting that cannot be. */
int auth_new(const struct auth_config *config, struct db *db, struct auth **out, struct err *err);
/* Load the secrets; load or generate the signing key in a thread of its own, and go on renewing it.
 * The database's schema must be up to date. Does not wait for the key. */
int auth_start(struct auth *auth, struct err *err);
/* Stops that thread. NULL is fine. */
void auth_free(struct auth *auth);
DEFINE_CLEANUP(struct auth, auth_free)

/* The rules in force, defaults filled in. */
const struct auth_config *auth_rules(const struct auth *auth);
/* The keys for cookies, page tokens and stored secrets; after auth_start. */
const struct secrets *auth_secrets(const struct auth *auth);
/* Hash a new password for account.password_hash: see password_hash(). Takes a quarter of a second:
 * call it outside of any transaction. */
int auth_hash_password(struct auth *auth, struct str password, char out[PASSWORD_HASH_SIZE],
                       struct err *err);
