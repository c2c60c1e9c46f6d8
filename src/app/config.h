/* SPDX-License-Identifier: Apache-2.0 */
/* config.yaml, with Quay's keys. Every key of Quay is known: it is used, accepted without effect,
 * or refused because ignoring it would be dangerous. What was found is told to the user, finding by
 * finding; nothing is ignored in silence. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "codec/schema.h"
#include "web/feature.h"

enum { CONFIG_KEYS_MAX = 2000 }; /* in one file */

/* Where objects are kept: the preferred location of DISTRIBUTED_STORAGE_CONFIG. */
struct config_storage {
    const char *location; /* its name; NULL when the file names none */
    const char *path;     /* as written */
    bool fsync;           /* a stored object survives power loss */
};

/* The values in force: the file's, or else the defaults. One member for each key that is used, and
 * for a few whose reader is still to come. Plain data, strings and lists live in the arena. */
struct config {
    const char *server_hostname;
    const char *preferred_url_scheme; /* "http", "https" */
    bool external_tls_termination;
    struct texts ssl_protocols; /* config_tls12() */
    struct texts ssl_ciphers;   /* config_ciphers() */

    const char *registry_state; /* "normal", "readonly" */
    bool disable_pushes;
    int64_t maximum_layer_size; /* bytes */
    bool library_support;
    const char *library_namespace;
    bool extended_repository_names;
    bool create_private_repo_on_push;
    bool create_namespace_on_push;
    bool public_catalog;
    int64_t v2_pagination_size; /* at least 100 */
    bool referrers_api;
    bool sparse_index;
    int64_t token_max_fresh_s;
    const char *key_service;
    int64_t key_expiration_min;
    int64_t key_refresh_min;
    int64_t key_forget_s;

    int64_t tag_expiration_ms;
    int64_t untagged_expiration_s;
    int64_t labeled_expiration_min_ms;
    int64_t labeled_expiration_max_ms;
    struct texts label_prefixes;
    struct texts label_prefixes_default;
    int64_t search_results_per_page;
    int64_t search_max_result_page_count;
    int64_t upload_expiration_min;
    bool garbage_collection;
    int64_t gc_frequency_s;

    const char *db_uri; /* NULL: a file in the data directory */
    const char *database_secret_key;
    struct texts storage_preference;
    struct config_storage storage; /* path NULL: a folder in the data directory */

    bool anonymous_access;
    const char *secret_key;
    bool user_initialize;
    struct texts super_users;
    bool superusers_full_access;
    struct texts readonly_super_users;
    bool superusers_org_creation_only;
    bool robots_disallow;
    struct texts robots_whitelist;
    bool partial_user_autocomplete;
    bool require_team_invite;
    bool restricted_users;
    struct texts restricted_users_whitelist;
    bool encrypted_basic_auth;
    bool user_last_accessed;
    int64_t last_accessed_threshold_s;
    int64_t app_token_expiration_ms; /* 0: app tokens do not expire */
    int64_t app_token_forget_ms;
    int64_t recovery_lifetime_ms;
    struct texts blocked_email_domains;
    bool audit_logins;
    bool audit_login_failures;
    const char *mail_server; /* NULL: no mail is sent */
    int64_t mail_port;
    bool mail_use_tls;
    const char *mail_username;
    const char *mail_password;
    const char *mail_default_sender;
    int64_t private_repositories_max; /* -1: no limit */
    const char *logging_level;

    struct texts unaudited_namespaces;
    struct texts unaudited_pulls;
    bool audit_pull_failures;
    bool audit_push_failures;
    bool audit_delete_failures;
    bool audit_extended;
    bool allow_unlogged_pulls;
    int64_t audit_page_max;
    bool audit_rotation;
    const char *audit_archive_path;
    int64_t audit_rotation_threshold_ms;
    int64_t audit_rotation_frequency_s;
    int64_t audit_archive_age_ms;
    const char *audit_export_path;
    int64_t audit_export_link_s;
    const char *trusted_proxies;

    bool features[FEATURE_COUNT]; /* those that routes depend on */
    int64_t quota_system_bytes;
    bool quota_backfill;
    int64_t quota_delay_s;
    int64_t session_timeout_ms;
    const char *session_cookie_name;
    int64_t fresh_login_timeout_ms;
    bool api_calls_xhr_only;
    struct texts cors_origins;
    struct texts hosts_allowed;
    const char *page_token_key;
    struct texts oauth_direct_clients;
    int64_t oauth_tokens_max; /* of an application; 0: any number */
    int64_t oauth_touch_s;
};

enum config_severity {
    CONFIG_FOUND_REFUSED, /* the server does not start with it */
    CONFIG_FOUND_WARNING, /* an unknown key, or values that do not go together */
    CONFIG_FOUND_IGNORED, /* accepted without effect */
    CONFIG_FOUND_USED,
    CONFIG_SEVERITIES,
};

struct config_finding {
    enum config_severity severity;
    const char *key;
    int64_t line;     /* in config.yaml; 0 when it is about no line */
    const char *text; /* one sentence without a full stop; "" for CONFIG_FOUND_USED */
};

struct config_findings {
    struct config_finding *items; /* in the order of the file */
    size_t count;
    size_t counts[CONFIG_SEVERITIES];
};

/* Read DIR/config.yaml; without a dir, the defaults. -1 only when the file cannot be read or is not
 * a YAML mapping: everything else becomes a finding, and the key keeps its default. */
int config_load(struct arena *arena, const char *dir, struct config *out,
                struct config_findings *findings_out, struct err *err);
/* -1 with the first of the refused findings, and how many there are, if there is one. */
int config_require(const struct config_findings *findings, struct err *err);

/* What the TLS listener needs: whether TLS 1.2 is spoken besides 1.3, and OpenSSL's list of
 * ciphers for it (NULL: its default). */
bool config_tls12(const struct config *config);
const char *config_ciphers(struct arena *arena, const struct config *config);
/* Of LOGGING_LEVEL. */
enum log_level config_log_level(const struct config *config);
