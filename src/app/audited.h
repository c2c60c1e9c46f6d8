/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line changes is in the audit log, too. Nobody who logged in did it, and it came
 * from no address: that is how such entries are known. */
#pragma once

#include "base/arena.h"
#include "domain/audit.h"

/* Write an entry about a namespace. The metadata is pairs of a name and a text (NULL: null), ended
 * by a NULL name. */
int audited_write(struct db_tx *tx, struct arena *arena, enum audit_kind kind, int64_t namespace_id,
                  struct err *err, ...);
