/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what is done with repositories, for statistics and popularity. Each call is one
 * statement inside a write transaction; a repository that is gone is not counted, and no error. */
#pragma once

#include "base/digest.h"
#include "store/db/db.h"

enum { ACTIVITY_DAY_MS = 24 * 3600 * 1000 };

/* `times` pulls or pushes on the day of at_ms. */
int activity_count(struct db_tx *tx, int64_t repository_id, int64_t times, int64_t at_ms,
                   struct err *err);
/* `times` pulls of a manifest, by a tag when `tag` is not NULL. */
int activity_count_pull(struct db_tx *tx, int64_t repository_id, const struct digest *digest,
                        const char *tag, int64_t times, int64_t at_ms, struct err *err);
