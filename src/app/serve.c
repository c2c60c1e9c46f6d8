/* SPDX-License-Identifier: Apache-2.0 */
/* wharf serve: wire the parts together, run until told to stop. The main thread does nothing but
 * wait for signals. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/check.h"
#include "app/commands.h"
#include "app/stores.h"
#include "base/embed.h"
#include "base/log.h"
#include "domain/account.h"
#include "store/db/db_metrics.h"
#include "web/dispatch.h"
#include "web/events.h"
#include "web/manifest_cache.h"
#include "web/route_index.h"
#include "web/web_metrics.h"
#include "worker/audit.h"
#include "worker/chores.h"
#include "worker/deliveries.h"
#include "worker/gc.h"

extern const struct embedded changelog_files[];

enum { REACTORS_MAX = 16, CACHE_BYTES_EACH = 8 * 1024 * 1024, AUDIT_MS = 1000, DELIVERY_MS = 1000 };

/* Everything that /metrics shows. */
static const struct metric_set *const metric_sets[] = {&web_metrics, &gc_metrics, &audit_metrics,
                                                       &db_metrics};

struct serve {
    struct cli *cli;
    struct settings settings;
    struct stores stores;
    struct auth *auth;
    struct route_index *routes;
    struct manifest_cache *cache;
    struct events *events;
    struct service service;
    struct http_app app;
    struct server *server;
    struct gc_worker *collector;
    struct audit_queue *audit;
    struct audit_worker *auditor;
    struct chores *chores;
    struct deliveries *deliveries;
    struct mailer *mailer;
};

static void serve_done(struct serve *serve)
{
    gc_worker_stop(serve->collector);
    chores_stop(serve->chores);
    deliveries_stop(serve->deliveries);
    server_free(serve->server);
    audit_worker_stop(serve->auditor); /* after the last request */
    audit_queue_free(serve->audit);
    metrics_done(&audit_metrics);
    mailer_stop(serve->mailer);
    metrics_done(&web_metrics);
    metrics_done(&gc_metrics);
    auth_free(serve->auth);
    route_index_free(serve->routes);
    manifest_cache_free(serve->cache);
    events_free(serve->events);
    stores_close(&serve->stores);
    metrics_done(&db_metrics);
}

/* Each connection and each file being sent takes a descriptor: as many as the system lets us have.
 */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* As if a signal had come from outside. */
static void stop(void)
{
    kill(getpid(), SIGTERM);
}

static unsigned reactor_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > REACTORS_MAX ? REACTORS_MAX : (unsigned)cores;
}

static int start(struct serve *serve, struct err *err)
{
    const struct settings *settings = &serve->settings;
    struct server_limits limits = {.reactors = reactor_count()};
    metrics_init(&db_metrics);
    if (stores_open(settings, &serve->stores, err) != 0 ||
        auth_new(&settings->auth, serve->stores.db, &serve->auth, err) != 0 ||
        auth_start(serve->auth, err) != 0 || route_index_new(&serve->routes, err) != 0)
        return -1;
    if (settings->mail.host && mailer_start(&settings->mail, &serve->mailer, err) != 0)
        return -1;
    web_metrics_init(route_index_labels(serve->routes));
    serve->cache = manifest_cache_new(serve->stores.db, limits.reactors, CACHE_BYTES_EACH);
    serve->audit = audit_queue_new(&(struct audit_queue_config){
        limits.reactors, settings->rules.features & feature_bit(FEATURE_PULL_STATS)});
    serve->events = events_new();
    serve->service = (struct service){
        .uploads = {serve->stores.db, serve->stores.blobs, settings->uploads},
        .manifests = settings->manifests,
        .auth = serve->auth,
        .cache = serve->cache,
        .audit = serve->audit,
        .events = serve->events,
        .routes = serve->routes,
        .metrics = metric_sets,
        .metric_count = ARRAY_LEN(metric_sets),
        .version = WHARF_VERSION,
        .changelog = changelog_files[0].data,
        .db = serve->stores.db,
        .blobs = serve->stores.blobs,
        .exports = settings->exports,
        .stop = stop,
        .mailer = serve->mailer,
    };
    atomic_store(&serve->service.rules, &settings->rules);
    serve->app = dispatch_app(&serve->service);
    if (server_new(settings->listeners, settings->listener_count,
                   settings->tls.certificate_file ? &settings->tls : NULL, &limits, &serve->app,
                   &serve->server, err) != 0)
        return -1;
    serve->service.server = serve->server;
    return server_start(serve->server, err);
}

/* Nothing is collected while nothing may change. */
static int start_collector(struct serve *serve, struct err *err)
{
    const struct settings *settings = &serve->settings;
    struct gc_worker_config config = {.db = serve->stores.db,
                                      .store = serve->stores.blobs,
                                      .policy = settings->gc,
                                      .expiry = settings->expiry,
                                      .interval_ms = settings->gc_interval_ms};
    metrics_init(&gc_metrics);
    if (settings->gc_interval_ms == 0 || settings->rules.read_only)
        return 0;
    return gc_worker_start(&config, &serve->collector, err);
}

/* While the registry is read-only nothing is added to the queue. */
static int start_auditor(struct serve *serve, struct err *err)
{
    struct audit_worker_config config = {serve->stores.db, serve->audit, AUDIT_MS};
    metrics_init(&audit_metrics);
    return audit_worker_start(&config, &serve->auditor, err);
}

static int start_chores(struct serve *serve, struct err *err)
{
    struct chores_config config = serve->settings.chores;
    config.db = serve->stores.db;
    config.tags = serve->settings.manifests;
    return serve->settings.rules.read_only ? 0 : chores_start(&config, &serve->chores, err);
}

static int start_deliveries(struct serve *serve, struct err *err)
{
    const struct settings *settings = &serve->settings;
    struct deliveries_config config = {.db = serve->stores.db,
                                       .allowed = &settings->rules.hosts_allowed,
                                       .mail = settings->mail,
                                       .hostname = settings->rules.hostname,
                                       .interval_ms = DELIVERY_MS};
    return settings->rules.read_only ? 0 : deliveries_start(&config, &serve->deliveries, err);
}

static void say_listening(const struct serve *serve)
{
    for (size_t i = 0; i < serve->settings.listener_count; i++) {
        const struct listener_config *listener = &serve->settings.listeners[i];
        struct log_line line;
        log_begin(&line, LOG_INFO, "listening");
        log_text(&line, "address", listener->address);
        log_int(&line, "port", server_port(serve->server, i));
        log_text(&line, "protocol", listener->tls ? "https" : "http");
        log_end(&line);
    }
}

/* What does not keep us from starting, but will hurt later. */
static void say_warnings(const struct serve *serve)
{
    for (const struct check *check = check_all; check->name; check++) {
        struct check_result result = {0};
        struct log_line line;
        if (!check->at_start)
            continue;
        check->run(&serve->settings, serve->cli->arena, &result);
        if (result.state == CHECK_OK)
            continue;
        log_begin(&line, result.state == CHECK_PROBLEM ? LOG_ERROR : LOG_WARNING, "check");
        log_text(&line, "check", check->name);
        log_text(&line, "found", result.text);
        log_text(&line, "mend", result.mend);
        log_end(&line);
    }
}

/* A registry without users is of no use yet: say what the next step is. */
static void say_first_steps(const struct serve *serve)
{
    bool any = true;
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(serve->stores.db, DB_READ, &tx, &ignored) != 0 ||
        account_any_user(tx, &any, &ignored) != 0 || any)
        return;
    const char *config = serve->cli->config_dir;
    fprintf(stderr,
            "\n  There are no users yet. Create the first one, then log in:\n\n"
            "    wharf user create NAME%s%s --data %s\n"
            "    podman login %s\n\n",
            config ? " --config " : "", config ? config : "", serve->settings.data_dir,
            serve->settings.rules.hostname);
}

/* SIGHUP: certificate, level of the log, and the rules that requests look at. What was read at the
 * start only (addresses, storage, accounts, keys, lifetimes) needs a restart, and so do the names
 * that tokens are issued and read by. Rules that were in force may still be in use by requests, so
 * everything that was read stays in memory: some kilobytes for each reload. */
static int reload(struct serve *serve, struct err *err)
{
    struct settings settings;
    if (settings_load(serve->cli, &settings, err) != 0)
        return -1;
    if (settings.tls.certificate_file && serve->settings.tls.certificate_file &&
        server_reload_tls(serve->server, &settings.tls, err) != 0)
        return -1;
    settings.rules.hostname = serve->settings.rules.hostname;
    settings.rules.library = serve->settings.rules.library;
    const struct service_rules *rules = arena_memdup(serve->cli->arena, &settings.rules,
                                                     sizeof settings.rules);
    atomic_store_explicit(&serve->service.rules, rules, memory_order_release);
    log_set_level(settings.log_level);
    return 0;
}

static void reload_and_say(struct serve *serve)
{
    struct err err = {0};
    struct log_line line;
    if (reload(serve, &err) != 0) {
        log_failure("reload failed; everything stays as it was", &err);
        return;
    }
    log_begin(&line, LOG_INFO, "reloaded");
    log_end(&line);
}

static void wait_for_stop(struct serve *serve, const sigset_t *signals)
{
    for (;;) {
        int number = 0;
        if (sigwait(signals, &number) != 0 || number != SIGHUP) {
            struct log_line line;
            log_begin(&line, LOG_INFO, "stopping");
            log_text(&line, "signal", number == SIGINT ? "SIGINT" : "SIGTERM");
            log_end(&line);
            return;
        }
        reload_and_say(serve);
    }
}

int command_serve(struct cli *cli, struct err *err)
{
    struct serve serve = {.cli = cli};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals,
                    NULL); /* inherited by all threads: only sigwait sees them */
    if (settings_load(cli, &serve.settings, err) != 0)
        return -1;
    log_set_level(serve.settings.log_level);
    raise_descriptor_limit();
    int result = start(&serve, err);
    if (result == 0 &&
        ((result = start_collector(&serve, err)) != 0 ||
         (result = start_auditor(&serve, err)) != 0 || (result = start_chores(&serve, err)) != 0 ||
         (result = start_deliveries(&serve, err)) != 0))
        server_stop(serve.server);
    if (result == 0) {
        say_listening(&serve);
        say_warnings(&serve);
        say_first_steps(&serve);
        wait_for_stop(&serve, &signals);
        server_stop(serve.server);
    }
    serve_done(&serve);
    return result == 0 ? EXIT_DONE : -1;
}
