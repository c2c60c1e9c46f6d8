/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite's errors in our terms; part of the SQLite driver. */
#pragma once

#include <sqlite3.h>

#include "base/err.h"

/* Fill *err from the connection's last failure; -1. `path` may be NULL. */
int sqlite_error_set(sqlite3 *db, const char *path, struct err *err);
/* The database or its folder cannot be opened or written: say whose they are and who we are; -1. */
int sqlite_error_access(const char *path, struct err *err);
