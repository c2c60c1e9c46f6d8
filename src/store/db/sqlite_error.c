/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of SQLite, by table. Messages may reach a client, so that paths and SQLite's own words,
 * which quote names and statements, go into the detail; only a start that fails names the file. */
#include "store/db/sqlite_error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum { ACCESS_MAX = 2 * PATH_MAX + 256 };

/* Extended codes before the general ones. */
static const struct {
    int rc;
    enum err_code code;
    const char *message;
} errors[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_EXISTS, "it exists already"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_EXISTS, "it exists already"},
    {SQLITE_CONSTRAINT_ROWID, ERR_EXISTS, "it exists already"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, ERR_CONFLICT, "it is in use, or what it needs is gone"},
    {SQLITE_BUSY, ERR_BUSY, "the database is busy"},
    {SQLITE_LOCKED, ERR_BUSY, "the database is busy"},
    {SQLITE_FULL, ERR_NO_SPACE, "no space left for the database"},
    {SQLITE_READONLY, ERR_IO, "the database cannot be written"},
    {SQLITE_CANTOPEN, ERR_IO, "the database cannot be opened"},
    {SQLITE_PERM, ERR_IO, "the database cannot be opened"},
    {SQLITE_CORRUPT, ERR_IO, "the database is damaged"},
    {SQLITE_NOTADB, ERR_IO, "the database file is damaged or no SQLite database"},
    {SQLITE_IOERR, ERR_IO, "the database's disk fails"},
    {SQLITE_TOOBIG, ERR_TOO_LARGE, "too large for the database"},
};

/* "/srv/wharf.db: owner uid 0, mode 0600", or that there is none. */
static void add_owner(struct buf *out, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0)
        buf_printf(out, "%s: owner uid %u, mode %04o", path, (unsigned)st.st_uid,
                   (unsigned)(st.st_mode & 07777));
    else
        buf_printf(out, "%s: %s", path, errno == ENOENT ? "does not exist" : "out of reach");
}

/* The file, its folder (where the log is made), and who we are. */
static void add_access(struct buf *out, const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash ? (int)(slash - path) + (slash == path) : 1;
    snprintf(folder, sizeof folder, "%.*s", len, slash ? path : ".");
    add_owner(out, path);
    buf_add_text(out, "; folder ");
    add_owner(out, folder);
    buf_printf(out, "; we run as uid %u", (unsigned)geteuid());
}

int sqlite_error_access(const char *path, struct err *err)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, ACCESS_MAX);
    add_access(&text, path);
    return err_set(err, ERR_IO, "database cannot be opened for writing (%s)", buf_str(&text).ptr);
}

static bool is_match(int rc, int extended)
{
    return rc == extended || rc == (extended & 0xff);
}

int sqlite_error_set(sqlite3 *db, const char *path, struct err *err)
{
    int rc = sqlite3_extended_errcode(db);
    int number = sqlite3_system_errno(db);
    bool full = (rc & 0xff) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT);
    size_t i = 0;
    while (i < ARRAY_LEN(errors) && !is_match(errors[i].rc, full ? SQLITE_FULL : rc))
        i++;
    if (i < ARRAY_LEN(errors))
        err_set(err, errors[i].code, "%s", errors[i].message);
    else
        err_set(err, ERR_INTERNAL, "the database refuses a statement");
    err_detail(err, "sqlite %d: %s", rc, sqlite3_errmsg(db));
    int general = rc & 0xff;
    if (path && (general == SQLITE_READONLY || general == SQLITE_CANTOPEN)) {
        _cleanup_buf_ struct buf text;
        buf_init(&text, ACCESS_MAX);
        add_access(&text, path);
        err_detail(err, "%s", buf_str(&text).ptr);
    }
    return -1;
}
