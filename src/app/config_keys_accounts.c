/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of config.yaml about who may log in. One row a key: name, how it is written,
 * what wharf does with it, a note for the user, and the value that asks for what happens anyway. */
#include "app/config_keys.h"

/* Notes that several rows share. */
static const char web_api[] = "the web API for this is not built yet";
static const char sign_up[] = "nobody can sign up: accounts are made on the command line";
static const char sessions[] = "there are no browser sessions yet";
static const char robots[] = "robot accounts are not built yet";
static const char app_tokens[] = "app tokens are not built yet";
static const char oauth[] = "OAuth applications are not built yet";
static const char teams[] = "teams are not built yet";
static const char ldap[] = "logins through LDAP are not built yet";
static const char external[] = "logins through other services are not built yet";
static const char mail[] = "mail is not built yet";
static const char bootstrap[] = "use wharf user create";
static const char notify[] = "notifications are not built yet";

static const struct config_key logins_and_sessions_keys[] = {
    {"AUTHENTICATION_TYPE", CONFIG_TEXT, CONFIG_REFUSED,
     "the users of other systems could not log in yet; use Database", "\"Database\""},
    {"FEATURE_DIRECT_LOGIN", CONFIG_BOOL, CONFIG_USED, "users sign in with name and password",
     NULL},
    {"FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH", CONFIG_BOOL, CONFIG_REFUSED,
     "plain passwords would be taken all the same; encrypted ones are not built yet", "false"},
    {"FEATURE_ANONYMOUS_ACCESS", CONFIG_BOOL, CONFIG_USED,
     "public repositories may be pulled without a login", NULL},
    {"SECRET_KEY", CONFIG_SECRET, CONFIG_USED, "signs session cookies; without it one is drawn",
     NULL},
    {"FEATURE_PERMANENT_SESSIONS", CONFIG_BOOL, CONFIG_ACCEPTED, sessions, NULL},
    {"SESSION_TIMEOUT", CONFIG_DURATION, CONFIG_USED, "how long a browser stays signed in", NULL},
    {"SESSION_COOKIE_NAME", CONFIG_TEXT, CONFIG_USED, "name of the session's cookie", NULL},
    {"SESSION_COOKIE_SECURE", CONFIG_BOOL, CONFIG_ACCEPTED, sessions, NULL},
    {"FORCE_NONSECURE_SESSION_COOKIE", CONFIG_BOOL, CONFIG_ACCEPTED, sessions, NULL},
    {"SESSION_COOKIE_HTTPONLY", CONFIG_BOOL, CONFIG_ACCEPTED, sessions, NULL},
    {"SESSION_COOKIE_SAMESITE", CONFIG_TEXT, CONFIG_ACCEPTED, sessions, NULL},
    {"FRESH_LOGIN_TIMEOUT", CONFIG_DURATION, CONFIG_USED,
     "sensitive changes need a password that was given this lately", NULL},
    {"BROWSER_API_CALLS_XHR_ONLY", CONFIG_BOOL, CONFIG_USED,
     "browsers must send X-Requested-With with API calls", NULL},
    {"PAGE_TOKEN_KEY", CONFIG_SECRET, CONFIG_USED, "seals page tokens; without it one is drawn",
     NULL},
    {"FEATURE_APP_SPECIFIC_TOKENS", CONFIG_BOOL, CONFIG_ACCEPTED, app_tokens, "false"},
    {"APP_SPECIFIC_TOKEN_EXPIRATION", CONFIG_DURATION, CONFIG_ACCEPTED, app_tokens, NULL},
    {"EXPIRED_APP_SPECIFIC_TOKEN_GC", CONFIG_DURATION, CONFIG_ACCEPTED, app_tokens, NULL},
    {"ROBOTS_DISALLOW", CONFIG_BOOL, CONFIG_ACCEPTED, robots, "true"},
    {"ROBOTS_WHITELIST", CONFIG_TEXTS, CONFIG_ACCEPTED, robots, NULL},
    {"DIRECT_OAUTH_CLIENTID_WHITELIST", CONFIG_TEXTS, CONFIG_ACCEPTED, oauth, NULL},
    {"FEATURE_ASSIGN_OAUTH_TOKEN", CONFIG_BOOL, CONFIG_ACCEPTED, oauth, NULL},
    {"OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT", CONFIG_INT, CONFIG_ACCEPTED, oauth, NULL},
    {"OAUTH_TOKEN_LAST_ACCESSED_UPDATE_THRESHOLD_S", CONFIG_INT, CONFIG_ACCEPTED, oauth, NULL},
    {"LOCAL_OAUTH_HANDLER", CONFIG_TEXT, CONFIG_ACCEPTED, oauth, NULL},
};

static const struct config_key users_and_superusers_keys[] = {
    {"FEATURE_USER_INITIALIZE", CONFIG_BOOL, CONFIG_USED,
     "the first user may be made through the API", NULL},
    {"SUPER_USERS", CONFIG_TEXTS, CONFIG_USED, "users who may do everything in administration",
     NULL},
    {"FEATURE_SUPER_USERS", CONFIG_BOOL, CONFIG_USED, "SUPER_USERS counts", NULL},
    {"FEATURE_SUPERUSERS_FULL_ACCESS", CONFIG_BOOL, CONFIG_USED,
     "superusers may change the repositories of others", NULL},
    {"GLOBAL_READONLY_SUPER_USERS", CONFIG_TEXTS, CONFIG_USED, "users who may read everything",
     NULL},
    {"FEATURE_SUPERUSERS_ORG_CREATION_ONLY", CONFIG_BOOL, CONFIG_ACCEPTED,
     "nobody can create organizations yet", NULL},
    {"FEATURE_SUPERUSER_CONFIGDUMP", CONFIG_BOOL, CONFIG_USED,
     "superusers may read the configuration in the API, without its secrets", NULL},
    {"FEATURE_RESTRICTED_USERS", CONFIG_BOOL, CONFIG_REFUSED,
     "the users would not be restricted: that is not built yet", "false"},
    {"RESTRICTED_USERS_WHITELIST", CONFIG_TEXTS, CONFIG_ACCEPTED,
     "goes with FEATURE_RESTRICTED_USERS", NULL},
    {"PUBLIC_NAMESPACES", CONFIG_TEXTS, CONFIG_ACCEPTED, web_api, NULL},
};

static const struct config_key accounts_and_teams_keys[] = {
    {"FEATURE_USER_CREATION", CONFIG_BOOL, CONFIG_ACCEPTED, sign_up, "false"},
    {"FEATURE_INVITE_ONLY_USER_CREATION", CONFIG_BOOL, CONFIG_ACCEPTED, sign_up, "false"},
    {"FEATURE_USER_RENAME", CONFIG_BOOL, CONFIG_ACCEPTED, web_api, NULL},
    {"FEATURE_USERNAME_CONFIRMATION", CONFIG_BOOL, CONFIG_ACCEPTED, sign_up, NULL},
    {"FEATURE_USER_METADATA", CONFIG_BOOL, CONFIG_ACCEPTED, web_api, NULL},
    {"FEATURE_USER_LAST_ACCESSED", CONFIG_BOOL, CONFIG_ACCEPTED, web_api, NULL},
    {"FEATURE_USER_LOG_ACCESS", CONFIG_BOOL, CONFIG_ACCEPTED, web_api, NULL},
    {"FEATURE_USER_EVENTS", CONFIG_BOOL, CONFIG_ACCEPTED, notify, NULL},
    {"FEATURE_PARTIAL_USER_AUTOCOMPLETE", CONFIG_BOOL, CONFIG_ACCEPTED, web_api, NULL},
    {"FEATURE_BLACKLISTED_EMAILS", CONFIG_BOOL, CONFIG_ACCEPTED, sign_up, "false"},
    {"BLACKLISTED_EMAIL_DOMAINS", CONFIG_TEXTS, CONFIG_ACCEPTED, sign_up, NULL},
    {"FEATURE_RECAPTCHA", CONFIG_BOOL, CONFIG_ACCEPTED, sign_up, "false"},
    {"RECAPTCHA_SITE_KEY", CONFIG_TEXT, CONFIG_ACCEPTED, sign_up, NULL},
    {"RECAPTCHA_SECRET_KEY", CONFIG_SECRET, CONFIG_ACCEPTED, sign_up, NULL},
    {"RECAPTCHA_WHITELISTED_USERS", CONFIG_TEXTS, CONFIG_ACCEPTED, sign_up, NULL},
    {"USER_RECOVERY_TOKEN_LIFETIME", CONFIG_DURATION, CONFIG_ACCEPTED, sessions, NULL},
    {"LAST_ACCESSED_UPDATE_THRESHOLD_S", CONFIG_INT, CONFIG_ACCEPTED, web_api, NULL},
    {"FEATURE_PROGRAMMATIC_BOOTSTRAP", CONFIG_BOOL, CONFIG_ACCEPTED, bootstrap, "false"},
    {"BOOTSTRAP_TOKEN_OWNER", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"BOOTSTRAP_TOKEN_PATH", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"BOOTSTRAP_TOKEN_EXPIRATION", CONFIG_INT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"BOOTSTRAP_TOKEN_SCOPE", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"PROGRAMMATIC_TOKEN_PATH", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"PROGRAMMATIC_TOKEN_K8S_SECRET", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"PROGRAMMATIC_TOKEN_K8S_KEY", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"PROGRAMMATIC_TOKEN_K8S_NAMESPACE", CONFIG_TEXT, CONFIG_ACCEPTED, bootstrap, NULL},
    {"FEATURE_TEAM_SYNCING", CONFIG_BOOL, CONFIG_ACCEPTED, teams, "false"},
    {"FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP", CONFIG_BOOL, CONFIG_ACCEPTED, teams, NULL},
    {"TEAM_RESYNC_STALE_TIME", CONFIG_DURATION, CONFIG_ACCEPTED, teams, NULL},
    {"TEAM_SYNC_WORKER_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, teams, NULL},
    {"FEATURE_REQUIRE_TEAM_INVITE", CONFIG_BOOL, CONFIG_ACCEPTED, teams, NULL},
    {"FEATURE_ORG_SHARED_EMAIL", CONFIG_BOOL, CONFIG_ACCEPTED, teams, NULL},
};

static const struct config_key ldap_keys[] = {
    {"LDAP_URI", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_BASE_DN", CONFIG_TEXTS, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_ADMIN_DN", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_ADMIN_PASSWD", CONFIG_SECRET, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_USER_RDN", CONFIG_TEXTS, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_SECONDARY_USER_RDNS", CONFIG_TEXTS, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_UID_ATTR", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_EMAIL_ATTR", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_MEMBEROF_ATTR", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_USER_FILTER", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_SUPERUSER_FILTER", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_GLOBAL_READONLY_SUPERUSER_FILTER", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_RESTRICTED_USER_FILTER", CONFIG_TEXT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_TIMEOUT", CONFIG_INT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_NETWORK_TIMEOUT", CONFIG_INT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_FOLLOW_REFERRALS", CONFIG_BOOL, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_ALLOW_INSECURE_FALLBACK", CONFIG_BOOL, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_CONNECTION_POOLING", CONFIG_BOOL, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_POOL_SIZE", CONFIG_INT, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_POOL_MAX_WAIT", CONFIG_NUMBER, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_POOL_CONNECTION_LIFETIME", CONFIG_INT, CONFIG_ACCEPTED, ldap, NULL},
    {"FEATURE_LDAP_CACHING", CONFIG_BOOL, CONFIG_ACCEPTED, ldap, NULL},
    {"LDAP_CACHE_TTL", CONFIG_INT, CONFIG_ACCEPTED, ldap, NULL},
};

static const struct config_key other_ways_to_log_in_keys[] = {
    {"JWT_VERIFY_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"JWT_QUERY_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"JWT_GETUSER_ENDPOINT", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"JWT_AUTH_ISSUER", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"JWT_AUTH_MAX_FRESH_S", CONFIG_INT, CONFIG_ACCEPTED, external, NULL},
    {"KEYSTONE_AUTH_URL", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"KEYSTONE_AUTH_VERSION", CONFIG_INT, CONFIG_ACCEPTED, external, NULL},
    {"KEYSTONE_AUTH_TIMEOUT", CONFIG_INT, CONFIG_ACCEPTED, external, NULL},
    {"KEYSTONE_ADMIN_USERNAME", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"KEYSTONE_ADMIN_PASSWORD", CONFIG_SECRET, CONFIG_ACCEPTED, external, NULL},
    {"KEYSTONE_ADMIN_TENANT", CONFIG_TEXT, CONFIG_ACCEPTED, external, NULL},
    {"*_LOGIN_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, external, NULL},
    {"GITHUB_LOGIN_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, external, NULL},
    {"FEATURE_GITHUB_LOGIN", CONFIG_BOOL, CONFIG_ACCEPTED, external, "false"},
    {"GOOGLE_LOGIN_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED, external, NULL},
    {"FEATURE_GOOGLE_LOGIN", CONFIG_BOOL, CONFIG_ACCEPTED, external, "false"},
};

static const struct config_key mail_keys[] = {
    {"FEATURE_MAILING", CONFIG_BOOL, CONFIG_ACCEPTED, mail, "false"},
    {"MAIL_SERVER", CONFIG_TEXT, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_PORT", CONFIG_INT, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_USE_TLS", CONFIG_BOOL, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_USE_AUTH", CONFIG_BOOL, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_USERNAME", CONFIG_TEXT, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_PASSWORD", CONFIG_SECRET, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_DEFAULT_SENDER", CONFIG_TEXT, CONFIG_ACCEPTED, mail, NULL},
    {"MAIL_FAIL_SILENTLY", CONFIG_BOOL, CONFIG_ACCEPTED, mail, NULL},
};

const struct config_key_table config_keys_accounts[] = {
    {"Logins and sessions", logins_and_sessions_keys, ARRAY_LEN(logins_and_sessions_keys)},
    {"Users and superusers", users_and_superusers_keys, ARRAY_LEN(users_and_superusers_keys)},
    {"Accounts and teams", accounts_and_teams_keys, ARRAY_LEN(accounts_and_teams_keys)},
    {"LDAP", ldap_keys, ARRAY_LEN(ldap_keys)},
    {"Other ways to log in", other_ways_to_log_in_keys, ARRAY_LEN(other_ways_to_log_in_keys)},
    {"Mail", mail_keys, ARRAY_LEN(mail_keys)},
    {NULL, NULL, 0},
};
