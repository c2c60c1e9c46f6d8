/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite. Write-ahead log, so that readers and the writer do not wait for each other; connections
 * without SQLite's mutexes, because the pool lends each to one thread. Page caches are small: a
 * commit by anybody empties them anyway, and the kernel keeps the file.
 *
 * "sqlite://:memory:" is the "memdb" file system: one database in memory that several connections
 * share, for tests. It has no write-ahead log: there a commit waits until nobody reads. */
#include "store/db/db_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/db/sqlite_error.h"

enum {
    RESTART_MS = 200,            /* how long a checkpoint may hold up the writer */
    CHECKPOINT_PAGES = 1000,     /* log pages after which they are copied into the database */
    RESTART_PAGES = 4000,        /* ... after which readers are waited for, to start the log anew */
    LOG_KEPT = 16 * 1024 * 1024, /* bytes of the log file that stay once it has grown */
    BUSY_QUICK = 100,            /* looks at what another process holds ... */
    BUSY_QUICK_US = 100,         /* ... with this pause between them, */
    BUSY_SLOW_US = 1000,         /* then with this */
};

struct sqlite_conn {
    struct db_conn base;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *rollback, *version;
    const struct db_config *config;
    const char *path; /* NULL in memory; lives as long as the pool */
    bool syncs;       /* commits wait for the disk */
    int log_pages;    /* in the write-ahead log after the last commit */
    int checkpoint_at;
    int64_t busy_wait_ms;  /* for another process, at most */
    int64_t busy_until_ms; /* clock_mono_ms() */
};

struct sqlite_stmt {
    struct db_stmt base;
    struct sqlite_conn *conn;
    sqlite3_stmt *stmt;
};

static struct sqlite_conn *conn_of(struct db_conn *conn)
{
    return CONTAINER_OF(conn, struct sqlite_conn, base);
}

static struct sqlite_stmt *stmt_of(struct db_stmt *stmt)
{
    return CONTAINER_OF(stmt, struct sqlite_stmt, base);
}

static int fail(struct sqlite_conn *conn, struct err *err)
{
    return sqlite_error_set(conn->db, conn->path, err);
}

static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* else every allocation takes one global lock */
}

/* Create the file ourselves, because SQLite would let everybody read it. Only a new one is opened:
 * closing any descriptor of a database drops the locks that SQLite holds on it. */
static int create_file(const char *path, struct err *err)
{
    _cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 || errno == EEXIST)
        return 0;
    return sqlite_error_access(path, err);
}

static int open_handle(struct sqlite_conn *conn, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char name[PATH_MAX + 8];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    pthread_once(&once, configure_library);
    if (conn->path) {
        if (create_file(conn->path, err) != 0)
            return -1;
        snprintf(name, sizeof name, "%s%s", conn->path[0] == '/' ? "" : "./", conn->path);
    } else { /* one name for each struct db: the address of its configuration */
        snprintf(name, sizeof name, "file:/%p?vfs=memdb", (const void *)conn->config);
        flags |= SQLITE_OPEN_URI | SQLITE_OPEN_CREATE;
    }
    int rc = sqlite3_open_v2(name, &conn->db, flags, NULL);
    if (rc == SQLITE_OK && sqlite3_db_readonly(conn->db, "main") == 0)
        return 0;
    return conn->path && rc != SQLITE_NOMEM ? sqlite_error_access(conn->path, err)
                                            : fail(conn, err);
}

static int prepare_text(struct sqlite_conn *conn, const char *sql, sqlite3_stmt **out,
                        struct err *err)
{
    if (sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK) {
        fail(conn, err);
        return err_detail(err, "%s", sql);
    }
    return 0;
}

/* Turning the log on needs the file for itself and does not wait by itself, so that processes that
 * start together would fail. */
static int use_log(struct sqlite_conn *conn, struct err *err)
{
    int64_t deadline = clock_mono_ms() + conn->config->wait_ms;
    for (;;) {
        int rc = sqlite3_exec(conn->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            return 0;
        if ((rc & 0xff) == SQLITE_READONLY || (rc & 0xff) == SQLITE_CANTOPEN)
            return sqlite_error_access(conn->path, err);
        if ((rc & 0xff) != SQLITE_BUSY || clock_mono_ms() >= deadline)
            return fail(conn, err);
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
}

/* The log's name must be durable before anything in it is: SQLite goes on when it cannot make it
 * so. Reading opens the log. */
static int sync_log_name(struct sqlite_conn *conn, struct err *err)
{
    if (sqlite3_exec(conn->db, "PRAGMA user_version", NULL, NULL, NULL) != SQLITE_OK)
        return fail(conn, err);
    return file_sync_parent(conn->path, err);
}

static int on_log_grown(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((struct sqlite_conn *)context)->log_pages = pages;
    return SQLITE_OK;
}

/* Another process holds the database. SQLite's own handler would soon look every few hundredths of
 * a second only; ours looks every few tenths of a millisecond, for what is held is held that short.
 */
static int on_busy(void *context, int attempts)
{
    struct sqlite_conn *conn = context;
    int64_t now_ms = clock_mono_ms();
    if (attempts == 0)
        conn->busy_until_ms = now_ms + conn->busy_wait_ms;
    if (now_ms >= conn->busy_until_ms)
        return 0;
    long us = attempts < BUSY_QUICK ? BUSY_QUICK_US : BUSY_SLOW_US;
    struct timespec pause = {.tv_nsec = us * 1000};
    nanosleep(&pause, NULL);
    return 1;
}

static int set_up(struct sqlite_conn *conn, enum db_role role, struct err *err)
{
    char pragmas[512];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA cache_size = %d; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
             "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST;"
             "PRAGMA journal_size_limit = %d; PRAGMA synchronous = %s; PRAGMA query_only = %s;",
             role == DB_ROLE_WATCHER ? -16 : -512, LOG_KEPT,
             conn->config->sync_full ? "FULL" : "NORMAL", role == DB_ROLE_WRITER ? "OFF" : "ON");
    conn->busy_wait_ms = conn->config->wait_ms;
    sqlite3_busy_handler(conn->db, on_busy, conn);
    bool writes_file = role == DB_ROLE_WRITER && conn->path;
    if (writes_file && use_log(conn, err) != 0)
        return -1;
    if (sqlite3_exec(conn->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return fail(conn, err);
    if (writes_file && conn->config->sync_full && sync_log_name(conn, err) != 0)
        return -1;
    sqlite3_wal_hook(conn->db, on_log_grown, conn);
    conn->checkpoint_at = CHECKPOINT_PAGES;
    conn->syncs = conn->config->sync_full;
    const char *begin = role == DB_ROLE_WRITER ? "BEGIN IMMEDIATE" : "BEGIN";
    if (prepare_text(conn, "PRAGMA data_version", &conn->version, err) != 0)
        return -1;
    if (role == DB_ROLE_WATCHER)
        return 0;
    if (prepare_text(conn, begin, &conn->begin, err) != 0 ||
        prepare_text(conn, "COMMIT", &conn->commit, err) != 0)
        return -1;
    return prepare_text(conn, "ROLLBACK", &conn->rollback, err);
}

static void sqlite_close(struct db_conn *base)
{
    struct sqlite_conn *conn = conn_of(base);
    sqlite3_finalize(conn->begin);
    sqlite3_finalize(conn->commit);
    sqlite3_finalize(conn->rollback);
    sqlite3_finalize(conn->version);
    sqlite3_close(conn->db);
    free(conn);
}

static int sqlite_open(const struct db_config *config, const char *location, enum db_role role,
                       struct db_conn **out, struct err *err)
{
    struct sqlite_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->config = config;
    conn->path = strcmp(location, ":memory:") == 0 ? NULL : location;
    if (location[0] == '\0' || strlen(location) >= PATH_MAX)
        err_set(err, ERR_INVALID, "database: the URI must be sqlite:///path/of/the/file");
    else if (open_handle(conn, err) == 0 && set_up(conn, role, err) == 0) {
        *out = &conn->base;
        return 0;
    }
    sqlite_close(&conn->base);
    return -1;
}

/* Run a statement that is prepared and has no rows. */
static int run(struct sqlite_conn *conn, sqlite3_stmt *stmt, struct err *err)
{
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_DONE)
        fail(conn, err);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? 0 : -1;
}

static int set_syncs(struct sqlite_conn *conn, bool on, struct err *err)
{
    if (conn->syncs == on)
        return 0;
    const char *pragma = on ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
    if (sqlite3_exec(conn->db, pragma, NULL, NULL, NULL) != SQLITE_OK)
        return fail(conn, err);
    conn->syncs = on;
    return 0;
}

static int sqlite_begin(struct db_conn *base, enum db_mode mode, struct err *err)
{
    struct sqlite_conn *conn = conn_of(base);
    bool syncs = conn->config->sync_full && mode != DB_WRITE_RELAXED;
    if (mode != DB_READ && set_syncs(conn, syncs, err) != 0)
        return -1;
    return run(conn, conn->begin, err);
}

/* Copy the log into the database when it has grown. Readers of older snapshots hold that up, and
 * under a steady load there is always one, so that past a second mark they are waited for. What
 * cannot be done now is tried again when the log has grown by as much again. */
static void checkpoint(struct sqlite_conn *conn)
{
    if (conn->log_pages < conn->checkpoint_at - CHECKPOINT_PAGES)
        conn->checkpoint_at = CHECKPOINT_PAGES; /* the log was started anew */
    if (conn->log_pages < conn->checkpoint_at)
        return;
    bool wait = conn->log_pages >= RESTART_PAGES;
    conn->busy_wait_ms = RESTART_MS;
    sqlite3_wal_checkpoint_v2(
        conn->db, "main", wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    conn->busy_wait_ms = conn->config->wait_ms;
    conn->checkpoint_at = conn->log_pages + CHECKPOINT_PAGES;
}

static int sqlite_commit(struct db_conn *base, struct err *err)
{
    struct sqlite_conn *conn = conn_of(base);
    if (run(conn, conn->commit, err) != 0)
        return -1;
    checkpoint(conn);
    return 0;
}

static void sqlite_rollback(struct db_conn *base)
{
    struct sqlite_conn *conn = conn_of(base);
    if (sqlite3_get_autocommit(conn->db)) /* SQLite has done so itself, as after a full disk */
        return;
    if (run(conn, conn->rollback, NULL) != 0)
        base->broken = true;
}

static int sqlite_script(struct db_conn *base, const char *sql, struct err *err)
{
    struct sqlite_conn *conn = conn_of(base);
    return sqlite3_exec(conn->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(conn, err);
}

static int sqlite_prepare(struct db_conn *base, const struct query *query, struct db_stmt **out,
                          struct err *err)
{
    struct dialect_marks marks;
    _cleanup_buf_ struct buf sql;
    buf_init(&sql, DIALECT_SQL_MAX);
    if (dialect_query(DIALECT_SQLITE, query, &sql, &marks, err) != 0)
        return -1;
    sqlite3_stmt *prepared;
    if (prepare_text(conn_of(base), sql.ptr, &prepared, err) != 0)
        return -1;
    struct sqlite_stmt *stmt = calloc(1, sizeof *stmt);
    if (!stmt)
        abort();
    stmt->conn = conn_of(base);
    stmt->stmt = prepared;
    *out = &stmt->base;
    return 0;
}

static void sqlite_finalize(struct db_stmt *base)
{
    sqlite3_finalize(stmt_of(base)->stmt);
    free(stmt_of(base));
}

static unsigned sqlite_columns(struct db_stmt *base)
{
    return (unsigned)sqlite3_column_count(stmt_of(base)->stmt);
}

static const char *sqlite_column_name(struct db_stmt *base, unsigned column)
{
    return sqlite3_column_name(stmt_of(base)->stmt, (int)column);
}

static int bind(sqlite3_stmt *stmt, int index, struct db_value value)
{
    switch (value.kind) {
    case DB_NULL:
        return sqlite3_bind_null(stmt, index);
    case DB_INT:
        return sqlite3_bind_int64(stmt, index, value.number);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, index, value.bytes.ptr, value.bytes.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case DB_BYTES:
        return sqlite3_bind_blob64(stmt, index, value.bytes.ptr, value.bytes.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static int sqlite_start(struct db_stmt *base, const struct db_value *args, unsigned count,
                        struct err *err)
{
    struct sqlite_stmt *stmt = stmt_of(base);
    for (unsigned i = 0; i < count; i++) {
        if (bind(stmt->stmt, (int)i + 1, args[i]) != SQLITE_OK)
            return fail(stmt->conn, err);
    }
    return 0;
}

static int sqlite_step(struct db_stmt *base, struct err *err)
{
    struct sqlite_stmt *stmt = stmt_of(base);
    int rc = sqlite3_step(stmt->stmt);
    if (rc == SQLITE_ROW)
        return 1;
    return rc == SQLITE_DONE ? 0 : fail(stmt->conn, err);
}

static struct db_value sqlite_column(struct db_stmt *base, unsigned index)
{
    sqlite3_stmt *stmt = stmt_of(base)->stmt;
    int column = (int)index;
    struct db_value value = {.kind = DB_NULL};
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        value.kind = DB_INT;
        value.number = sqlite3_column_int64(stmt, column);
        return value;
    case SQLITE_TEXT:
        value.kind = DB_TEXT;
        value.bytes.ptr = (const char *)sqlite3_column_text(stmt, column);
        break;
    case SQLITE_BLOB:
        value.kind = DB_BYTES;
        value.bytes.ptr = sqlite3_column_blob(stmt, column);
        break;
    default:
        return value;
    }
    value.bytes.len = (size_t)sqlite3_column_bytes(stmt, column);
    if (!value.bytes.ptr) /* how SQLite gives an empty blob */
        value.bytes.ptr = "";
    return value;
}

static int64_t sqlite_changes(struct db_stmt *base)
{
    return sqlite3_changes64(stmt_of(base)->conn->db);
}

static int64_t sqlite_insert_id(struct db_stmt *base)
{
    return sqlite3_last_insert_rowid(stmt_of(base)->conn->db);
}

static uint64_t sqlite_steps(struct db_stmt *base)
{
    return (uint64_t)sqlite3_stmt_status(stmt_of(base)->stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
}

static void sqlite_reset(struct db_stmt *base)
{
    sqlite3_reset(stmt_of(base)->stmt);
    sqlite3_clear_bindings(stmt_of(base)->stmt); /* they are borrowed */
}

static int sqlite_version(struct db_conn *base, uint64_t *out, struct err *err)
{
    struct sqlite_conn *conn = conn_of(base);
    int rc = sqlite3_step(conn->version);
    if (rc == SQLITE_ROW)
        *out = (uint64_t)sqlite3_column_int64(conn->version, 0);
    else
        fail(conn, err);
    sqlite3_reset(conn->version);
    return rc == SQLITE_ROW ? 0 : -1;
}

/* Lines of a plan that read a whole table say "SCAN <name>"; what is materialized or has one row is
 * no table. */
static bool is_scan(struct str line)
{
    return str_starts(line, STR("SCAN ")) && !str_starts(line, STR("SCAN CONSTANT ROW")) &&
           !str_starts(line, STR("SCAN (subquery"));
}

static int sqlite_check(struct db_conn *base, const struct query *query, struct arena *arena,
                        const char **scan_out, struct err *err)
{
    struct dialect_marks marks;
    _cleanup_buf_ struct buf sql;
    buf_init(&sql, DIALECT_SQL_MAX);
    buf_add_text(&sql, "EXPLAIN QUERY PLAN ");
    if (dialect_query(DIALECT_SQLITE, query, &sql, &marks, err) != 0)
        return -1;
    sqlite3_stmt *plan;
    if (prepare_text(conn_of(base), sql.ptr, &plan, err) != 0)
        return -1;
    const char *scan = NULL;
    int rc;
    while ((rc = sqlite3_step(plan)) == SQLITE_ROW) {
        struct str line = str_of((const char *)sqlite3_column_text(plan, 3));
        if (!scan && is_scan(line))
            scan = arena_text(arena, line);
    }
    if (rc != SQLITE_DONE)
        fail(conn_of(base), err);
    sqlite3_finalize(plan);
    if (rc != SQLITE_DONE)
        return -1;
    *scan_out = scan;
    return 0;
}

static uint64_t file_size(const char *path, const char *suffix)
{
    char name[PATH_MAX + 8];
    struct stat st;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static uint64_t sqlite_size(struct db_conn *base)
{
    const char *path = conn_of(base)->path;
    return path ? file_size(path, "") + file_size(path, "-wal") : 0;
}

const struct db_driver db_sqlite_driver = {
    .name = "sqlite",
    .dialect = DIALECT_SQLITE,
    .single_writer = true,
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .script = sqlite_script,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .columns = sqlite_columns,
    .column_name = sqlite_column_name,
    .start = sqlite_start,
    .step = sqlite_step,
    .column = sqlite_column,
    .changes = sqlite_changes,
    .insert_id = sqlite_insert_id,
    .steps = sqlite_steps,
    .reset = sqlite_reset,
    .version = sqlite_version,
    .check = sqlite_check,
    .size = sqlite_size,
};
