/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that the registry makes itself and keeps in its database, such as its secret: the same
 * for every process of the registry. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

/* 1 found, 0 none, -1. */
int setting_find(struct db_tx *tx, struct arena *arena, const char *name, const char **out,
                 struct err *err);
/* Set it, whether or not it was. */
int setting_put(struct db_tx *tx, const char *name, const char *value, struct err *err);
/* A random text of `len` characters that is drawn when it is first asked for, by whatever process,
 * and is the same ever after. Begins transactions of its own. */
int setting_get_secret(struct db *db, struct arena *arena, const char *name, size_t len,
                       const char **out, struct err *err);
