/* SPDX-License-Identifier: Apache-2.0 */
/* The front of the database: what is the same for every engine. Readers and writers have pools of
 * their own, so that no read ever waits for a write. A transaction lives inside its connection:
 * beginning one allocates nothing. */
#include "store/db/db.h"

#include <stdalign.h>
#include <stdlib.h>

#include "store/db/db_args.h"
#include "store/db/db_conn.h"
#include "store/db/db_driver.h"
#include "store/db/db_metrics.h"
#include "store/db/db_pool.h"
#include "store/db/db_row.h"

enum {
    READERS_DEFAULT = 4,
    READERS_MAX = 256,
    WAIT_MS_DEFAULT = 10 * 1000,
    WAIT_MS_MAX = 3600 * 1000,
    ROW_BYTES_MAX = 1024, /* of a struct that a row is read into */
};

static const struct db_driver *const drivers[] = {&db_sqlite_driver};

struct db {
    const struct db_driver *driver;
    struct db_config config;
    char *uri;
    struct db_pool *readers, *writers;
    struct db_conn *watchers[DB_VERSION_SLOTS]; /* each touched by its slot's thread only */
};

static const struct db_driver *find_driver(struct str scheme)
{
    for (size_t i = 0; i < ARRAY_LEN(drivers); i++) {
        if (str_eq_text(scheme, drivers[i]->name))
            return drivers[i];
    }
    return NULL;
}

static const char *location_of(const struct db *db)
{
    return db->uri + strlen(db->driver->name) + strlen("://");
}

/* Open the first connection, so that what is wrong with the database shows now. */
static int try_writer(struct db *db, struct err *err)
{
    struct db_conn *conn;
    if (db_pool_take(db->writers, &conn, err) != 0)
        return -1;
    db_pool_give(conn);
    return 0;
}

int db_open(const struct db_config *config, struct db **out, struct err *err)
{
    const char *colon = strstr(config->uri, "://");
    struct str scheme = {config->uri, colon ? (size_t)(colon - config->uri) : 0};
    const struct db_driver *driver = find_driver(scheme);
    if (!driver)
        return err_set(err, ERR_UNSUPPORTED, "database: no driver for \"%.*s\"", STR_FMT(scheme));
    if (config->readers > READERS_MAX)
        return err_set(err, ERR_INVALID, "database: more than %d connections", READERS_MAX);
    if (config->wait_ms > WAIT_MS_MAX)
        return err_set(err, ERR_INVALID, "database: waits of more than an hour");

    _cleanup_(db_closep) struct db *db = calloc(1, sizeof *db);
    if (!db || !(db->uri = strdup(config->uri)))
        abort();
    db->driver = driver;
    db->config = *config;
    db->config.uri = db->uri;
    if (db->config.readers == 0)
        db->config.readers = READERS_DEFAULT;
    if (db->config.wait_ms == 0)
        db->config.wait_ms = WAIT_MS_DEFAULT;
    unsigned readers = db->config.readers;
    unsigned writers = driver->single_writer ? 1 : readers;
    db->readers = db_pool_new(driver, &db->config, location_of(db), DB_ROLE_READER, readers);
    db->writers = db_pool_new(driver, &db->config, location_of(db), DB_ROLE_WRITER, writers);
    if (try_writer(db, err) != 0)
        return -1;
    *out = TAKE(db);
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < DB_VERSION_SLOTS; i++)
        db_conn_close(db->watchers[i]);
    db_pool_free(db->readers);
    db_pool_free(db->writers);
    free(db->uri);
    free(db);
}

int db_begin(struct db *db, enum db_mode mode, struct db_tx **out, struct err *err)
{
    struct db_conn *conn;
    if (db_pool_take(mode == DB_READ ? db->readers : db->writers, &conn, err) != 0)
        return -1;
    if (db->driver->begin(conn, mode, err) != 0) {
        db_pool_give(conn);
        return -1;
    }
    conn->tx = (struct db_tx){.conn = conn, .mode = mode};
    *out = &conn->tx;
    return 0;
}

bool db_write_wanted(struct db *db)
{
    return db->driver->single_writer && db_pool_waiting(db->writers) > 0;
}

void db_end(struct db_tx **tx)
{
    if (!*tx)
        return;
    struct db_conn *conn = TAKE(*tx)->conn;
    conn->driver->rollback(conn);
    db_pool_give(conn);
}

int db_commit(struct db_tx **tx, struct err *err)
{
    struct db_conn *conn = (*tx)->conn;
    int rc = 0;
    if ((*tx)->failed)
        rc = err_set(err, ERR_INTERNAL, "a statement of this transaction has failed");
    else
        rc = conn->driver->commit(conn, err);
    if (rc != 0)
        conn->driver->rollback(conn);
    *tx = NULL;
    db_pool_give(conn);
    return rc;
}

/* Prepare, bind, and stand before the first row. The statement borrows from `args` until it is
 * reset. */
static int start(struct db_tx *tx, const struct query *query, va_list list, struct db_args *args,
                 struct db_stmt **out, struct err *err)
{
    if (tx->failed)
        return err_set(err, ERR_INTERNAL, "a statement of this transaction has failed");
    tx->statements++;
    if (db_args_take(args, query, list, err) != 0 || db_conn_stmt(tx->conn, query, out, err) != 0 ||
        tx->conn->driver->start(*out, args->values, args->count, err) != 0) {
        tx->failed = true;
        return -1;
    }
    return 0;
}

unsigned db_statements(const struct db_tx *tx)
{
    return tx->statements;
}

static void finish(struct db_tx *tx, struct db_stmt *stmt, bool failed)
{
    db_metrics_count(tx->mode, tx->conn->driver->steps(stmt));
    tx->conn->driver->reset(stmt);
    tx->failed = failed;
}

static int read_one(struct db_tx *tx, struct db_stmt *stmt, struct arena *arena, void *row,
                    struct err *err)
{
    const struct db_driver *driver = tx->conn->driver;
    size_t size = stmt->query->row->size;
    alignas(16) char filled[ROW_BYTES_MAX] = {0};
    if (size > sizeof filled)
        abort(); /* a struct of the program's own: it does not grow at run time */
    int found = driver->step(stmt, err);
    if (found != 1)
        return found;
    if (db_row_fill(driver, stmt, arena, filled, err) != 0)
        return -1;
    memcpy(row, filled, size);
    return 1;
}

int db_one(struct db_tx *tx, const struct query *query, struct arena *arena, void *row,
           struct err *err, ...)
{
    struct db_args args;
    struct db_stmt *stmt;
    va_list list;
    va_start(list, err);
    int rc = start(tx, query, list, &args, &stmt, err);
    va_end(list);
    if (rc != 0)
        return -1;
    rc = read_one(tx, stmt, arena, row, err);
    finish(tx, stmt, rc < 0);
    return rc;
}

/* Room for one more row: the array in the arena doubles. */
static char *add_row(struct arena *arena, struct list *rows, size_t *room, size_t size)
{
    if (rows->count == *room) {
        size_t larger = *room > 0 ? *room * 2 : 8;
        char *items = arena_array(arena, larger, size);
        if (rows->count > 0)
            memcpy(items, rows->items, rows->count * size);
        rows->items = items;
        *room = larger;
    }
    return (char *)rows->items + rows->count++ * size;
}

static int read_all(struct db_tx *tx, struct db_stmt *stmt, struct arena *arena, struct list *out,
                    struct err *err)
{
    const struct db_driver *driver = tx->conn->driver;
    struct list rows = {0};
    size_t room = 0;
    int more;
    while ((more = driver->step(stmt, err)) == 1) {
        char *row = add_row(arena, &rows, &room, stmt->query->row->size);
        if (db_row_fill(driver, stmt, arena, row, err) != 0)
            return -1;
    }
    if (more == 0)
        *out = rows;
    return more;
}

static int list_rows(struct db_tx *tx, const struct query *query, struct arena *arena,
                     struct list *out, struct err *err, va_list args_list)
{
    struct db_args args;
    struct db_stmt *stmt;
    if (start(tx, query, args_list, &args, &stmt, err) != 0)
        return -1;
    int rc = read_all(tx, stmt, arena, out, err);
    finish(tx, stmt, rc < 0);
    return rc;
}

int db_list(struct db_tx *tx, const struct query *query, struct arena *arena, struct list *out,
            struct err *err, ...)
{
    va_list list;
    va_start(list, err);
    int rc = list_rows(tx, query, arena, out, err, list);
    va_end(list);
    return rc;
}

int db_list_whole(struct db_tx *tx, const struct query *query, struct arena *arena,
                  struct list *out, struct err *err, ...)
{
    struct list rows = {0};
    va_list list;
    va_start(list, err);
    int rc = list_rows(tx, query, arena, &rows, err, list);
    va_end(list);
    if (rc != 0)
        return -1;
    if (rows.count > DB_WHOLE_MAX)
        return err_set(err, ERR_TOO_LARGE, "this list has more than %d entries", DB_WHOLE_MAX);
    *out = rows;
    return 0;
}

/* Run to the end, ignoring rows; then `result` of the driver. */
static int64_t execute(struct db_tx *tx, const struct query *query, va_list list,
                       int64_t (*result)(struct db_stmt *stmt), struct err *err)
{
    struct db_args args;
    struct db_stmt *stmt;
    if (tx->mode == DB_READ)
        return err_set(err, ERR_INTERNAL, "write in a transaction for reading");
    if (start(tx, query, list, &args, &stmt, err) != 0)
        return -1;
    int more;
    do {
        more = tx->conn->driver->step(stmt, err);
    } while (more == 1);
    int64_t value = more == 0 ? result(stmt) : -1;
    finish(tx, stmt, more < 0);
    return value;
}

int64_t db_exec(struct db_tx *tx, const struct query *query, struct err *err, ...)
{
    va_list list;
    va_start(list, err);
    int64_t changed = execute(tx, query, list, tx->conn->driver->changes, err);
    va_end(list);
    return changed;
}

int64_t db_insert(struct db_tx *tx, const struct query *query, struct err *err, ...)
{
    va_list list;
    va_start(list, err);
    int64_t id = execute(tx, query, list, tx->conn->driver->insert_id, err);
    va_end(list);
    return id;
}

int db_script(struct db_tx *tx, const char *sql, struct err *err)
{
    if (tx->conn->driver->script(tx->conn, sql, err) == 0)
        return 0;
    tx->failed = true;
    return -1;
}

int db_version(struct db *db, unsigned slot, uint64_t *out, struct err *err)
{
    if (slot >= DB_VERSION_SLOTS)
        return err_set(err, ERR_INTERNAL, "database: no version slot %u", slot);
    struct db_conn **watcher = &db->watchers[slot];
    if (!*watcher) {
        if (db->driver->open(&db->config, location_of(db), DB_ROLE_WATCHER, watcher, err) != 0)
            return -1;
        (*watcher)->driver = db->driver;
    }
    return db->driver->version(*watcher, out, err);
}

const char *db_engine(const struct db *db)
{
    return db->driver->name;
}

enum dialect db_dialect(const struct db *db)
{
    return db->driver->dialect;
}

int db_check(struct db *db, const struct query *query, struct arena *arena, const char **scan_out,
             struct err *err)
{
    struct db_conn *conn;
    struct db_stmt *stmt;
    if (db_pool_take(db->readers, &conn, err) != 0)
        return -1;
    int rc = db_conn_stmt(conn, query, &stmt, err);
    if (rc == 0)
        rc = db->driver->check(conn, query, arena, scan_out, err);
    db_pool_give(conn);
    return rc;
}

uint64_t db_size(struct db *db)
{
    struct db_conn *conn;
    if (db_pool_take(db->readers, &conn, NULL) != 0)
        return 0;
    uint64_t size = db->driver->size(conn);
    db_pool_give(conn);
    return size;
}

int db_ping(struct db *db, struct err *err)
{
    struct db_conn *conn;
    uint64_t version;
    if (db_pool_take(db->readers, &conn, err) != 0)
        return -1;
    int rc = db->driver->version(conn, &version, err);
    db_pool_give(conn);
    return rc;
}
