/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of small jobs that are asked for seldom: exports of the audit log, moving its old
 * entries to files, counting the registry's size, adding up the storage that is used, and applying
 * policies to tags that were there before. */
#pragma once

#include "base/err.h"
#include "domain/tag.h"
#include "store/db/db.h"

struct chores;

struct chores_config {
    struct db *db;               /* borrowed, as are all texts */
    const char *exports;         /* folder of exports */
    int64_t export_link_ms;      /* how long one can be fetched */
    const char *archive;         /* folder of old audit entries; NULL: they stay where they are */
    int64_t archive_after_ms;    /* how old they are then */
    int64_t archive_every_ms;    /* between two looks for them */
    struct manifest_policy tags; /* what policies of immutability are applied by */
    int64_t interval_ms;         /* between two looks for the rest [1 s] */
    bool account;                /* begin to account for used storage, if that was not begun */
    bool backfill;               /* count what was there before that, too ... */
    int64_t backfill_delay_ms;   /* ... once this has passed since */
};

/* Start the thread of small jobs. */
int chores_start(const struct chores_config *config, struct chores **out, struct err *err);
/* Waits for the job under way. NULL is fine. */
void chores_stop(struct chores *chores);
DEFINE_CLEANUP(struct chores, chores_stop)
