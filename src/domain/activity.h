/* SPDX-License-Identifier: Apache-2.0 */
/* How much a repository is used: pulls and pushes a day, and pulls of single tags and manifests.
 * What
 * happens often is counted in memory and comes here in batches (audit_queue.h). */
#pragma once

#include "base/arena.h"
#include "base/digest.h"
#include "store/db/db.h"

enum { ACTIVITY_DAYS = 92 /* that a page shows */, ACTIVITY_DAY_MS = 24 * 3600 * 1000 };

struct activity_day {
    int64_t day; /* since 1970 */
    int64_t actions;
};

/* The day of a time, and the time when a day begins. */
int64_t activity_day_of(int64_t wall_ms);
int64_t activity_day_ms(int64_t day);

/* Inside a write transaction: `times` pulls or pushes on the day of at_ms. A repository that is
 * gone is not counted, and no error. */
int activity_count(struct db_tx *tx, int64_t repository_id, int64_t times, int64_t at_ms,
                   struct err *err);
/* Likewise: `times` pulls of a manifest, by a tag when `tag` is not NULL. */
int activity_count_pull(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                        const char *tag, int64_t times, int64_t at_ms, struct err *err);

/* The last ACTIVITY_DAYS, without days on which nothing happened, oldest first: struct
 * activity_day. */
int activity_list(struct db_tx *tx, struct arena *arena, int64_t repository_id, int64_t now_ms,
                  struct list *out, struct err *err);

struct activity_pulls {
    int64_t pulls;
    int64_t last_ms; /* 0: never */
};

/* What was counted so far; zeros when nothing was. */
int activity_get_manifest(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                          struct activity_pulls *out, struct err *err);
int activity_get_tag(struct db_tx *tx, int64_t repository_id, const char *tag,
                     struct activity_pulls *out, struct err *err);
