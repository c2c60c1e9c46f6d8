/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a start needs to know, from config.yaml, the command line and the defaults. */
#pragma once

#include "app/cli.h"
#include "auth/auth.h"
#include "base/log.h"
#include "domain/expiry.h"
#include "domain/gc.h"
#include "http/server.h"
#include "net/mail.h"
#include "web/service.h"
#include "worker/chores.h"
#include "worker/prune.h"

enum {
    LISTENERS_MAX = 16,
    SPACE_RESERVE = 64 * 1024 * 1024, /* bytes of free disk that uploads leave to the database */
};

struct settings {
    const char *config_dir; /* NULL: embedded defaults */
    const char *data_dir;
    const char *db_uri;
    const char *storage_path;
    const char *exports; /* folder of exports of the audit log */
    const char *archive; /* folder of its old entries */
    enum blob_sync sync;
    struct listener_config listeners[LISTENERS_MAX];
    size_t listener_count;
    struct tls_config tls; /* certificate_file NULL: no TLS */
    struct service_rules rules;
    struct upload_policy uploads;
    struct manifest_policy manifests;
    struct auth_config auth;
    struct gc_policy gc;
    enum log_level log_level;
    int64_t gc_interval_ms;      /* 0: no collection */
    struct chores_config chores; /* without its database */
    struct expiry_policy expiry;
    struct prune_worker_config pruner; /* without its database; poll_ms 0: no pruning */
    struct mail_server mail;           /* host NULL: no mail */
};

/* Everything lives in cli->arena. */
int settings_load(struct cli *cli, struct settings *out, struct err *err);
