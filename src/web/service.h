/* SPDX-License-Identifier: Apache-2.0 */
/* What every handler works with: the stores, the rules, the caches. One for the life of the
 * server; wired in app/. */
#pragma once

#include <stdatomic.h>

#include "auth/auth.h"
#include "base/ip.h"
#include "domain/audit_queue.h"
#include "domain/tag.h"
#include "domain/upload.h"
#include "http/server.h"
#include "net/mailer.h"
#include "store/blob/blob.h"
#include "store/db/db.h"

/* What is written to the audit log. */
struct audit_rules {
    bool strict_pulls;            /* ALLOW_PULLS_WITHOUT_STRICT_LOGGING: false */
    bool logins;                  /* ACTION_LOG_AUDIT_LOGINS */
    bool login_failures;          /* ACTION_LOG_AUDIT_LOGIN_FAILURES */
    bool pull_failures;           /* ACTION_LOG_AUDIT_PULL_FAILURES */
    bool push_failures;           /* ACTION_LOG_AUDIT_PUSH_FAILURES */
    bool delete_failures;         /* ACTION_LOG_AUDIT_DELETE_FAILURES */
    bool extended;                /* FEATURE_EXTENDED_ACTION_LOGGING */
    int64_t page_max;             /* ACTION_LOG_MAX_PAGE; 0: no end */
    struct texts unaudited;       /* DISABLED_FOR_AUDIT_LOGS */
    struct texts unaudited_pulls; /* DISABLED_FOR_PULL_LOGS */
};

/* The rules that handlers look at, from config.yaml. Borrowed strings outlive the service. */
struct service_rules {
    const char *hostname;       /* SERVER_HOSTNAME: host[:port] in URLs and the token audience */
    const char *scheme;         /* PREFERRED_URL_SCHEME */
    const char *library;        /* namespace of names without '/'; NULL: refused */
    bool nested_names;          /* FEATURE_EXTENDED_REPOSITORY_NAMES */
    bool public_catalog;        /* FEATURE_PUBLIC_CATALOG */
    bool referrers;             /* FEATURE_REFERRERS_API */
    bool user_initialize;       /* FEATURE_USER_INITIALIZE */
    bool create_private;        /* CREATE_PRIVATE_REPO_ON_PUSH */
    bool pushes_disabled;       /* DISABLE_PUSHES */
    bool read_only;             /* REGISTRY_STATE: readonly */
    uint64_t layer_max;         /* MAXIMUM_LAYER_SIZE, bytes */
    int64_t page_size;          /* V2_PAGINATION_SIZE */
    uint64_t space_reserve;     /* bytes of free disk below which uploads are refused */
    uint64_t features;          /* feature_bit() of those that are on */
    bool create_namespace;      /* CREATE_NAMESPACE_ON_PUSH */
    bool org_creation_limited;  /* FEATURE_SUPERUSERS_ORG_CREATION_ONLY */
    bool partial_autocomplete;  /* FEATURE_PARTIAL_USER_AUTOCOMPLETE */
    bool team_invites;          /* FEATURE_REQUIRE_TEAM_INVITE */
    int64_t session_ms;         /* how long a browser session lasts */
    int64_t fresh_login_ms;     /* FRESH_LOGIN_TIMEOUT */
    const char *session_cookie; /* SESSION_COOKIE_NAME */
    bool xhr_only;              /* BROWSER_API_CALLS_XHR_ONLY */
    struct texts label_prefixes[2];    /* of keys that the API may not add */
    int64_t search_page;               /* SEARCH_RESULTS_PER_PAGE */
    int64_t search_pages_max;          /* SEARCH_MAX_RESULT_PAGE_COUNT */
    int64_t private_max;               /* MAXIMUM_PRIVATE_REPOSITORIES, for plan_check_private */
    int64_t app_token_ms;              /* APP_SPECIFIC_TOKEN_EXPIRATION; 0: never */
    int64_t recovery_ms;               /* USER_RECOVERY_TOKEN_LIFETIME */
    struct texts hosts_allowed;        /* SSRF_ALLOWED_HOSTS */
    struct texts blocked_domains;      /* BLACKLISTED_EMAIL_DOMAINS */
    struct texts oauth_direct_clients; /* DIRECT_OAUTH_CLIENTID_WHITELIST */
    int64_t oauth_tokens_max;          /* OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT; 0: any number */
    int64_t oauth_touch_ms;            /* OAUTH_TOKEN_LAST_ACCESSED_UPDATE_THRESHOLD_S */
    struct texts cors_origins;         /* CORS_ORIGIN; none: any, without cookies */
    const char *config_dump;           /* JSON for GET /api/v1/superuser/config */
    const char *public_config;         /* JSON objects for /config */
    const char *public_features;
    int64_t quota_system_bytes; /* DEFAULT_SYSTEM_REJECT_QUOTA_BYTES; 0: no limit */
    struct audit_rules audit;
    struct ip_nets trusted_proxies; /* TRUSTED_PROXY_CIDR */
};

struct events;
struct manifest_cache;
struct route_index;

struct service {
    _Atomic(const struct service_rules *) rules; /* one snapshot a request: see call->rules */
    struct upload_store uploads;                 /* with db and blobs */
    struct manifest_policy manifests;
    struct auth *auth;
    struct manifest_cache *cache;
    struct audit_queue *audit; /* NULL: only changes are audited */
    struct events *events;
    const struct route_index *routes;
    const struct server *server;             /* for metrics; NULL before it exists */
    const struct metric_set *const *metrics; /* all that /metrics shows */
    size_t metric_count;
    const char *version;   /* of the program */
    const char *changelog; /* CHANGELOG.md */
    struct db *db;
    struct blob_store *blobs;
    const char *exports;             /* folder of exports of the audit log */
    void (*stop)(void);              /* ask the program to end, which finishes what is under way */
    struct mailer *mailer;           /* NULL where FEATURE_MAILING is off */
    _Atomic int64_t storage_good_ms; /* clock_mono_ms() of the last probe that was fine */
};
