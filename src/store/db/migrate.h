/* SPDX-License-Identifier: Apache-2.0 */
/* Schema migrations: embedded from migrations/NNNN_name.sql at build time, forward only, each in
 * one transaction, recorded with their SHA-256 in schema_migration. Several processes may start
 * at once. */
#pragma once

#include "store/db/db.h"

struct migration {
    int64_t version;
    const char *name;
    const char *sql; /* @pk@, @blob@, @text@ placeholders already expanded for SQLite at run time */
    int64_t applied_ms; /* 0: pending */
};

/* Bring the schema up to date; returns the number applied, or -1. A database newer than this
 * program, or with a changed migration, is ERR_CONFLICT with what to do. */
int migrate_up(struct db *db, struct err *err);
/* All known migrations and when each was applied. */
int migrate_status(struct db *db, struct arena *arena, struct list *out, struct err *err);

/* The table that records them, and the statements on it, for the tests that prepare them all. */
extern const char migrate_table[];
extern const struct query *const migrate_queries[];
