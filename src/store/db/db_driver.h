/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine provides. db.c does everything that is the same for all: pools, transactions,
 * arguments, rows, the cache of prepared statements. A driver speaks to one connection, which one
 * thread uses at a time, and turns the engine's errors into ours.
 *
 * A driver's own connection and statement begin with the structs below. */
#pragma once

#include "store/db/db.h"
#include "store/db/dialect.h"

struct db_conn;
struct db_driver;

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };

/* An argument or a column. `bytes` belongs to whoever made it: a column's lives until the next
 * step. */
struct db_value {
    enum db_kind kind;
    int64_t number;
    struct str bytes;
};

struct db_stmt {
    const struct query *query;
    const char *sql;             /* of the query when it was prepared */
    const struct field **fields; /* what each column fills; NULL without query->row */
    uint64_t used;               /* when, by the connection's clock */
};

struct db_tx {
    struct db_conn *conn;
    enum db_mode mode;
    bool failed;         /* nothing but an end is possible */
    unsigned statements; /* begun so far */
};

/* Statements a connection keeps prepared, in sets of which the least recently used gives way: a
 * statement costs its engine kilobytes, and a registry at work uses a few dozen. */
enum { DB_CACHE_SETS = 16, DB_CACHE_WAYS = 4 };

/* What a connection is used for. */
enum db_role { DB_ROLE_READER, DB_ROLE_WRITER, DB_ROLE_WATCHER };

struct db_conn {
    const struct db_driver *driver;
    struct db_pool *pool; /* NULL for a watcher */
    struct db_conn *next; /* in the pool's list of idle ones */
    struct db_tx tx;      /* the one open on it, if any */
    bool broken;          /* close it rather than use it again */
    uint64_t clock;       /* statements run so far */
    struct db_stmt *cache[DB_CACHE_SETS][DB_CACHE_WAYS];
};

struct db_driver {
    const char *name; /* the URI's scheme */
    enum dialect dialect;
    bool single_writer; /* write transactions run one at a time */

    /* `location` is the URI behind "scheme://". */
    int (*open)(const struct db_config *config, const char *location, enum db_role role,
                struct db_conn **out, struct err *err);
    /* Its statements are finalized already. */
    void (*close)(struct db_conn *conn);

    int (*begin)(struct db_conn *conn, enum db_mode mode, struct err *err);
    int (*commit)(struct db_conn *conn, struct err *err); /* a failed one is rolled back after */
    void (*rollback)(struct db_conn *conn);
    /* Run statements that take and return nothing. */
    int (*script)(struct db_conn *conn, const char *sql, struct err *err);

    int (*prepare)(struct db_conn *conn, const struct query *query, struct db_stmt **out,
                   struct err *err);
    void (*finalize)(struct db_stmt *stmt);
    unsigned (*columns)(struct db_stmt *stmt);
    const char *(*column_name)(struct db_stmt *stmt, unsigned column);

    /* Begin to run with these arguments, which live until reset; then step until it returns 0 (end)
     * or -1, and reset. */
    int (*start)(struct db_stmt *stmt, const struct db_value *args, unsigned count,
                 struct err *err);
    int (*step)(struct db_stmt *stmt, struct err *err);
    struct db_value (*column)(struct db_stmt *stmt, unsigned column);
    int64_t (*changes)(struct db_stmt *stmt);   /* rows of the statement that has ended */
    int64_t (*insert_id)(struct db_stmt *stmt); /* the key it made */
    /* The engine's own steps in this run, each a small and bounded work; before reset. */
    uint64_t (*steps)(struct db_stmt *stmt);
    void (*reset)(struct db_stmt *stmt);

    /* See db_version, db_check, db_size. */
    int (*version)(struct db_conn *conn, uint64_t *out, struct err *err);
    int (*check)(struct db_conn *conn, const struct query *query, struct arena *arena,
                 const char **scan_out, struct err *err);
    uint64_t (*size)(struct db_conn *conn);
};

extern const struct db_driver db_sqlite_driver;

/* The dialect of the engine behind it. */
enum dialect db_dialect(const struct db *db);
/* Run a migration's text inside the transaction. */
int db_script(struct db_tx *tx, const char *sql, struct err *err);
