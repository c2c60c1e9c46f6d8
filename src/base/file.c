/* SPDX-License-Identifier: Apache-2.0 */
/* Files. A replacement is never seen half-written: a reader gets the old content or the new. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The one message for the most common operator's mistake: what file, whose it is, who we are. */
static int set_denied(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_set(err, ERR_DENIED,
                       "%s: permission denied (a parent folder is closed to uid %u)", path,
                       (unsigned)geteuid());
    return err_set(err, ERR_DENIED,
                   "%s: permission denied (owner uid %u, mode %04o; we run as uid %u)", path,
                   (unsigned)st.st_uid, (unsigned)(st.st_mode & 07777), (unsigned)geteuid());
}

static int set_open_error(const char *path, struct err *err)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
    if (errno == EACCES || errno == EPERM)
        return set_denied(path, err);
    return err_set_errno(err, "%s: cannot be opened", path);
}

int file_read(const char *path, struct buf *out, struct err *err)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return set_open_error(path, err);
    for (;;) {
        size_t want = size_min(64 * 1024, out->max - out->len);
        if (want == 0) {
            char more;
            if (read(fd, &more, 1) == 0)
                return 0;
            return err_set(err, ERR_TOO_LARGE, "%s: larger than %zu bytes", path, out->max);
        }
        char *room = buf_reserve(out, want);
        ssize_t n = read(fd, room, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "%s: cannot be read", path);
        if (n == 0)
            return 0;
        buf_commit(out, (size_t)n);
    }
}

int file_write_all(int fd, const void *data, size_t len, struct err *err)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "write failed");
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static void parent_of(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        snprintf(out, PATH_MAX, ".");
    else
        snprintf(out, PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

int file_sync_dir(const char *path, struct err *err)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return err_set_errno(err, "%s: directory cannot be synced", path);
    return 0;
}

static int write_beside(const char *temporary, struct str data, mode_t mode, struct err *err)
{
    _cleanup_close_ int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return set_open_error(temporary, err);
    if (file_write_all(fd, data.ptr, data.len, err) != 0)
        return err_wrap(err, "%s: ", temporary);
    if (fsync(fd) != 0)
        return err_set_errno(err, "%s: cannot be synced", temporary);
    return 0;
}

int file_replace(const char *path, struct str data, mode_t mode, struct err *err)
{
    char temporary[PATH_MAX];
    char parent[PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= PATH_MAX)
        return err_set(err, ERR_INVALID, "path is too long");
    if (write_beside(temporary, data, mode, err) != 0)
        return -1;
    if (rename(temporary, path) != 0)
        return err_set_errno(err, "%s: cannot be replaced", path);
    parent_of(path, parent);
    return file_sync_dir(parent, err);
}

int file_make_dirs(const char *path, mode_t mode, struct err *err)
{
    char partial[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof partial)
        return err_set(err, ERR_INVALID, "directory name is empty or too long");
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(partial, sizeof partial, "%.*s", (int)i, path);
        if (mkdir(partial, mode) == 0 || errno == EEXIST)
            continue;
        if (errno == EACCES || errno == EPERM) {
            char parent[PATH_MAX];
            parent_of(partial, parent);
            return set_denied(parent, err);
        }
        return err_set_errno(err, "%s: directory cannot be created", partial);
    }
    return 0;
}
