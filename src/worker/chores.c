/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs one after another; one that fails is in nobody's way. It is logged once, and tried again at
 * the next look. */
#include "worker/chores.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/audit_archive.h"
#include "domain/immutability_sweep.h"
#include "domain/registry_size.h"
#include "domain/usage.h"
#include "worker/audit_export.h"
#include "worker/ticker.h"

enum { CHORES = 5 };

struct chores {
    struct chores_config config;
    struct ticker *ticker;
    int64_t archived_ms; /* monotonic: of the last look */
    bool failing[CHORES];
};

static void say_archived(int64_t entries)
{
    struct log_line line;
    if (entries == 0)
        return;
    log_begin(&line, LOG_INFO, "audit entries moved to the archive");
    log_int(&line, "entries", entries);
    log_end(&line);
}

static int archive(struct chores *chores, struct err *err)
{
    const struct chores_config *config = &chores->config;
    int64_t now_ms = clock_mono_ms(), total = 0, moved = 0;
    if (!config->archive ||
        (chores->archived_ms && now_ms - chores->archived_ms < config->archive_every_ms))
        return 0;
    int64_t before_ms = clock_wall_ms() - config->archive_after_ms;
    do {
        moved = audit_archive_move(config->db, config->archive, before_ms, err);
        total += moved > 0 ? moved : 0;
    } while (moved > 0 && !ticker_is_stopping(chores->ticker));
    say_archived(total);
    if (moved < 0)
        return -1;
    chores->archived_ms = now_ms;
    return 0;
}

/* What a request or a command left, or was killed over. */
static int sweep(struct chores *chores, struct err *err)
{
    const struct chores_config *config = &chores->config;
    int more = config->tags.immutable_tags;
    while (more > 0 && !ticker_is_stopping(chores->ticker))
        more = immutability_sweep_step(config->db, &config->tags, NULL, err);
    return more < 0 ? -1 : 0;
}

/* What pushes and the collector have noted, and what was there before they did. In many short
 * transactions, so that pushes come in between. */
static int add_up(struct chores *chores, struct err *err)
{
    const struct chores_config *config = &chores->config;
    int more = 1;
    while (more == 1 && !ticker_is_stopping(chores->ticker))
        more = usage_fold(config->db, err);
    if (more >= 0 && config->backfill)
        more = usage_backfill(config->db, clock_wall_ms(), config->backfill_delay_ms, err);
    while (more == 1 && !ticker_is_stopping(chores->ticker))
        more = usage_fold(config->db, err) < 0
                   ? -1
                   : usage_backfill(config->db, clock_wall_ms(), config->backfill_delay_ms, err);
    return more < 0 ? -1 : 0;
}

static int measure(struct chores *chores, struct err *err)
{
    return registry_size_run(chores->config.db, clock_wall_ms(), err) < 0 ? -1 : 0;
}

static int export(struct chores *chores, struct err *err)
{
    const struct chores_config *config = &chores->config;
    struct audit_export_job job = {config->db, config->exports, config->export_link_ms};
    return audit_export_run(&job, clock_wall_ms(), err);
}

static const struct chore {
    const char *failure; /* as the log says it */
    int (*run)(struct chores *chores, struct err *err);
} all_chores[CHORES] = {
    {"adding up the used storage failed; it is tried again", add_up},
    {"measuring the registry failed; it is tried again", measure},
    {"exporting the audit log failed; it is tried again", export},
    {"moving old audit entries to the archive failed; it is tried again", archive},
    {"making tags immutable by a policy failed; it is tried again", sweep},
};

static void look(void *context)
{
    struct chores *chores = context;
    for (size_t i = 0; i < CHORES && !ticker_is_stopping(chores->ticker); i++) {
        struct err err = {0};
        bool failed = all_chores[i].run(chores, &err) != 0;
        if (failed && !chores->failing[i])
            log_failure(all_chores[i].failure, &err);
        chores->failing[i] = failed;
    }
}

int chores_start(const struct chores_config *config, struct chores **out, struct err *err)
{
    if (config->account && usage_begin(config->db, clock_wall_ms(), err) != 0)
        return -1;
    struct chores *chores = calloc(1, sizeof *chores);
    if (!chores)
        abort();
    chores->config = *config;
    struct ticker_config ticker = {config->interval_ms, look, chores};
    if (ticker_start(&ticker, &chores->ticker, err) != 0) {
        free(chores);
        return -1;
    }
    *out = chores;
    return 0;
}

void chores_stop(struct chores *chores)
{
    if (!chores)
        return;
    ticker_stop(chores->ticker);
    free(chores);
}
