/* SPDX-License-Identifier: Apache-2.0 */
/* From configuration to settings. Without a config folder the registry is embedded: SQLite and a
 * folder below the data directory, reachable from this machine only. */
#include "settings.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config_dump.h"
#include "app/config_public.h"
#include "net/outside.h"

#define DATA_DIR_DEFAULT "./wharf-data"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

static const char *absolute(struct arena *arena, const char *path)
{
    char cwd[PATH_MAX];
    if (path[0] == '/' || !getcwd(cwd, sizeof cwd))
        return path;
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    return arena_printf(arena, "%s/%s", cwd, path);
}

static int add_listener(struct settings *settings, const char *text, struct err *err)
{
    struct str address = str_of(text);
    bool tls = str_starts(address, STR("https://"));
    bool plain = str_starts(address, STR("http://"));
    if (settings->listener_count == LISTENERS_MAX)
        return err_set(err, ERR_INVALID, "more than %d addresses to listen on", LISTENERS_MAX);
    if (tls && !settings->tls.certificate_file)
        return err_set(err, ERR_INVALID,
                       "%s: TLS needs ssl.cert and ssl.key in the folder given by --config", text);
    size_t scheme = tls ? strlen("https://") : plain ? strlen("http://") : 0;
    settings->listeners[settings->listener_count++] = (struct listener_config){
        .address = text + scheme, .tls = tls};
    return 0;
}

static int set_listeners(const struct cli *cli, struct settings *settings, struct err *err)
{
    bool embedded = !settings->config_dir;
    for (size_t i = 0; i < cli->listen.count; i++) {
        if (add_listener(settings, cli->listen.items[i], err) != 0)
            return -1;
    }
    if (cli->listen.count > 0)
        return 0;
    if (add_listener(settings, embedded ? "127.0.0.1:8080" : ":8080", err) != 0)
        return -1;
    return settings->tls.certificate_file ? add_listener(settings, "https://:8443", err) : 0;
}

static void find_certificate(struct arena *arena, const struct config *config,
                             struct settings *settings)
{
    if (!settings->config_dir || config->external_tls_termination)
        return;
    const char *certificate = arena_printf(arena, "%s/ssl.cert", settings->config_dir);
    if (access(certificate, F_OK) != 0)
        return;
    settings->tls = (struct tls_config){
        .certificate_file = certificate,
        .key_file = arena_printf(arena, "%s/ssl.key", settings->config_dir),
        .ciphers = config_ciphers(arena, config),
        .tls12 = config_tls12(config),
    };
}

static void set_stores(struct arena *arena, const struct config *config, struct settings *settings)
{
    const char *data = settings->data_dir;
    settings->db_uri = config->db_uri ? config->db_uri
                                      : arena_printf(arena, "sqlite://%s/wharf.db", data);
    settings->storage_path = config->storage.path ? absolute(arena, config->storage.path)
                                                  : arena_printf(arena, "%s/storage", data);
    settings->sync = config->storage.fsync ? BLOB_SYNC_ALWAYS : BLOB_SYNC_NEVER;
}

/* There is mail where there is somebody to send it. */
static bool mailing(const struct config *config)
{
    return config->features[FEATURE_MAILING] && config->mail_server && config->mail_server[0];
}

static uint64_t features_of(const struct config *config)
{
    uint64_t bits = 0;
    for (int feature = 0; feature < FEATURE_COUNT; feature++)
        bits |= config_public_feature_on(config, (enum feature)feature)
                    ? feature_bit((enum feature)feature)
                    : 0;
    return mailing(config) ? bits : bits & ~feature_bit(FEATURE_MAILING);
}

static struct audit_rules audit_of(const struct config *config)
{
    return (struct audit_rules){
        .strict_pulls = !config->allow_unlogged_pulls,
        .logins = config->audit_logins,
        .login_failures = config->audit_login_failures,
        .pull_failures = config->audit_pull_failures,
        .push_failures = config->audit_push_failures,
        .delete_failures = config->audit_delete_failures,
        .extended = config->audit_extended,
        .page_max = config->audit_page_max,
        .unaudited = config->unaudited_namespaces,
        .unaudited_pulls = config->unaudited_pulls,
    };
}

static int set_proxies(const struct config *config, struct settings *settings, struct err *err)
{
    struct str bad = {0};
    if (ip_nets_parse(str_of(config->trusted_proxies), &settings->rules.trusted_proxies, &bad))
        return 0;
    return err_set(err, ERR_INVALID,
                   "TRUSTED_PROXY_CIDR: %.*s is no network such as 10.0.0.0/8 (or there are more"
                   " than %d)",
                   (int)size_min(bad.len, 60), bad.ptr, IP_NETS_MAX);
}

static int check_hosts(const struct config *config, struct err *err)
{
    const struct texts *hosts = &config->hosts_allowed;
    for (size_t i = 0; i < hosts->count; i++) {
        if (!outside_entry_ok(str_of(hosts->items[i])))
            return err_set(err, ERR_INVALID,
                           "SSRF_ALLOWED_HOSTS: %.60s is no host, and no network such as "
                           "10.0.0.0/8",
                           hosts->items[i]);
    }
    return 0;
}

static struct service_rules rules_of(const struct config *config, const char *hostname)
{
    bool https = config->external_tls_termination ||
                 strcmp(config->preferred_url_scheme, "https") == 0;
    return (struct service_rules){
        .hostname = hostname,
        .scheme = https ? "https" : "http",
        .library = config->library_support ? config->library_namespace : NULL,
        .nested_names = config->extended_repository_names,
        .public_catalog = config->public_catalog,
        .referrers = config->referrers_api,
        .user_initialize = config->user_initialize,
        .create_private = config->create_private_repo_on_push,
        .create_namespace = config->create_namespace_on_push,
        .pushes_disabled = config->disable_pushes,
        .read_only = strcmp(config->registry_state, "readonly") == 0,
        .layer_max = (uint64_t)config->maximum_layer_size,
        .page_size = config->v2_pagination_size,
        .space_reserve = SPACE_RESERVE,
        .features = features_of(config),
        .org_creation_limited = config->superusers_org_creation_only,
        .partial_autocomplete = config->partial_user_autocomplete,
        .team_invites = config->require_team_invite,
        .session_ms = config->session_timeout_ms,
        .session_cookie = config->session_cookie_name,
        .fresh_login_ms = config->fresh_login_timeout_ms,
        .xhr_only = config->api_calls_xhr_only,
        .label_prefixes = {config->label_prefixes, config->label_prefixes_default},
        .search_page = config->search_results_per_page,
        .search_pages_max = config->search_max_result_page_count,
        .private_max = config->private_repositories_max,
        .oauth_direct_clients = config->oauth_direct_clients,
        .oauth_tokens_max = config->oauth_tokens_max,
        .oauth_touch_ms = config->oauth_touch_s * SECOND_MS,
        .cors_origins = config->cors_origins,
        .hosts_allowed = config->hosts_allowed,
        .audit = audit_of(config),
        .app_token_ms = config->app_token_expiration_ms,
        .recovery_ms = config->recovery_lifetime_ms,
        .blocked_domains = config->blocked_email_domains,
        .quota_system_bytes = config->quota_system_bytes,
    };
}

static void set_public(struct arena *arena, struct config *config, struct service_rules *rules)
{
    _cleanup_buf_ struct buf settings, features;
    buf_init(&settings, CONFIG_PUBLIC_MAX);
    buf_init(&features, CONFIG_PUBLIC_MAX);
    config->server_hostname = rules->hostname; /* the embedded registry's depends on its port */
    config->preferred_url_scheme = rules->scheme;
    config_public_settings(config, &settings);
    config_public_features(config, rules->features, &features);
    rules->public_config = arena_text(arena, buf_str(&settings));
    rules->public_features = arena_text(arena, buf_str(&features));
}

static void set_dump(struct arena *arena, const struct config *config,
                     const struct config_findings *findings, struct service_rules *rules)
{
    _cleanup_buf_ struct buf dump;
    buf_init(&dump, CONFIG_DUMP_MAX);
    config_dump(config, findings, &dump);
    rules->config_dump = buf_ok(&dump) ? arena_text(arena, buf_str(&dump)) : "{}";
}

static struct auth_config auth_of(const struct config *config, const char *hostname)
{
    return (struct auth_config){
        .hostname = hostname,
        .library_namespace = config->library_support ? config->library_namespace : NULL,
        .key_service = config->key_service,
        .key_expiration_ms = config->key_expiration_min * MINUTE_MS,
        .key_refresh_ms = config->key_refresh_min * MINUTE_MS,
        .key_forget_ms = config->key_forget_s * SECOND_MS,
        .token_max_fresh_s = config->token_max_fresh_s,
        .anonymous_access = config->anonymous_access,
        .superusers_full_access = config->superusers_full_access,
        .superusers = config->features[FEATURE_SUPER_USERS] ? config->super_users
                                                            : (struct texts){0},
        .readonly_superusers = config->readonly_super_users,
        .robots_disallow = config->robots_disallow,
        .robots_whitelist = config->robots_whitelist,
        .restricted_users = config->restricted_users,
        .verified_only = mailing(config),
        .encrypted_basic_auth = config->encrypted_basic_auth,
        .app_tokens = config->features[FEATURE_APP_TOKENS],
        .last_accessed = config->user_last_accessed,
        .last_accessed_ms = config->last_accessed_threshold_s * SECOND_MS,
        .unrestricted_users = config->restricted_users_whitelist,
        .secrets = {config->secret_key, config->database_secret_key, config->page_token_key},
    };
}

static struct mail_server mail_of(const struct config *config)
{
    if (!mailing(config))
        return (struct mail_server){0};
    return (struct mail_server){
        .host = config->mail_server,
        .port = config->mail_port,
        .tls = config->mail_use_tls,
        .username = config->mail_username,
        .password = config->mail_password,
        .sender = config->mail_default_sender,
    };
}

static void set_lifetimes(const struct config *config, struct settings *settings)
{
    settings->uploads = (struct upload_policy){
        .lease_ms = HOUR_MS,
        .session_ms = config->upload_expiration_min * MINUTE_MS,
    };
    settings->manifests = (struct manifest_policy){
        .window_ms = config->tag_expiration_ms,
        .untagged_ms = config->untagged_expiration_s * SECOND_MS,
        .sparse_index = config->sparse_index,
        .labeled_min_ms = config->labeled_expiration_min_ms,
        .labeled_max_ms = config->labeled_expiration_max_ms,
        .immutable_tags = config->features[FEATURE_IMMUTABLE_TAGS],
        .immutable_can_expire = config->features[FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE],
    };
    settings->gc = gc_policy_default;
    settings->gc.lease_ms = settings->uploads.lease_ms;
    settings->gc.window_ms = settings->manifests.window_ms;
    settings->expiry.app_token_ms = config->app_token_forget_ms;
    settings->gc_interval_ms = config->garbage_collection ? config->gc_frequency_s * SECOND_MS : 0;
}

/* A folder beside the objects; the name may end with a slash. */
static const char *folder_of(struct arena *arena, const struct settings *settings, const char *name)
{
    struct str folder = str_of(name);
    while (folder.len > 0 && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    return arena_printf(arena, "%s/%.*s", settings->storage_path, STR_FMT(folder));
}

static void set_chores(struct arena *arena, const struct config *config, struct settings *settings)
{
    int64_t after_ms = config->audit_rotation_threshold_ms;
    if (after_ms < config->audit_archive_age_ms)
        after_ms = config->audit_archive_age_ms;
    settings->exports = folder_of(arena, settings, config->audit_export_path);
    settings->archive = folder_of(arena, settings, config->audit_archive_path);
    settings->chores = (struct chores_config){
        .exports = settings->exports,
        .export_link_ms = config->audit_export_link_s * SECOND_MS,
        .archive = config->audit_rotation ? settings->archive : NULL,
        .archive_after_ms = after_ms,
        .archive_every_ms = config->audit_rotation_frequency_s * SECOND_MS,
        .interval_ms = SECOND_MS,
        .account = config->features[FEATURE_QUOTA_MANAGEMENT],
        .backfill = config->quota_backfill,
        .backfill_delay_ms = config->quota_delay_s * SECOND_MS,
    };
}

/* What clients will type when nobody has said otherwise: the first address listened on. */
static const char *embedded_hostname(struct arena *arena, const struct settings *settings)
{
    const char *address = settings->listeners[0].address;
    const char *port = strrchr(address, ':');
    bool any = address[0] == ':' || strncmp(address, "0.0.0.0:", strlen("0.0.0.0:")) == 0 ||
               strncmp(address, "[::]:", strlen("[::]:")) == 0;
    return any ? arena_printf(arena, "localhost%s", port ? port : "") : address;
}

int settings_load(struct cli *cli, struct settings *out, struct err *err)
{
    struct arena *arena = cli->arena;
    struct config config;
    struct config_findings findings;
    struct settings settings = {
        .config_dir = cli->config_dir ? absolute(arena, cli->config_dir) : NULL,
        .data_dir = absolute(arena, cli->data_dir ? cli->data_dir : DATA_DIR_DEFAULT),
    };
    if (config_load(arena, settings.config_dir, &config, &findings, err) != 0 ||
        config_require(&findings, err) != 0)
        return -1;
    find_certificate(arena, &config, &settings);
    if (set_listeners(cli, &settings, err) != 0)
        return -1;
    const char *hostname = settings.config_dir ? config.server_hostname
                                               : embedded_hostname(arena, &settings);
    set_stores(arena, &config, &settings);
    settings.rules = rules_of(&config, hostname);
    set_public(arena, &config, &settings.rules);
    set_dump(arena, &config, &findings, &settings.rules);
    if (set_proxies(&config, &settings, err) != 0 || check_hosts(&config, err) != 0)
        return -1;
    settings.auth = auth_of(&config, hostname);
    set_lifetimes(&config, &settings);
    set_chores(arena, &config, &settings);
    settings.log_level = config_log_level(&config);
    settings.mail = mail_of(&config);
    *out = settings;
    return 0;
}
