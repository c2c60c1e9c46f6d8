/* SPDX-License-Identifier: Apache-2.0 */
/* Moving entries to files and reading them again. Nothing is compressed or synced inside of a write
 * transaction: the rows are read first, and removed by their ids when the file is durable. A lock
 * file keeps processes that share the folder apart. */
#include "audit_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "codec/gzip.h"
#include "domain/audit_log.h"
#include "domain/audit_sql.h"

enum { MONTH_TEXT = 8, LINES_MAX = 128 * 1024 * 1024, CHUNK = 64 * 1024, LINE_MAX_BYTES = 1 << 20 };

static int64_t month_of(int64_t at_ms, int *year_out)
{
    struct tm parts;
    time_t seconds = (time_t)(at_ms / 1000);
    gmtime_r(&seconds, &parts);
    *year_out = parts.tm_year + 1900;
    return parts.tm_mon + 1;
}

/* Rows of one month only, lest a member belongs into two files. */
static size_t count_of_month(const struct audit_record *records, size_t count)
{
    int year, other;
    int64_t month = month_of(records[0].at_ms, &year);
    size_t i = 1;
    while (i < count && month_of(records[i].at_ms, &other) == month && other == year)
        i++;
    return i;
}

static int read_rows(struct db *db, struct arena *arena, int64_t before_ms, struct list *out,
                     struct err *err)
{
    struct audit_filter filter = {.end_ms = before_ms};
    struct audit_cursor start = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(db, DB_READ, &tx, err) != 0
               ? -1
               : audit_log_forward(tx, arena, &filter, &start, AUDIT_ARCHIVE_ROWS, out, err);
}

static int find_archive(struct db *db, struct arena *arena, struct audit_archive *io,
                        struct err *err)
{
    struct audit_archive known;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_AUDIT_ARCHIVE_FIND, arena, &known, err, io->month);
    if (found > 0) {
        io->bytes = known.bytes;
        io->entries = known.entries;
    }
    return found;
}

/* Cut off what does not count, append, sync. */
static int append(const char *path, int64_t bytes, struct str member, struct err *err)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, "an archive of the audit log cannot be opened");
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < bytes)
        return err_set(err, ERR_IO,
                       "an archive of the audit log has lost its end; entries stay in"
                       " the database until it is restored");
    if (ftruncate(fd, bytes) != 0 || lseek(fd, bytes, SEEK_SET) < 0)
        return err_set_errno(err, "an archive of the audit log cannot be written");
    if (file_write_all(fd, member.ptr, member.len, err) != 0)
        return -1;
    if (fsync(fd) != 0)
        return err_set_errno(err, "an archive of the audit log cannot be synced");
    return file_sync_parent(path, err);
}

static int put_archive(struct db_tx *tx, const struct audit_archive *archive, bool known,
                       struct err *err)
{
    const struct query *query = known ? &Q_AUDIT_ARCHIVE_UPDATE : &Q_AUDIT_ARCHIVE_INSERT;
    return db_exec(tx, query, err, archive->month, archive->bytes, archive->entries) < 0 ? -1 : 0;
}

static int forget_rows(struct db *db, const struct audit_record *records, size_t count,
                       const struct audit_archive *archive, bool known, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 || put_archive(tx, archive, known, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (db_exec(tx, &Q_AUDIT_DELETE, err, records[i].id) < 0)
            return -1;
    }
    return db_commit(&tx, err);
}

static int compress(const struct audit_record *records, size_t count, struct buf *out,
                    struct err *err)
{
    _cleanup_buf_ struct buf lines;
    buf_init(&lines, LINES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct jw w = {.buf = &lines};
        audit_record_write(&w, &records[i]);
        buf_add_char(&lines, '\n');
    }
    if (!buf_ok(&lines))
        return err_set(err, ERR_INTERNAL, "audit entries are larger than can be moved at once");
    return gzip_compress(buf_str(&lines), out, err);
}

static int64_t move(struct db *db, struct arena *arena, const char *folder, int64_t before_ms,
                    struct err *err)
{
    struct list list = {0};
    struct audit_archive archive = {0};
    int year;
    _cleanup_buf_ struct buf member;
    buf_init(&member, LINES_MAX);
    if (read_rows(db, arena, before_ms, &list, err) != 0)
        return -1;
    if (list.count == 0)
        return 0;
    const struct audit_record *records = list.items;
    size_t count = count_of_month(records, list.count);
    int64_t month = month_of(records[0].at_ms, &year);
    archive.month = arena_printf(arena, "%04d-%02d", year, (int)month);
    int known = find_archive(db, arena, &archive, err);
    const char *path = arena_printf(arena, "%s/%s.jsonl.gz", folder, archive.month);
    if (known < 0 || compress(records, count, &member, err) != 0 ||
        append(path, archive.bytes, buf_str(&member), err) != 0)
        return -1;
    archive.bytes += (int64_t)member.len;
    archive.entries += (int64_t)count;
    if (forget_rows(db, records, count, &archive, known > 0, err) != 0)
        return -1;
    return (int64_t)count;
}

int64_t audit_archive_move(struct db *db, const char *folder, int64_t before_ms, struct err *err)
{
    struct arena arena = {0};
    if (file_make_dirs(folder, 0700, err) != 0)
        return -1;
    const char *path = arena_printf(&arena, "%s/lock", folder);
    _cleanup_close_ int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int64_t moved = -1;
    if (lock < 0)
        err_set_errno(err, "the archive of the audit log cannot be locked");
    else if (flock(lock, LOCK_EX | LOCK_NB) != 0)
        moved = errno == EWOULDBLOCK
                    ? 0
                    : err_set_errno(err, "the archive of the audit log cannot be locked");
    else
        moved = move(db, &arena, folder, before_ms, err);
    arena_done(&arena);
    return moved;
}

int audit_archive_list(struct db_tx *tx, struct arena *arena, struct list *out, struct err *err)
{
    return db_list(tx, &Q_AUDIT_ARCHIVES, arena, out, err);
}

struct reading {
    int (*each)(void *context, struct str line, struct err *err);
    void *context;
    struct buf rest; /* a line whose end has not come yet */
};

static int take_text(void *context, struct str text, struct err *err)
{
    struct reading *reading = context;
    struct str line;
    while (str_find(text, '\n') >= 0) {
        (void)str_cut(&text, '\n', &line);
        buf_add_str(&reading->rest, line);
        if (!buf_ok(&reading->rest))
            return err_set(err, ERR_TOO_LARGE, "a line of the archive is too long");
        int result = reading->each(reading->context, buf_str(&reading->rest), err);
        if (result != 0)
            return result;
        buf_clear(&reading->rest);
    }
    buf_add_str(&reading->rest, text);
    return 0;
}

static int read_all(int fd, int64_t bytes, struct reading *reading, struct err *err)
{
    char chunk[CHUNK];
    int result = 0;
    _cleanup_gzip_ struct gzip_reader *gzip = gzip_reader_new(take_text, reading);
    while (bytes > 0 && result == 0) {
        ssize_t got = read(fd, chunk, size_min(sizeof chunk, (size_t)bytes));
        if (got < 0)
            return err_set_errno(err, "an archive of the audit log cannot be read");
        if (got == 0)
            return err_set(err, ERR_IO, "an archive of the audit log has lost its end");
        bytes -= got;
        result = gzip_reader_feed(gzip, (struct str){chunk, (size_t)got}, err);
    }
    return result;
}

int audit_archive_read(const char *folder, const struct audit_archive *archive,
                       int (*each)(void *context, struct str line, struct err *err), void *context,
                       struct err *err)
{
    struct reading reading = {.each = each, .context = context};
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/%s.jsonl.gz", folder, archive->month);
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    arena_done(&arena);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "the archive %s of the audit log is not there",
                       archive->month);
    if (fd < 0)
        return err_set_errno(err, "an archive of the audit log cannot be opened");
    buf_init(&reading.rest, LINE_MAX_BYTES);
    int result = read_all(fd, archive->bytes, &reading, err);
    buf_done(&reading.rest);
    return result;
}
