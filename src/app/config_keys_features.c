/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of config.yaml about what a registry does besides storing. One row a key: name, how it
 * is written, what wharf does with it, a note for the user, and the value that asks for what
 * happens anyway. */
#include "app/config_keys.h"

/* Notes that several rows share. */
static const char ui[] = "the web interface is not built yet";
static const char redis[] = "wharf needs no Redis";
static const char builds[] = "images cannot be built here yet";
static const char mirror[] = "mirroring is not built yet";
static const char proxy_cache[] = "the pull-through cache is not built yet";
static const char counting[] = "what was pushed before is counted once, in steps of milliseconds";
static const char prune[] = "automatic pruning of tags is not built yet";
static const char scanner[] = "vulnerability scanning is not built yet";
static const char notify[] = "notifications are not built yet";
static const char trust[] = "content trust is not built; signatures are stored as artifacts";
static const char old_config[] = "Quay itself does not look at it any more";

static const struct config_key web_interface_keys[] = {
    {"REGISTRY_TITLE", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"REGISTRY_TITLE_SHORT", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"CONTACT_INFO", CONFIG_TEXTS, CONFIG_ACCEPTED, ui, NULL},
    {"BRANDING", CONFIG_OBJECT, CONFIG_ACCEPTED, ui, NULL},
    {"ENTERPRISE_LOGO_URL", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"ENTERPRISE_LOGO_URL_DARK", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"DOCUMENTATION_ROOT", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"FOOTER_LINKS", CONFIG_OBJECT, CONFIG_ACCEPTED, ui, NULL},
    {"DEFAULT_UI", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"DISABLE_ANGULAR_UI", CONFIG_BOOL, CONFIG_ACCEPTED, ui, NULL},
    {"UI_V2_FEEDBACK_FORM", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"FEATURE_UI_V2", CONFIG_BOOL, CONFIG_ACCEPTED, ui, NULL},
    {"FEATURE_UI_MODELCARD", CONFIG_BOOL, CONFIG_ACCEPTED, ui, NULL},
    {"UI_MODELCARD_ARTIFACT_TYPE", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"UI_MODELCARD_ANNOTATION", CONFIG_OBJECT, CONFIG_ACCEPTED, ui, NULL},
    {"UI_MODELCARD_LAYER_ANNOTATION", CONFIG_OBJECT, CONFIG_ACCEPTED, ui, NULL},
    {"FEATURE_UI_DELAY_AFTER_WRITE", CONFIG_BOOL, CONFIG_ACCEPTED, ui, NULL},
    {"UI_DELAY_AFTER_WRITE_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, ui, NULL},
    {"AVATAR_KIND", CONFIG_TEXT, CONFIG_ACCEPTED, ui, NULL},
    {"AVATAR_COLORS", CONFIG_TEXTS, CONFIG_ACCEPTED, ui, NULL},
    {"CHANNEL_COLORS", CONFIG_TEXTS, CONFIG_ACCEPTED, ui, NULL},
    {"USE_CDN", CONFIG_BOOL, CONFIG_ACCEPTED, ui, NULL},
    {"SEARCH_RESULTS_PER_PAGE", CONFIG_INT, CONFIG_USED, "repositories on a page of search results",
     NULL},
    {"SEARCH_MAX_RESULT_PAGE_COUNT", CONFIG_INT, CONFIG_USED, "pages of search results", NULL},
};

static const struct config_key builds_keys[] = {
    {"BUILDLOGS_REDIS", CONFIG_OBJECT, CONFIG_ACCEPTED, redis, NULL},
    {"BUILDLOGS_REDIS_HOSTNAME", CONFIG_TEXT, CONFIG_ACCEPTED, redis, NULL},
    {"BUILDLOGS_OPTIONS", CONFIG_LIST, CONFIG_ACCEPTED, redis, NULL},
    {"BUILDLOGS_MODULE_AND_CLASS", CONFIG_LIST, CONFIG_ACCEPTED, redis, NULL},
    {"USERFILES_LOCATION", CONFIG_TEXT, CONFIG_ACCEPTED, builds, NULL},
    {"USERFILES_PATH", CONFIG_TEXT, CONFIG_ACCEPTED, builds, NULL},
    {"LOG_ARCHIVE_LOCATION", CONFIG_TEXT, CONFIG_ACCEPTED, builds, NULL},
    {"LOG_ARCHIVE_PATH", CONFIG_TEXT, CONFIG_ACCEPTED, builds, NULL},
    {"FEATURE_BUILD_SUPPORT", CONFIG_BOOL, CONFIG_ACCEPTED, builds, "false"},
    {"FEATURE_GITHUB_BUILD", CONFIG_BOOL, CONFIG_ACCEPTED, builds, "false"},
    {"FEATURE_GITLAB_BUILD", CONFIG_BOOL, CONFIG_ACCEPTED, builds, "false"},
    {"FEATURE_BITBUCKET_BUILD", CONFIG_BOOL, CONFIG_ACCEPTED, builds, "false"},
    {"FEATURE_READER_BUILD_LOGS", CONFIG_BOOL, CONFIG_ACCEPTED, builds, NULL},
    {"GITHUB_TRIGGER_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, builds, NULL},
    {"GITLAB_TRIGGER_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, builds, NULL},
    {"BITBUCKET_TRIGGER_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, builds, NULL},
    {"BUILD_MANAGER", CONFIG_LIST, CONFIG_ACCEPTED, builds, NULL},
    {"BUILDMAN_HOSTNAME", CONFIG_TEXT, CONFIG_ACCEPTED, builds, NULL},
    {"DEFAULT_NAMESPACE_MAXIMUM_BUILD_COUNT", CONFIG_INT, CONFIG_ACCEPTED, builds, NULL},
    {"THREAT_NAMESPACE_MAXIMUM_BUILD_COUNT", CONFIG_INT, CONFIG_ACCEPTED, builds, NULL},
    {"BILLED_NAMESPACE_MAXIMUM_BUILD_COUNT", CONFIG_INT, CONFIG_ACCEPTED, builds, NULL},
    {"SUCCESSIVE_TRIGGER_FAILURE_DISABLE_THRESHOLD", CONFIG_INT, CONFIG_ACCEPTED, builds, NULL},
    {"SUCCESSIVE_TRIGGER_INTERNAL_ERROR_DISABLE_THRESHOLD", CONFIG_INT, CONFIG_ACCEPTED, builds,
     NULL},
};

static const struct config_key mirrors_and_caches_keys[] = {
    {"FEATURE_REPO_MIRROR", CONFIG_BOOL, CONFIG_ACCEPTED, mirror, "false"},
    {"REPO_MIRROR_INTERVAL", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_TLS_VERIFY", CONFIG_BOOL, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_SERVER_HOSTNAME", CONFIG_TEXT, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_ROLLBACK", CONFIG_BOOL, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_MAX_MANIFEST_LIST_SIZE", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_MAX_MANIFEST_ENTRIES", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_TAG_ROLLBACK_PAGE_SIZE", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"REPO_MIRROR_WORKER_REPLICAS", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"FEATURE_ORG_MIRROR", CONFIG_BOOL, CONFIG_ACCEPTED, mirror, "false"},
    {"ORG_MIRROR_INTERVAL", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"ORG_MIRROR_MAX_DISCOVERY_DURATION", CONFIG_INT, CONFIG_ACCEPTED, mirror, NULL},
    {"FEATURE_PROXY_CACHE", CONFIG_BOOL, CONFIG_ACCEPTED, proxy_cache, "false"},
    {"FEATURE_PROXY_CACHE_BLOB_DOWNLOAD", CONFIG_BOOL, CONFIG_ACCEPTED, proxy_cache, NULL},
};

static const struct config_key quotas_keys[] = {
    {"FEATURE_QUOTA_MANAGEMENT", CONFIG_BOOL, CONFIG_USED,
     "account for the storage that namespaces use, show it, and have quotas", NULL},
    {"FEATURE_EDIT_QUOTA", CONFIG_BOOL, CONFIG_USED, "show and change quotas by the API", NULL},
    {"FEATURE_VERIFY_QUOTA", CONFIG_BOOL, CONFIG_USED,
     "refuse pushes where a Reject limit is reached, and warn at a Warning limit", NULL},
    {"FEATURE_QUOTA_SUPPRESS_FAILURES", CONFIG_BOOL, CONFIG_ACCEPTED,
     "a push never fails by the accounting, which comes after it", NULL},
    {"FEATURE_QUOTA_NOTIFICATIONS", CONFIG_BOOL, CONFIG_ACCEPTED, notify, "false"},
    {"QUOTA_NOTIFICATION_COOLDOWN_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, notify, NULL},
    {"QUOTA_NOTIFICATION_WORKER_POLL_PERIOD", CONFIG_INT, CONFIG_ACCEPTED, notify, NULL},
    {"DEFAULT_SYSTEM_REJECT_QUOTA_BYTES", CONFIG_INT, CONFIG_USED,
     "bytes that a namespace without a quota may use; 0: no limit", NULL},
    {"QUOTA_TOTAL_DELAY_SECONDS", CONFIG_INT, CONFIG_USED,
     "after the first start with FEATURE_QUOTA_MANAGEMENT, the time until what was pushed before"
     " is counted: long enough for every node to be of a version that takes note of pushes",
     NULL},
    {"QUOTA_BACKFILL", CONFIG_BOOL, CONFIG_USED, "count what was pushed before, too", NULL},
    {"QUOTA_BACKFILL_POLL_PERIOD", CONFIG_INT, CONFIG_ACCEPTED, counting, NULL},
    {"QUOTA_BACKFILL_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, counting, NULL},
    {"QUOTA_REGISTRY_SIZE_POLL_PERIOD", CONFIG_INT, CONFIG_ACCEPTED,
     "the registry's size is counted when it is asked for", NULL},
    {"QUOTA_INVALIDATE_TOTALS", CONFIG_BOOL, CONFIG_ACCEPTED,
     "once accounting has begun the numbers stay right while FEATURE_QUOTA_MANAGEMENT is off",
     NULL},
};

static const struct config_key pruning_keys[] = {
    {"FEATURE_AUTO_PRUNE", CONFIG_BOOL, CONFIG_ACCEPTED, prune, "false"},
    {"DEFAULT_NAMESPACE_AUTOPRUNE_POLICY", CONFIG_OBJECT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTO_PRUNING_POLL_PERIOD", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTO_PRUNING_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTO_PRUNING_DEFAULT_POLICY_POLL_PERIOD", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTO_PRUNING_DEFAULT_POLICY_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTO_PRUNING_DEFAULT_POLICY_FETCH_NAMESPACES_LIMIT", CONFIG_INT, CONFIG_ACCEPTED, prune,
     NULL},
    {"AUTOPRUNE_TASK_RUN_MINIMUM_INTERVAL_MINUTES", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTOPRUNE_FETCH_TAGS_PAGE_LIMIT", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTOPRUNE_FETCH_REPOSITORIES_PAGE_LIMIT", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
    {"AUTOPRUNE_DEFAULT_POLICY_TIMEOUT", CONFIG_INT, CONFIG_ACCEPTED, prune, NULL},
};

static const struct config_key vulnerability_scanning_keys[] = {
    {"FEATURE_SECURITY_SCANNER", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, "false"},
    {"FEATURE_SECURITY_NOTIFICATIONS", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, "false"},
    {"FEATURE_SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, NULL},
    {"NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX", CONFIG_TEXT, CONFIG_ACCEPTED, scanner, NULL},
    {"FEATURE_SECURITY_SCANNER_V2", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, old_config, NULL},
    {"SECURITY_SCANNER_V4_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_PSK", CONFIG_SECRET, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_NAMESPACE_WHITELIST", CONFIG_TEXTS, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_INDEXING", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_INDEX_MAX_LAYER_SIZE", CONFIG_TEXT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_MANIFEST_CLEANUP", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_REINDEX_THRESHOLD", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_LOCK", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_RECENT_MANIFEST_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V4_RECENT_MANIFEST_BATCH_LOCK", CONFIG_BOOL, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_INDEXING_INTERVAL", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_MAX_SCAN_RETRIES", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V2_INDEXING_INTERVAL", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
    {"SECURITY_SCANNER_V2_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, scanner, NULL},
};

static const struct config_key notifications_keys[] = {
    {"FEATURE_IMAGE_EXPIRY_TRIGGER", CONFIG_BOOL, CONFIG_ACCEPTED, notify, "false"},
    {"NOTIFICATION_TASK_RUN_MINIMUM_INTERVAL_MINUTES", CONFIG_INT, CONFIG_ACCEPTED, notify, NULL},
    {"NOTIFICATION_SEND_TIMEOUT", CONFIG_INT, CONFIG_ACCEPTED, notify, NULL},
    {"WEBHOOK_HOSTNAME_BLACKLIST", CONFIG_TEXTS, CONFIG_ACCEPTED, notify, NULL},
};

static const struct config_key content_trust_keys[] = {
    {"FEATURE_SIGNING", CONFIG_BOOL, CONFIG_ACCEPTED, trust, "false"},
    {"TUF_SERVER", CONFIG_TEXT, CONFIG_ACCEPTED, trust, NULL},
    {"TUF_HOST", CONFIG_TEXT, CONFIG_ACCEPTED, trust, NULL},
    {"TUF_GUN_PREFIX", CONFIG_TEXT, CONFIG_ACCEPTED, trust, NULL},
    {"TUF_API_TIMEOUT_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, trust, NULL},
    {"TUF_READONLY_FAILOVER_ENDPOINTS", CONFIG_TEXTS, CONFIG_ACCEPTED, trust, NULL},
};

const struct config_key_table config_keys_features[] = {
    {"Web interface", web_interface_keys, ARRAY_LEN(web_interface_keys)},
    {"Builds", builds_keys, ARRAY_LEN(builds_keys)},
    {"Mirrors and caches", mirrors_and_caches_keys, ARRAY_LEN(mirrors_and_caches_keys)},
    {"Quotas", quotas_keys, ARRAY_LEN(quotas_keys)},
    {"Pruning", pruning_keys, ARRAY_LEN(pruning_keys)},
    {"Vulnerability scanning", vulnerability_scanning_keys, ARRAY_LEN(vulnerability_scanning_keys)},
    {"Notifications", notifications_keys, ARRAY_LEN(notifications_keys)},
    {"Content trust", content_trust_keys, ARRAY_LEN(content_trust_keys)},
    {NULL, NULL, 0},
};
