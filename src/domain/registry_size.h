/* SPDX-License-Identifier: Apache-2.0 */
/* How many bytes all stored blobs have together: counted by a job when somebody asks, as it looks
 * at every row. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

struct registry_size {
    int64_t bytes;  /* when it was last counted; 0 before */
    int64_t ran_ms; /* when that was; 0: never */
    bool queued;    /* somebody asked, and the job has not begun */
    bool running;
};

/* What is known. */
int registry_size_get(struct db_tx *tx, struct arena *arena, struct registry_size *out,
                      struct err *err);
/* Ask for a count: 1 queued now, 0 it was already, -1. */
int registry_size_ask(struct db_tx *tx, struct arena *arena, struct err *err);
/* Count if somebody asked: 1 counted, 0 nobody had asked, -1. Begins transactions of its own. */
int registry_size_run(struct db *db, int64_t now_ms, struct err *err);
