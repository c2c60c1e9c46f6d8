/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of config.yaml about running it. One row a key: name, how it is written,
 * what wharf does with it, a note for the user, and the value that asks for what happens anyway. */
#include "app/config_keys.h"

/* Notes that several rows share. */
static const char backfill[] = "nothing has to be filled in later";
static const char redis[] = "wharf needs no Redis";
static const char audit[] = "the audit log is kept in the database";
static const char exports[] = "exports are made one after another, at once";
static const char same_commit[] = "a change and its entry are one transaction";
static const char stats[] =
    "pulls and pushes are always counted, in memory, and written down together";
static const char python[] = "about the inner workings of Quay";
static const char queues[] = "there are no queues to name";
static const char metrics[] = "metrics are fetched from /metrics, not pushed";
static const char health[] = "the health checks have no settings";
static const char reporting[] = "reporting to such services is not built";
static const char hosted[] = "about the hosted service quay.io";
static const char old_config[] = "Quay itself does not look at it any more";

static const struct config_key log_health_and_metrics_keys[] = {
    {"LOGGING_LEVEL", CONFIG_TEXT, CONFIG_USED, "DEBUG, INFO, WARNING, ERROR or CRITICAL", NULL},
    {"USER_EVENTS_REDIS", CONFIG_OBJECT, CONFIG_ACCEPTED, redis, NULL},
    {"USER_EVENTS_REDIS_HOSTNAME", CONFIG_TEXT, CONFIG_ACCEPTED, redis, NULL},
    {"PULL_METRICS_REDIS", CONFIG_OBJECT, CONFIG_ACCEPTED, redis, NULL},
    {"PULL_METRICS_REDIS_HOSTNAME", CONFIG_TEXT, CONFIG_ACCEPTED, redis, NULL},
    {"PULL_METRICS_WORKER_COUNT", CONFIG_INT, CONFIG_ACCEPTED, stats, NULL},
    {"REDIS_FLUSH_INTERVAL_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, redis, NULL},
    {"REDIS_FLUSH_WORKER_BATCH_SIZE", CONFIG_INT, CONFIG_ACCEPTED, redis, NULL},
    {"REDIS_FLUSH_WORKER_SCAN_COUNT", CONFIG_INT, CONFIG_ACCEPTED, redis, NULL},
    {"FEATURE_IMAGE_PULL_STATS", CONFIG_BOOL, CONFIG_USED,
     "pulls of single tags and manifests are counted", NULL},
    {"FEATURE_REPOSITORY_ACTION_COUNTER", CONFIG_BOOL, CONFIG_ACCEPTED, stats, "true"},
    {"FEATURE_CLEAR_EXPIRED_RAC_ENTRIES", CONFIG_BOOL, CONFIG_ACCEPTED, stats, NULL},
    {"HEALTH_CHECKER", CONFIG_LIST, CONFIG_ACCEPTED, health, NULL},
    {"HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE", CONFIG_BOOL, CONFIG_ACCEPTED, health, NULL},
    {"DISKSPACE_HEALTH_THRESHOLD", CONFIG_NUMBER, CONFIG_ACCEPTED, health, NULL},
    {"DISKSPACE_HEALTH_WARNING_THRESHOLD", CONFIG_NUMBER, CONFIG_ACCEPTED, health, NULL},
    {"ENABLE_HEALTH_DEBUG_SECRET", CONFIG_SECRET, CONFIG_ACCEPTED, health, NULL},
    {"PROMETHEUS_PUSHGATEWAY_URL", CONFIG_TEXT, CONFIG_ACCEPTED, metrics, NULL},
    {"PROMETHEUS_NAMESPACE", CONFIG_TEXT, CONFIG_ACCEPTED, metrics, NULL},
    {"GLOBAL_PROMETHEUS_STATS_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, metrics, NULL},
    {"TRACKED_NAMESPACES", CONFIG_ANY, CONFIG_ACCEPTED, metrics, NULL},
    {"QUEUE_METRICS_TYPE", CONFIG_TEXT, CONFIG_ACCEPTED, old_config, NULL},
    {"QUEUE_WORKER_METRICS_REFRESH_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, metrics, NULL},
};

static const struct config_key audit_log_keys[] = {
    {"LOGS_MODEL", CONFIG_TEXT, CONFIG_ACCEPTED, audit, "\"database\""},
    {"LOGS_MODEL_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, audit, NULL},
    {"ACTION_LOG_AUDIT_LOGINS", CONFIG_BOOL, CONFIG_USED, "logins are entries of the audit log",
     NULL},
    {"ACTION_LOG_AUDIT_LOGIN_FAILURES", CONFIG_BOOL, CONFIG_USED, "refused logins are, too", NULL},
    {"ACTION_LOG_AUDIT_PULL_FAILURES", CONFIG_BOOL, CONFIG_USED, "refused pulls are, too", NULL},
    {"ACTION_LOG_AUDIT_PUSH_FAILURES", CONFIG_BOOL, CONFIG_USED, "refused pushes are, too", NULL},
    {"ACTION_LOG_AUDIT_DELETE_FAILURES", CONFIG_BOOL, CONFIG_USED,
     "refused deletions of tags and manifests are, too", NULL},
    {"FEATURE_EXTENDED_ACTION_LOGGING", CONFIG_BOOL, CONFIG_USED,
     "entries of the API say the URL, the method and the user agent of the request", NULL},
    {"FEATURE_ACTION_LOG_ROTATION", CONFIG_BOOL, CONFIG_USED,
     "old entries of the audit log move to files in the storage, one for each month", NULL},
    {"ACTION_LOG_ARCHIVE_LOCATION", CONFIG_TEXT, CONFIG_ACCEPTED,
     "archives are kept in the one storage that there is", NULL},
    {"ACTION_LOG_ARCHIVE_PATH", CONFIG_TEXT, CONFIG_USED,
     "the folder of those files, below the storage's", NULL},
    {"ACTION_LOG_ROTATION_THRESHOLD", CONFIG_DURATION, CONFIG_USED,
     "how old an entry is when it moves", NULL},
    {"ACTION_LOG_ROTATION_FREQUENCY", CONFIG_INT, CONFIG_USED,
     "seconds between two looks for such entries", NULL},
    {"MINIMUM_LOGS_AGE_FOR_ARCHIVE", CONFIG_DURATION, CONFIG_USED,
     "no younger entry moves, whatever the threshold says", NULL},
    {"ACTION_LOG_MAX_PAGE", CONFIG_INT, CONFIG_USED,
     "the API shows so many pages of an audit log and no more; 0: all", NULL},
    {"ALLOW_PULLS_WITHOUT_STRICT_LOGGING", CONFIG_BOOL, CONFIG_USED,
     "false: each pull waits until its entry is on the disk; else entries of pulls are written "
     "together, once a second",
     NULL},
    {"ALLOW_WITHOUT_STRICT_LOGGING", CONFIG_BOOL, CONFIG_ACCEPTED, same_commit, "false"},
    {"DISABLED_FOR_AUDIT_LOGS", CONFIG_TEXTS, CONFIG_USED,
     "namespaces without entries of the registry protocol and of logins", NULL},
    {"DISABLED_FOR_PULL_LOGS", CONFIG_TEXTS, CONFIG_USED, "namespaces without entries of pulls",
     NULL},
    {"FEATURE_DISABLE_PULL_LOGS_FOR_FREE_NAMESPACES", CONFIG_BOOL, CONFIG_ACCEPTED, hosted,
     "false"},
    {"FEATURE_AGGREGATED_LOG_COUNT_RETRIEVAL", CONFIG_BOOL, CONFIG_USED,
     "the API counts entries by day and kind", NULL},
    {"FEATURE_LOG_EXPORT", CONFIG_BOOL, CONFIG_USED, "the API exports entries to a file", NULL},
    {"EXPORT_ACTION_LOGS_STORAGE_PATH", CONFIG_TEXT, CONFIG_USED,
     "the folder of those files, below the storage's", NULL},
    {"EXPORT_ACTION_LOGS_SECONDS", CONFIG_INT, CONFIG_USED, "how long such a file can be fetched",
     NULL},
    {"EXPORT_ACTION_LOGS_WORKER_POLL_PERIOD", CONFIG_INT, CONFIG_ACCEPTED, exports, NULL},
    {"EXPORT_ACTION_LOGS_MAXIMUM_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, exports, NULL},
    {"EXPORT_ACTION_LOGS_MAXIMUM_QUERY_TIME_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, exports, NULL},
};

static const struct config_key error_and_usage_reports_keys[] = {
    {"FEATURE_OTEL_TRACING", CONFIG_BOOL, CONFIG_ACCEPTED, reporting, "false"},
    {"OTEL_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, reporting, NULL},
    {"OTEL_TRACING_EXCLUDED_URLS", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"EXCEPTION_LOG_TYPE", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"SENTRY_DSN", CONFIG_SECRET, CONFIG_ACCEPTED, reporting, NULL},
    {"SENTRY_PUBLIC_DSN", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"SENTRY_ENVIRONMENT", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"SENTRY_SAMPLE_RATE", CONFIG_NUMBER, CONFIG_ACCEPTED, reporting, NULL},
    {"SENTRY_TRACES_SAMPLE_RATE", CONFIG_NUMBER, CONFIG_ACCEPTED, reporting, NULL},
    {"SENTRY_PROFILES_SAMPLE_RATE", CONFIG_NUMBER, CONFIG_ACCEPTED, reporting, NULL},
    {"PROFILING_TYPE", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"PYROSCOPE_SERVER_ADDRESS", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"PYROSCOPE_APPLICATION_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"ANALYTICS_TYPE", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"MIXPANEL_KEY", CONFIG_SECRET, CONFIG_ACCEPTED, reporting, NULL},
    {"GOOGLE_ANALYTICS_KEY", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"GOOGLE_TAGMANAGER_KEY", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
    {"MARKETO_MUNCHKIN_ID", CONFIG_TEXT, CONFIG_ACCEPTED, reporting, NULL},
};

static const struct config_key hosted_service_keys[] = {
    {"STATIC_SITE_BUCKET", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"FEATURE_EXPORT_COMPLIANCE", CONFIG_BOOL, CONFIG_REFUSED,
     "nobody would be checked: that is not built", "false"},
    {"EXPORT_COMPLIANCE_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"SERVICE_LOG_ACCOUNT_ID", CONFIG_INT, CONFIG_ACCEPTED, hosted, NULL},
    {"IP_DATA_API_KEY", CONFIG_SECRET, CONFIG_ACCEPTED, hosted, NULL},
    {"FEATURE_BILLING", CONFIG_BOOL, CONFIG_ACCEPTED, hosted, "false"},
    {"BILLING_TYPE", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"STRIPE_SECRET_KEY", CONFIG_SECRET, CONFIG_ACCEPTED, hosted, NULL},
    {"STRIPE_PUBLISHABLE_KEY", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"FEATURE_RH_MARKETPLACE", CONFIG_BOOL, CONFIG_ACCEPTED, hosted, "false"},
    {"FEATURE_ENTITLEMENT_RECONCILIATION", CONFIG_BOOL, CONFIG_ACCEPTED, hosted, "false"},
    {"ENTITLEMENT_RECONCILIATION_USER_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"ENTITLEMENT_RECONCILIATION_MARKETPLACE_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"RECONCILIATION_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, hosted, NULL},
    {"FEATURE_SPAM_DETECTION", CONFIG_BOOL, CONFIG_ACCEPTED, hosted, "false"},
    {"SPAM_DETECTION_DRY_RUN", CONFIG_BOOL, CONFIG_ACCEPTED, hosted, NULL},
    {"SPAM_DETECTION_FAIL_OPEN", CONFIG_BOOL, CONFIG_ACCEPTED, hosted, NULL},
    {"SPAM_DETECTION_CLASSIFIER_PATH", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"SPAM_DETECTION_CLASSIFIER_VERSION", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
    {"SPAM_DETECTION_CLASSIFIER_SHA256", CONFIG_TEXT, CONFIG_ACCEPTED, hosted, NULL},
};

static const struct config_key workers_and_rest_keys[] = {
    {"TESTING", CONFIG_BOOL, CONFIG_ACCEPTED, "there is no such mode", "false"},
    {"DEBUG", CONFIG_BOOL, CONFIG_ACCEPTED, "there is no such mode", "false"},
    {"DEBUGGING", CONFIG_BOOL, CONFIG_ACCEPTED, "there is no such mode", "false"},
    {"SEND_FILE_MAX_AGE_DEFAULT", CONFIG_INT, CONFIG_ACCEPTED, python, NULL},
    {"JSONIFY_PRETTYPRINT_REGULAR", CONFIG_BOOL, CONFIG_ACCEPTED, python, NULL},
    {"PROPAGATE_EXCEPTIONS", CONFIG_BOOL, CONFIG_ACCEPTED, python, NULL},
    {"HTTPCLIENT", CONFIG_OBJECT, CONFIG_ACCEPTED, python, NULL},
    {"STATUS_TAGS", CONFIG_OBJECT, CONFIG_ACCEPTED, python, NULL},
    {"STAGGER_WORKERS", CONFIG_BOOL, CONFIG_ACCEPTED, python, NULL},
    {"GREENLET_TRACING", CONFIG_BOOL, CONFIG_ACCEPTED, python, NULL},
    {"FEATURE_MANIFEST_SIZE_BACKFILL", CONFIG_BOOL, CONFIG_ACCEPTED, backfill, NULL},
    {"FEATURE_MANIFEST_SUBJECT_BACKFILL", CONFIG_BOOL, CONFIG_ACCEPTED, backfill, NULL},
    {"MANIFEST_BACKFILL_WORKER_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, backfill, NULL},
    {"MANIFEST_SUBJECT_BACKFILL_WORKER_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, backfill, NULL},
    {"QUEUE_CLEANUP_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, queues, NULL},
    {"NOTIFICATION_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"DOCKERFILE_BUILD_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"REPLICATION_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"CHUNK_CLEANUP_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"NAMESPACE_GC_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"REPOSITORY_GC_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"EXPORT_ACTION_LOGS_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"SECSCAN_V4_NOTIFICATION_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"PROXY_CACHE_BLOB_QUEUE_NAME", CONFIG_TEXT, CONFIG_ACCEPTED, queues, NULL},
    {"V3_UPGRADE_MODE", CONFIG_TEXT, CONFIG_ACCEPTED, old_config, NULL},
    {"SYSTEM_SERVICES_PATH", CONFIG_TEXT, CONFIG_ACCEPTED, old_config, NULL},
    {"SYSTEM_SERVICE_BLACKLIST", CONFIG_TEXTS, CONFIG_ACCEPTED, old_config, NULL},
};

const struct config_key_table config_keys_operation[] = {
    {"Log, health and metrics", log_health_and_metrics_keys,
     ARRAY_LEN(log_health_and_metrics_keys)},
    {"Audit log", audit_log_keys, ARRAY_LEN(audit_log_keys)},
    {"Error and usage reports", error_and_usage_reports_keys,
     ARRAY_LEN(error_and_usage_reports_keys)},
    {"The hosted service", hosted_service_keys, ARRAY_LEN(hosted_service_keys)},
    {"Workers and the rest", workers_and_rest_keys, ARRAY_LEN(workers_and_rest_keys)},
    {NULL, NULL, 0},
};
