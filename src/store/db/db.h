/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata database: statements as constants, results as structs, one vtable per engine.
 *
 *     _cleanup_db_tx_ struct db_tx *tx = NULL;
 *     if (db_begin(db, DB_READ, &tx, err) != 0)
 *         return -1;
 *     int found = db_one(tx, &Q_TAG_FIND, arena, &row, err, repository_id, name);
 *
 * A transaction that is not committed when it leaves its scope is rolled back. Read transactions
 * see one snapshot. There is one writer at a time on SQLite; callers keep write transactions short
 * and never wait for anything else inside. After a statement has failed (a broken constraint too)
 * its transaction can only be ended, on every engine: look first, or use ON CONFLICT. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "codec/schema.h"

struct db;
struct db_tx;

/* A constant: prepared statements are kept by its address. */
struct query {
    const char *sql;    /* $1, $2, ...; portable text, see dialect.h for what that is */
    const char *params; /* one letter each: i int64_t, t const char *, b struct str, d const struct
                           digest *, I T B D the same but nullable: NULL text, str.ptr NULL, digest
                           NULL or len 0, and for I a const int64_t * that may be NULL */
    const struct schema *row; /* of the result; NULL for statements without one */
    const char *mysql;        /* text for MySQL/MariaDB where it must differ; NULL: sql */
    bool scan_ok; /* a full scan is intended (small table, or a job); else a test fails it */
};

struct db_config {
    const char *uri;  /* "sqlite:///path/to/file" or "sqlite://:memory:" */
    unsigned readers; /* connections for reading [4] */
    unsigned wait_ms; /* for a connection, or for another process to finish writing [10000] */
    bool sync_full; /* a DB_WRITE that was committed survives power loss (callers' default: true) */
};

/* Open the database; an SQLite file is made when there is none. Strings are copied. What is wrong
 * with it shows here, with the file, its owner and mode. */
int db_open(const struct db_config *config, struct db **out, struct err *err);
/* All transactions must have ended. NULL is fine. */
void db_close(struct db *db);
DEFINE_CLEANUP(struct db, db_close)

enum db_mode {
    DB_READ,
    DB_WRITE,
    DB_WRITE_RELAXED, /* a commit survives the death of the process, but a power cut may take it
                         back until a later DB_WRITE commits; never only a part of it */
};

/* Begin a transaction, waiting for a free connection if need be: ERR_BUSY after wait_ms. */
int db_begin(struct db *db, enum db_mode mode, struct db_tx **out, struct err *err);
/* Make it durable. On failure nothing was changed. The transaction is over either way; *tx is NULL
 * afterwards. */
int db_commit(struct db_tx **tx, struct err *err);
/* Roll back if still open; NULL is fine. */
void db_end(struct db_tx **tx);
#define _cleanup_db_tx_ _cleanup_(db_end)

/* First row into `row` (a struct of query->row, strings in the arena; NULL columns give zero): 1
 * found, 0 none, -1. */
int db_one(struct db_tx *tx, const struct query *query, struct arena *arena, void *row,
           struct err *err, ...);
/* All rows; bound the number with LIMIT in the statement. */
int db_list(struct db_tx *tx, const struct query *query, struct arena *arena, struct list *out,
            struct err *err, ...);
/* How many rows a list without pages may have, and what its statement is given as LIMIT. */
enum { DB_WHOLE_MAX = 50000 };
#define DB_WHOLE_LIMIT ((int64_t)DB_WHOLE_MAX + 1)
/* A list that comes whole or not at all, because whoever gets it knows no pages: its statement says
 * LIMIT DB_WHOLE_LIMIT, and ERR_TOO_LARGE tells that there are more than DB_WHOLE_MAX rows. */
int db_list_whole(struct db_tx *tx, const struct query *query, struct arena *arena,
                  struct list *out, struct err *err, ...);
/* Rows changed, or -1. A broken UNIQUE constraint is ERR_EXISTS, a foreign key ERR_CONFLICT. */
int64_t db_exec(struct db_tx *tx, const struct query *query, struct err *err, ...);
/* An INSERT into a table with an `id`: the new id, or -1. */
int64_t db_insert(struct db_tx *tx, const struct query *query, struct err *err, ...);

/* How many statements the transaction has run: for tests of what a header promises. */
unsigned db_statements(const struct db_tx *tx);

/* Whether somebody waits for the one writing connection: a long job does well to commit and begin
 * again behind him. Always false on engines with many writers. */
bool db_write_wanted(struct db *db);

enum { DB_VERSION_SLOTS = 64 };
/* A number that changes with every commit to the database, by whatever process. Costs a few
 * microseconds and never waits for a writer; `slot` (0 to DB_VERSION_SLOTS - 1) names the caller's
 * own watcher, each used by one thread only. */
int db_version(struct db *db, unsigned slot, uint64_t *out, struct err *err);

/* "sqlite", "postgres", "mysql". */
const char *db_engine(const struct db *db);
/* Prepare without running: for the test that checks every statement of the program. When the plan
 * scans a whole table *scan_out names it (arena), else NULL. */
int db_check(struct db *db, const struct query *query, struct arena *arena, const char **scan_out,
             struct err *err);
/* Database size in bytes on disk, 0 when unknown. */
uint64_t db_size(struct db *db);
/* One cheap round trip, for health. */
int db_ping(struct db *db, struct err *err);
