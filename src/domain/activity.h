/* SPDX-License-Identifier: Apache-2.0 */
/* How much a repository is used: pulls and pushes a day, and pulls of single tags and manifests.
 * What happens is counted in memory (pull_counter.h) and comes here in batches. */
#pragma once

#include "base/arena.h"
#include "base/digest.h"
#include "store/db/db.h"

enum { ACTIVITY_DAYS = 92 }; /* that a page shows */

struct activity_day {
    int64_t day; /* since 1970 */
    int64_t actions;
};

/* The day of a time, and the time when a day begins. */
int64_t activity_day_of(int64_t wall_ms);
int64_t activity_day_ms(int64_t day);

/* Count pulls or pushes more. Nothing happens to a repository that is gone. */
int activity_add(struct db_tx *tx, int64_t repository_id, int64_t day, int64_t actions,
                 struct err *err);
/* The last ACTIVITY_DAYS, without days on which nothing happened, oldest first: struct
 * activity_day. */
int activity_list(struct db_tx *tx, struct arena *arena, int64_t repository_id, int64_t now_ms,
                  struct list *out, struct err *err);

struct activity_pulls {
    int64_t pulls;
    int64_t last_ms; /* 0: never */
};

/* Count pulls of a manifest, and of a tag that meant it. Nothing happens to a repository that is
 * gone. */
int activity_add_manifest(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                          int64_t pulls, int64_t last_ms, struct err *err);
int activity_add_tag(struct db_tx *tx, int64_t repository_id, const char *tag,
                     const struct digest *digest, int64_t pulls, int64_t last_ms, struct err *err);
/* What was counted so far; zeros when nothing was. */
int activity_get_manifest(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                          struct activity_pulls *out, struct err *err);
int activity_get_tag(struct db_tx *tx, int64_t repository_id, const char *tag,
                     struct activity_pulls *out, struct err *err);
