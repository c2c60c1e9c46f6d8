/* SPDX-License-Identifier: Apache-2.0 */
/* Files. A replacement is never seen half-written: a reader gets the old content or the new. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
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
        char more; /* read into when the buffer is full, to tell whether that was all */
        size_t want = size_min(64 * 1024, out->max - out->len);
        char *room = want > 0 ? buf_reserve(out, want) : &more;
        ssize_t n = room ? read(fd, room, size_max(want, 1)) : 1;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "%s: cannot be read", path);
        if (n == 0)
            return 0;
        if (!room || want == 0)
            return err_set(err, ERR_TOO_LARGE, "%s: larger than %zu bytes", path, out->max);
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

int file_sync_parent(const char *path, struct err *err)
{
    char parent[PATH_MAX];
    parent_of(path, parent);
    return file_sync_dir(parent, err);
}

static int fill(int fd, const char *path, struct str data, mode_t mode, struct err *err)
{
    if (file_write_all(fd, data.ptr, data.len, err) != 0)
        return err_wrap(err, "%s: ", path);
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
        return err_set_errno(err, "%s: cannot be synced", path);
    return 0;
}

int file_replace(const char *path, struct str data, mode_t mode, struct err *err)
{
    char parent[PATH_MAX];
    /* A new name and not a fixed one, so that two writers do not share it and what a crash left
     * behind does not lend its mode. */
    char temporary[PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= PATH_MAX)
        return err_set(err, ERR_INVALID, "path is too long");
    parent_of(path, parent);
    _cleanup_close_ int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return set_open_error(parent, err);
    int result = fill(fd, temporary, data, mode, err);
    if (result == 0 && rename(temporary, path) != 0)
        result = err_set_errno(err, "%s: cannot be replaced", path);
    if (result != 0) {
        unlink(temporary);
        return -1;
    }
    return file_sync_dir(parent, err);
}

/* Leaves errno alone. */
static bool is_dir(const char *path)
{
    int saved = errno;
    struct stat st;
    bool result = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    errno = saved;
    return result;
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
        if (mkdir(partial, mode) == 0) {
            if (file_sync_parent(partial, err) != 0)
                return -1;
            continue;
        }
        if (is_dir(partial))
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
