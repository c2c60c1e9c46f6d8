/* SPDX-License-Identifier: Apache-2.0 */
/* An export is one JSON document, in the form of Quay's: what it is about, then the entries, the
 * last of which says that it is the last. It is written page by page, synced, and only then given
 * its name. */
#include "worker/audit_export.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "domain/audit.h"
#include "domain/audit_delivery.h"
#include "domain/audit_export.h"
#include "domain/audit_log.h"

enum { PAGE = 500, TEXT_MAX = 128 * 1024 * 1024 };

static void write_date(struct jw *w, const char *key, int64_t at_ms)
{
    char text[CLOCK_HTTP_SIZE], date[CLOCK_HTTP_SIZE + 8];
    clock_format_http(at_ms, text);
    snprintf(date, sizeof date, "%.*s-0000", (int)(strlen(text) - strlen("GMT")), text);
    jw_member_text(w, key, date);
}

static void write_entry(struct jw *w, const struct audit_record *record)
{
    jw_begin_object(w);
    jw_member_text(w, "kind", audit_kind_name(record->kind));
    jw_key(w, "metadata");
    jw_raw(w, str_of(record->metadata));
    jw_member_text(w, "ip", record->ip);
    write_date(w, "datetime", record->at_ms);
    jw_member_text(w, "repository", record->repository_name);
    if (record->performer_name) {
        jw_key(w, "performer");
        jw_begin_object(w);
        jw_member_text(w, "kind", "user");
        jw_member_text(w, "name", record->performer_name);
        jw_member_bool(w, "is_robot", record->performer_kind == ACCOUNT_ROBOT);
        jw_end_object(w);
    }
    jw_end_object(w);
}

static void write_head(struct jw *w, const struct audit_export *export)
{
    jw_begin_object(w);
    jw_member_text(w, "export_id", export->uuid);
    jw_key(w, "details");
    jw_begin_object(w);
    write_date(w, "start_time", export->start_ms);
    write_date(w, "end_time", export->end_ms);
    jw_member_text(w, "namespace", export->namespace_name);
    jw_member_text(w, "repository", export->repository_name);
    jw_end_object(w);
    jw_key(w, "logs");
    jw_begin_array(w);
}

static void write_tail(struct jw *w)
{
    jw_begin_object(w);
    jw_member_bool(w, "terminator", true);
    jw_end_object(w);
    jw_end_array(w);
    jw_end_object(w);
    buf_add_char(w->buf, '\n');
}

static int flush(int fd, struct buf *text, struct err *err)
{
    if (!buf_ok(text))
        return err_set(err, ERR_TOO_LARGE, "a page of the audit log is larger than its limit");
    int result = file_write_all(fd, text->ptr, text->len, err);
    buf_clear(text);
    return result;
}

/* The number of entries; the cursor moves behind them. */
static int64_t write_page(struct db *db, const struct audit_filter *filter,
                          struct audit_cursor *cursor, struct jw *w, struct err *err)
{
    struct arena arena = {0};
    struct list page = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    int result = db_begin(db, DB_READ, &tx, err);
    if (result == 0)
        result = audit_log_forward(tx, &arena, filter, cursor, PAGE, &page, err);
    const struct audit_record *records = page.items;
    for (size_t i = 0; result == 0 && i < page.count; i++) {
        write_entry(w, &records[i]);
        *cursor = (struct audit_cursor){records[i].at_ms, records[i].id};
    }
    arena_done(&arena);
    return result == 0 ? (int64_t)page.count : -1;
}

static int write_document(struct db *db, const struct audit_export *export, int fd,
                          struct buf *text, struct err *err)
{
    struct jw w = {.buf = text};
    struct audit_filter filter = {
        .namespace_id = export->namespace_id,
        .repository_id = export->repository_id,
        .start_ms = export->start_ms,
        .end_ms = export->end_ms,
    };
    struct audit_cursor cursor = {0};
    int64_t count;
    write_head(&w, export);
    do {
        count = write_page(db, &filter, &cursor, &w, err);
        if (count < 0 || flush(fd, text, err) != 0)
            return -1;
    } while (count == PAGE);
    write_tail(&w);
    return flush(fd, text, err);
}

/* Open the draft for this process alone. -1 with *busy_out when another node writes it, or has just
 * given it its name. */
static int open_draft(const char *draft, bool *busy_out, struct err *err)
{
    struct stat ours, named;
    _cleanup_close_ int fd = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, "an export of the audit log cannot be written");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || stat(draft, &named) != 0) {
        *busy_out = true;
        return -1;
    }
    if (fstat(fd, &ours) != 0)
        return err_set_errno(err, "an export of the audit log cannot be written");
    if (ours.st_ino != named.st_ino) {
        *busy_out = true;
        return -1;
    }
    if (ftruncate(fd, 0) != 0)
        return err_set_errno(err, "an export of the audit log cannot be written");
    int result = fd;
    fd = -1;
    return result;
}

/* 1 written, 0 another node is at it, -1. */
static int write_file(const struct audit_export_job *job, struct arena *arena,
                      const struct audit_export *export, struct err *err)
{
    const char *path = audit_export_path(arena, job->folder, export->uuid);
    const char *draft = arena_printf(arena, "%s.draft", path);
    _cleanup_buf_ struct buf text;
    buf_init(&text, TEXT_MAX);
    if (file_make_dirs(job->folder, 0700, err) != 0)
        return -1;
    bool busy = false;
    _cleanup_close_ int fd = open_draft(draft, &busy, err);
    if (fd < 0)
        return busy ? 0 : -1;
    if (write_document(job->db, export, fd, &text, err) != 0)
        return -1;
    if (fsync(fd) != 0 || rename(draft, path) != 0)
        return err_set_errno(err, "an export of the audit log cannot be written");
    return file_sync_parent(path, err) == 0 ? 1 : -1;
}

static const char *write_metadata(struct arena *arena, const struct audit_export *export,
                                  const char *url, const struct err *failure)
{
    enum { METADATA_MAX = 16 * 1024 };
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "export_id", export->uuid);
    if (failure) {
        jw_member_text(&w, "error", failure->msg);
    } else {
        jw_member_text(&w, "url", url);
        jw_member_text(&w, "email", export->callback_email);
    }
    jw_end_object(&w);
    return buf_ok(&metadata) ? arena_text(arena, buf_str(&metadata)) : "{}";
}

static int finish(const struct audit_export_job *job, struct arena *arena,
                  const struct audit_export *export, const struct err *failure, int64_t now_ms,
                  struct err *err)
{
    const char *url = arena_printf(arena, "%s/exportedlogs/%s", export->base_url, export->uuid);
    struct audit_entry entry = {
        .kind = failure ? AUDIT_EXPORT_LOGS_FAILURE : AUDIT_EXPORT_LOGS_SUCCESS,
        .namespace_id = export->namespace_id,
        .repository_id = export->repository_id,
        .performer_id = export->performer_id,
        .metadata = write_metadata(arena, export, url, failure),
    };
    int state = failure ? AUDIT_EXPORT_FAILED : AUDIT_EXPORT_READY;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(job->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int mine = audit_export_finish(tx, export->id, state, now_ms + job->link_ms, err);
    if (mine <= 0)
        return mine;
    if (audit_delivery_plan(tx, export, now_ms, err) != 0 ||
        audit_write(tx, &entry, now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

/* 1 made (or marked as failed), 0 none waits, -1. */
static int make_next(const struct audit_export_job *job, struct arena *arena, int64_t now_ms,
                     struct err *err)
{
    struct audit_export export;
    struct err failure = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(job->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = audit_export_next(tx, arena, &export, err);
    db_end(&tx);
    if (found <= 0)
        return found;
    int written = write_file(job, arena, &export, &failure);
    if (written == 0)
        return 0;
    if (written < 0)
        log_failure("an export of the audit log failed", &failure);
    return finish(job, arena, &export, written < 0 ? &failure : NULL, now_ms, err) == 0 ? 1 : -1;
}

static int remove_expired(const struct audit_export_job *job, struct arena *arena, int64_t now_ms,
                          struct err *err)
{
    struct audit_export export;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(job->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = audit_export_expired(tx, arena, now_ms, &export, err);
    db_end(&tx);
    if (found <= 0)
        return found;
    (void)unlink(audit_export_path(arena, job->folder, export.uuid));
    if (db_begin(job->db, DB_WRITE, &tx, err) != 0 || audit_export_remove(tx, export.id, err) != 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

int audit_export_run(const struct audit_export_job *job, int64_t now_ms, struct err *err)
{
    struct arena arena = {0};
    int done;
    do {
        arena_reset(&arena);
        done = make_next(job, &arena, now_ms, err);
    } while (done > 0);
    while (done == 0) {
        arena_reset(&arena);
        int removed = remove_expired(job, &arena, now_ms, err);
        if (removed <= 0) {
            done = removed;
            break;
        }
    }
    arena_done(&arena);
    return done;
}
