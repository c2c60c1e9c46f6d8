/* SPDX-License-Identifier: Apache-2.0 */
/* From configuration to settings. Without a config folder the registry is embedded: SQLite and a
 * folder below the data directory, reachable from this machine only. */
#include "settings.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#define DATA_DIR_DEFAULT "./wharf-data"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

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
    settings->listeners[settings->listener_count++] = (struct listener_config){
        .address = text + (tls     ? strlen("https://")
                           : plain ? strlen("http://")
                                   : 0),
        .tls = tls,
    };
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

static void find_certificate(struct arena *arena, struct settings *settings)
{
    if (!settings->config_dir)
        return;
    const char *certificate = arena_printf(arena, "%s/ssl.cert", settings->config_dir);
    if (access(certificate, F_OK) != 0)
        return;
    settings->tls.certificate_file = certificate;
    settings->tls.key_file = arena_printf(arena, "%s/ssl.key", settings->config_dir);
    settings->tls.tls12 = true;
}

int settings_load(struct cli *cli, struct settings *out, struct err *err)
{
    struct arena *arena = cli->arena;
    struct settings settings = {
        .config_dir = cli->config_dir,
        .data_dir = absolute(arena, cli->data_dir ? cli->data_dir : DATA_DIR_DEFAULT),
        .sync = BLOB_SYNC_ALWAYS,
        .rules = {.hostname = "localhost:8080",
                  .scheme = "http",
                  .library = "library",
                  .nested_names = true,
                  .referrers = true,
                  .user_initialize = false,
                  .create_private = true,
                  .layer_max = 20ULL * 1000 * 1000 * 1000,
                  .page_size = 100,
                  .space_reserve = 64ULL * 1024 * 1024},
        .uploads = {.lease_ms = HOUR_MS, .session_ms = 2 * DAY_MS},
        .manifests = {.window_ms = 14LL * DAY_MS, .untagged_ms = HOUR_MS},
        .auth = {.hostname = "localhost:8080",
                 .library_namespace = "library",
                 .anonymous_access = true},
        .gc = gc_policy_default,
        .gc_interval_ms = 30 * 1000,
    };
    settings.gc.lease_ms = settings.uploads.lease_ms;
    settings.gc.window_ms = settings.manifests.window_ms;
    settings.db_uri = arena_printf(arena, "sqlite://%s/wharf.db", settings.data_dir);
    settings.storage_path = arena_printf(arena, "%s/storage", settings.data_dir);
    find_certificate(arena, &settings);
    if (set_listeners(cli, &settings, err) != 0)
        return -1;
    *out = settings;
    return 0;
}
