/* SPDX-License-Identifier: Apache-2.0 */
/* Old audit entries in files: FOLDER/YYYY-MM.jsonl.gz, one JSON object a line.
 *
 * A file grows by whole gzip members. How many of its bytes count is written in the transaction
 * that removes the rows, so that an entry is always in exactly one of the two places: what a
 * crash left behind in a file is cut off before the next member is appended, and never read. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "store/db/db.h"

enum { AUDIT_ARCHIVE_ROWS = 1000 }; /* moved at once */

struct audit_archive {
    const char *month; /* "2026-11" */
    int64_t bytes;
    int64_t entries;
};

/* Move some of the entries that are older than before_ms: how many, 0 when there are none (or
 * another process is at it), or -1. */
int64_t audit_archive_move(struct db *db, const char *folder, int64_t before_ms, struct err *err);

/* All archives (struct audit_archive), oldest first. */
int audit_archive_list(struct db_tx *tx, struct arena *arena, struct list *out, struct err *err);
/* Call `each` for every line of an archive, without its line feed; non-zero ends the walk with that
 * value. ERR_NOT_FOUND when the file is gone. */
int audit_archive_read(const char *folder, const struct audit_archive *archive,
                       int (*each)(void *context, struct str line, struct err *err), void *context,
                       struct err *err);
