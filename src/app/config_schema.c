/* SPDX-License-Identifier: Apache-2.0 */
/* The members of struct config and their defaults, which are Quay's but for the hostname's port and
 * the level of the log. Durations and sizes have been turned into numbers before they come here. */
#include "app/config_schema.h"

enum { DAY_S = 24 * 3600, MONTH_S = 30 * DAY_S, MONTH_MIN = MONTH_S / 60, NAME_BYTES = 255 };

static const char *const schemes[] = {"http", "https", NULL};
static const char *const states[] = {"normal", "readonly", NULL};
static const char *const levels[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", NULL};

static const struct field config_fields[] = {
    F_TEXT(struct config, server_hostname, "SERVER_HOSTNAME", 0, .max = NAME_BYTES),
    F_TEXT(struct config, preferred_url_scheme, "PREFERRED_URL_SCHEME", 0, .values = schemes),
    F_BOOL(struct config, external_tls_termination, "EXTERNAL_TLS_TERMINATION", 0),
    F_TEXTS(struct config, ssl_protocols, "SSL_PROTOCOLS", 0),
    F_TEXTS(struct config, ssl_ciphers, "SSL_CIPHERS", 0),
    F_TEXT(struct config, registry_state, "REGISTRY_STATE", 0, .values = states),
    F_BOOL(struct config, disable_pushes, "DISABLE_PUSHES", 0),
    F_INT(struct config, maximum_layer_size, "MAXIMUM_LAYER_SIZE", 0, .min = 1, .max = INT64_MAX),
    F_BOOL(struct config, library_support, "FEATURE_LIBRARY_SUPPORT", 0),
    F_TEXT(struct config, library_namespace, "LIBRARY_NAMESPACE", 0, .max = NAME_BYTES),
    F_BOOL(struct config, extended_repository_names, "FEATURE_EXTENDED_REPOSITORY_NAMES", 0),
    F_BOOL(struct config, create_private_repo_on_push, "CREATE_PRIVATE_REPO_ON_PUSH", 0),
    F_BOOL(struct config, create_namespace_on_push, "CREATE_NAMESPACE_ON_PUSH", 0),
    F_BOOL(struct config, public_catalog, "FEATURE_PUBLIC_CATALOG", 0),
    F_INT(struct config, v2_pagination_size, "V2_PAGINATION_SIZE", 0, .min = 1, .max = 10000),
    F_BOOL(struct config, referrers_api, "FEATURE_REFERRERS_API", 0),
    F_BOOL(struct config, sparse_index, "FEATURE_SPARSE_INDEX", 0),
    /* Tokens live an hour: with less the registry would refuse its own. */
    F_INT(struct config, token_max_fresh_s, "REGISTRY_JWT_AUTH_MAX_FRESH_S", 0, .min = 3600,
          .max = MONTH_S),
    F_TEXT(struct config, key_service, "INSTANCE_SERVICE_KEY_SERVICE", 0, .max = NAME_BYTES),
    F_INT(struct config, key_expiration_min, "INSTANCE_SERVICE_KEY_EXPIRATION", 0, .min = 1,
          .max = MONTH_MIN),
    F_INT(struct config, key_refresh_min, "INSTANCE_SERVICE_KEY_REFRESH", 0, .min = 1,
          .max = MONTH_MIN),
    F_INT(struct config, key_forget_s, "EXPIRED_SERVICE_KEY_TTL_SEC", 0, .min = 1,
          .max = 12 * MONTH_S),
    F_INT(struct config, tag_expiration_ms, "DEFAULT_TAG_EXPIRATION", 0, .max = INT64_MAX / 2),
    F_INT(struct config, untagged_expiration_s, "PUSH_TEMP_TAG_EXPIRATION_SEC", 0, .min = 60,
          .max = 12 * MONTH_S),
    F_INT(struct config, upload_expiration_min, "BLOBUPLOAD_DELETION_DATE_THRESHOLD", 0, .min = 1,
          .max = 12 * MONTH_MIN),
    F_BOOL(struct config, garbage_collection, "FEATURE_GARBAGE_COLLECTION", 0),
    F_INT(struct config, gc_frequency_s, "GARBAGE_COLLECTION_FREQUENCY", 0, .min = 1,
          .max = MONTH_S),
    F_TEXT(struct config, db_uri, "DB_URI", 0),
    F_TEXT(struct config, database_secret_key, "DATABASE_SECRET_KEY", FIELD_SECRET),
    F_TEXTS(struct config, storage_preference, "DISTRIBUTED_STORAGE_PREFERENCE", 0),
    F_BOOL(struct config, anonymous_access, "FEATURE_ANONYMOUS_ACCESS", 0),
    F_BOOL(struct config, features[FEATURE_DIRECT_LOGIN], "FEATURE_DIRECT_LOGIN", 0),
    F_TEXT(struct config, secret_key, "SECRET_KEY", FIELD_SECRET),
    F_TEXT(struct config, page_token_key, "PAGE_TOKEN_KEY", FIELD_SECRET),
    F_INT(struct config, session_timeout_ms, "SESSION_TIMEOUT", 0, .min = 60000,
          .max = 12 * MONTH_S * INT64_C(1000)),
    F_TEXT(struct config, session_cookie_name, "SESSION_COOKIE_NAME", 0, .max = 64),
    F_INT(struct config, fresh_login_timeout_ms, "FRESH_LOGIN_TIMEOUT", 0, .min = 1000,
          .max = MONTH_S * INT64_C(1000)),
    F_BOOL(struct config, api_calls_xhr_only, "BROWSER_API_CALLS_XHR_ONLY", 0),
    F_TEXTS(struct config, cors_origins, "CORS_ORIGIN", 0, .max = 64),
    F_BOOL(struct config, user_initialize, "FEATURE_USER_INITIALIZE", 0),
    F_BOOL(struct config, super_users_enabled, "FEATURE_SUPER_USERS", 0),
    F_TEXTS(struct config, super_users, "SUPER_USERS", 0),
    F_BOOL(struct config, superusers_full_access, "FEATURE_SUPERUSERS_FULL_ACCESS", 0),
    F_TEXTS(struct config, readonly_super_users, "GLOBAL_READONLY_SUPER_USERS", 0),
    F_TEXT(struct config, logging_level, "LOGGING_LEVEL", 0, .values = levels),
};
const struct schema config_schema = SCHEMA(struct config, config_fields);

static const char *protocols[] = {"TLSv1.2", "TLSv1.3"};

const struct config config_schema_defaults = {
    .server_hostname = "localhost:8080",
    .preferred_url_scheme = "http",
    .ssl_protocols = {protocols, ARRAY_LEN(protocols)},
    .registry_state = "normal",
    .maximum_layer_size = INT64_C(20000000000),
    .library_support = true,
    .library_namespace = "library",
    .extended_repository_names = true,
    .create_private_repo_on_push = true,
    .v2_pagination_size = 100,
    .referrers_api = true,
    .token_max_fresh_s = 3660,
    .key_service = "quay",
    .key_expiration_min = 120,
    .key_refresh_min = 55,
    .key_forget_s = 7 * DAY_S,
    .tag_expiration_ms = 14 * DAY_S * INT64_C(1000),
    .untagged_expiration_s = 3600,
    .upload_expiration_min = 2 * DAY_S / 60,
    .garbage_collection = true,
    .gc_frequency_s = 30,
    .storage = {.fsync = true},
    .anonymous_access = true,
    .features = {[FEATURE_DIRECT_LOGIN] = true},
    .session_timeout_ms = 31 * DAY_S * INT64_C(1000),
    .session_cookie_name = "_csrf_token",
    .fresh_login_timeout_ms = 600 * 1000,
    .api_calls_xhr_only = true,
    .super_users_enabled = true,
    .logging_level = "INFO",
};
