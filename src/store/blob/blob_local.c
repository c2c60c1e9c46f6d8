/* SPDX-License-Identifier: Apache-2.0 */
/* Objects as files: <root>/ab/<uuid>. Files are reached from a descriptor of the root, never
 * through a symbolic link, and written in place at a known offset, by one writer at a time: what an
 * interrupted upload left behind it is cut off when the upload goes on. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rand.h"
#include "store/blob/blob_driver.h"

enum {
    FOLDERS = 256,
    FOLDER_MODE = 0750, /* the group may be a proxy that serves the files */
    FILE_MODE = 0640,
    ROOT_MAX = PATH_MAX - BLOB_KEY_SIZE,
    WRITE_BEHIND = 8 * 1024 * 1024, /* bytes after which the kernel is asked to begin writing */
};

static const char marker_name[] = "wharf-blobs";
static const char marker_text[] = "1\n"; /* version of this layout */

struct local_store {
    struct blob_store base;
    int root_fd;
    enum blob_sync sync;
    char *root; /* for messages */
};

struct local_writer {
    struct blob_writer base;
    const struct local_store *store;
    int fd;
    uint64_t offset;
    uint64_t begun; /* bytes that the kernel was asked to write */
    uint64_t kept;  /* bytes that a failed write leaves: what was there or was synced */
    bool excess;    /* something lies behind the offset yet */
    bool dirty;     /* there is something to make durable */
    bool linked;    /* the directory entry is durable */
    char folder[3];
};

static const struct blob_driver local_driver;

static const struct local_store *store_of(const struct blob_store *store)
{
    return (const struct local_store *)store;
}

static struct local_writer *writer_of(struct blob_writer *writer)
{
    return CONTAINER_OF(writer, struct local_writer, base);
}

/* ---- opening the store ---- */

/* What of the store cannot be written, whose it is, who we are, and the cure. */
static int set_unwritable(const struct local_store *store, const char *name, struct err *err)
{
    int number = errno;
    char path[PATH_MAX];
    struct stat st = {0};
    snprintf(path, sizeof path, "%s%s%s", store->root, name ? "/" : "", name ? name : "");
    if (number != EACCES && number != EPERM && number != EROFS)
        return err_set_errno(err, "storage %s: cannot be made or opened", path);
    stat(path, &st);
    err_set(err, ERR_IO,
            "storage %s cannot be written (owner uid %u, mode %04o; we run as uid %u); to mend:"
            " chown -R %u:%u %s",
            path, (unsigned)st.st_uid, (unsigned)(st.st_mode & 07777), (unsigned)geteuid(),
            (unsigned)geteuid(), (unsigned)getegid(), store->root);
    return err_detail(err, "%s", strerrordesc_np(number));
}

static bool is_hex_pair(const char *name)
{
    return strlen(name) == 2 && char_hex_value(name[0]) >= 0 && char_hex_value(name[1]) >= 0;
}

/* A folder without a marker must hold nothing but what a first start makes, so that a wrong path
 * in the configuration does no harm. */
static int refuse_foreign(const struct local_store *store, struct err *err)
{
    int fd = openat(store->root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        closep(&fd);
        return err_set_errno(err, "storage %s: cannot be listed", store->root);
    }
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir));) {
        const char *name = entry->d_name;
        bool ours = str_starts(str_of(name), str_of(marker_name)) || is_hex_pair(name);
        if (!ours && name[0] != '.' && strcmp(name, "lost+found") != 0)
            rc = err_set(err, ERR_CONFLICT,
                         "storage %s: holds \"%.64s\" but no %s file, so it is not ours: name an"
                         " empty folder",
                         store->root, name, marker_name);
    }
    closedir(dir);
    return rc;
}

/* Written under a name of its own and renamed, so that processes that start together agree. */
static int write_marker(const struct local_store *store, struct err *err)
{
    char uuid[UUID_SIZE], name[sizeof marker_name + UUID_SIZE];
    rand_uuid(uuid);
    snprintf(name, sizeof name, "%s.%s", marker_name, uuid);
    _cleanup_close_ int fd = openat(store->root_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                    FILE_MODE);
    if (fd < 0)
        return set_unwritable(store, NULL, err);
    if (file_write_all(fd, marker_text, sizeof marker_text - 1, err) != 0)
        return err_wrap(err, "storage %s: ", store->root);
    if (fsync(fd) != 0 || renameat(store->root_fd, name, store->root_fd, marker_name) != 0 ||
        fsync(store->root_fd) != 0)
        return err_set_errno(err, "storage %s: the marker file cannot be written", store->root);
    return 0;
}

/* 1 when the marker is there and names our layout, 0 when there is none. */
static int read_marker(const struct local_store *store, struct err *err)
{
    char text[sizeof marker_text] = "";
    _cleanup_close_ int fd = openat(store->root_fd, marker_name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (n < 0)
        return set_unwritable(store, marker_name, err);
    if (!str_eq((struct str){text, (size_t)n}, STR(marker_text)))
        return err_set(err, ERR_CONFLICT,
                       "storage %s: its layout is not known to this version of the program",
                       store->root);
    return 1;
}

static int make_folders(const struct local_store *store, struct err *err)
{
    bool any_made = false;
    for (unsigned i = 0; i < FOLDERS; i++) {
        char name[3];
        snprintf(name, sizeof name, "%02x", i);
        bool made = mkdirat(store->root_fd, name, FOLDER_MODE) == 0;
        if (!made && errno != EEXIST)
            return set_unwritable(store, NULL, err);
        if (!made && faccessat(store->root_fd, name, R_OK | W_OK | X_OK, AT_EACCESS) != 0)
            return set_unwritable(store, name, err);
        any_made = any_made || made;
    }
    if (any_made && fsync(store->root_fd) != 0)
        return err_set_errno(err, "storage %s: cannot be synced", store->root);
    return 0;
}

static int open_root(struct local_store *store, struct err *err)
{
    if (file_make_dirs(store->root, FOLDER_MODE, err) != 0)
        return err_wrap(err, "storage: ");
    store->root_fd = open(store->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->root_fd < 0)
        return set_unwritable(store, NULL, err);
    int marked = read_marker(store, err);
    if (marked < 0 || (marked == 0 && refuse_foreign(store, err) != 0) ||
        make_folders(store, err) != 0)
        return -1;
    return marked == 0 ? write_marker(store, err) : 0;
}

bool blob_store_exists_local(const char *root)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", root, marker_name);
    return len >= PATH_MAX || access(path, F_OK) == 0 || errno != ENOENT;
}

int blob_store_open_local(const char *root, enum blob_sync sync, struct blob_store **out,
                          struct err *err)
{
    if (strlen(root) > ROOT_MAX)
        return err_set(err, ERR_INVALID, "storage: the path is too long");
    struct local_store *store = calloc(1, sizeof *store);
    if (!store || !(store->root = strdup(root)))
        abort();
    store->base.driver = &local_driver;
    store->root_fd = -1;
    store->sync = sync;
    if (open_root(store, err) != 0) {
        blob_store_close(&store->base);
        return -1;
    }
    *out = &store->base;
    return 0;
}

static void local_close(struct blob_store *base)
{
    struct local_store *store = CONTAINER_OF(base, struct local_store, base);
    closep(&store->root_fd);
    free(store->root);
    free(store);
}

/* ---- objects ---- */

static int fail_object(const struct local_store *store, const char *key, const char *what,
                       struct err *err)
{
    err_set_errno(err, "object storage: %s", what);
    return err_detail(err, "%s/%s", store->root, key);
}

/* Be the only writer. The lock goes with the descriptor, and so with the process. */
static int lock(const struct local_store *store, const char *key, int fd, struct err *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return err_set(err, ERR_CONFLICT, "the object is being written by another request");
    return fail_object(store, key, "an object cannot be locked", err);
}

/* Stand at `offset`. */
static int seek_to(const struct local_store *store, const char *key, int fd, uint64_t offset,
                   bool *excess_out, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fail_object(store, key, "an object cannot be examined", err);
    if ((uint64_t)st.st_size < offset)
        return err_set(err, ERR_NOT_FOUND, "the object to be continued is shorter than it was");
    if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
        return fail_object(store, key, "an object cannot be continued", err);
    *excess_out = (uint64_t)st.st_size > offset;
    return 0;
}

static int local_writer_open(struct blob_store *base, const char *key, uint64_t offset,
                             struct blob_writer **out, struct err *err)
{
    const struct local_store *store = store_of(base);
    bool excess = false;
    int flags = O_WRONLY | O_NOFOLLOW | O_CLOEXEC | (offset == 0 ? O_CREAT : 0);
    _cleanup_close_ int fd = openat(store->root_fd, key, flags, FILE_MODE);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "the object to be continued is gone");
    if (fd < 0)
        return fail_object(store, key, "an object cannot be created", err);
    if (lock(store, key, fd, err) != 0 || seek_to(store, key, fd, offset, &excess, err) != 0)
        return -1;
    struct local_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    writer->base.driver = &local_driver;
    writer->store = store;
    writer->fd = fd;
    writer->offset = writer->begun = writer->kept = offset;
    writer->linked = offset > 0;
    writer->excess = excess;
    writer->dirty = offset == 0;
    memcpy(writer->folder, key, 2);
    fd = -1;
    *out = &writer->base;
    return 0;
}

/* Drop what an interrupted write has left. Dirty even without a write: else a power cut could bring
 * it back behind an object that was acknowledged without. */
static int cut(struct local_writer *writer, struct err *err)
{
    if (!writer->excess)
        return 0;
    if (ftruncate(writer->fd, (off_t)writer->offset) != 0)
        return fail_object(writer->store, writer->folder, "an object cannot be cut", err);
    writer->excess = false;
    writer->dirty = true;
    return 0;
}

/* Have the disk work while more arrives, so that the final sync has little left to do and no burst
 * of writes holds up the database's. */
static void write_behind(struct local_writer *writer)
{
    uint64_t ready = writer->offset - writer->begun;
    if (writer->store->sync == BLOB_SYNC_NEVER || ready < WRITE_BEHIND)
        return;
    sync_file_range(writer->fd, (off_t)writer->begun, (off_t)ready, SYNC_FILE_RANGE_WRITE);
    writer->begun = writer->offset;
}

/* Nobody can go on with what a failed write leaves, but on a full disk it would keep the database
 * from working until the upload has expired. */
static void give_room(struct local_writer *writer)
{
    writer->excess = ftruncate(writer->fd, (off_t)writer->kept) != 0;
}

static int local_writer_write(struct blob_writer *base, const void *data, size_t len,
                              struct err *err)
{
    struct local_writer *writer = writer_of(base);
    if (cut(writer, err) != 0)
        return -1;
    writer->dirty = true;
    if (file_write_all(writer->fd, data, len, err) != 0) {
        give_room(writer);
        return err_wrap(err, "object storage: ");
    }
    writer->offset += len;
    write_behind(writer);
    return 0;
}

static int sync_folder(const struct local_store *store, const char *name, struct err *err)
{
    _cleanup_close_ int fd = openat(store->root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return fail_object(store, name, "a folder cannot be made durable", err);
    return 0;
}

static int local_writer_sync(struct blob_writer *base, struct err *err)
{
    struct local_writer *writer = writer_of(base);
    const struct local_store *store = writer->store;
    if (cut(writer, err) != 0)
        return -1;
    if (store->sync == BLOB_SYNC_NEVER || !writer->dirty) {
        writer->kept = writer->offset;
        return 0;
    }
    if (fdatasync(writer->fd) != 0)
        return fail_object(store, writer->folder, "an object cannot be made durable", err);
    if (!writer->linked && sync_folder(store, writer->folder, err) != 0)
        return -1;
    writer->linked = true;
    writer->dirty = false;
    writer->kept = writer->offset;
    return 0;
}

static void local_writer_close(struct blob_writer *base)
{
    closep(&writer_of(base)->fd);
    free(writer_of(base));
}

static int local_open(struct blob_store *base, const char *key, int *fd_out, uint64_t *size_out,
                      struct err *err)
{
    const struct local_store *store = store_of(base);
    struct stat st;
    _cleanup_close_ int fd = openat(store->root_fd, key, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "the object is missing");
    if (fd < 0 || fstat(fd, &st) != 0)
        return fail_object(store, key, "an object cannot be opened", err);
    *fd_out = fd;
    *size_out = (uint64_t)st.st_size;
    fd = -1;
    return 0;
}

static int local_remove(struct blob_store *base, const char *const *keys, size_t count,
                        struct err *err)
{
    const struct local_store *store = store_of(base);
    int rc = 0;
    for (size_t i = 0; i < count; i++) {
        if (unlinkat(store->root_fd, keys[i], 0) != 0 && errno != ENOENT && rc == 0)
            rc = fail_object(store, keys[i], "an object cannot be removed", err);
    }
    return rc;
}

/* ---- the walk ---- */

struct walk {
    const struct local_store *store;
    int (*each)(void *context, const struct blob_info *info);
    void *context;
};

static int visit(const struct walk *walk, const char *folder, const char *name, struct err *err)
{
    char key[BLOB_KEY_SIZE];
    struct stat st;
    int len = snprintf(key, sizeof key, "%s/%s", folder, name);
    if (len >= BLOB_KEY_SIZE || !blob_key_valid(key))
        return 0;
    if (fstatat(walk->store->root_fd, key, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) /* removed since it was listed */
            return 0;
        return fail_object(walk->store, key, "an object cannot be examined", err);
    }
    if (!S_ISREG(st.st_mode))
        return 0;
    struct blob_info info = {
        .key = key,
        .size = (uint64_t)st.st_size,
        .modified_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000,
    };
    return walk->each(walk->context, &info);
}

static int walk_folder(const struct walk *walk, const char *folder, struct err *err)
{
    int fd = openat(walk->store->root_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        closep(&fd);
        return fail_object(walk->store, folder, "a folder cannot be listed", err);
    }
    int rc = 0;
    errno = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir)); errno = 0)
        rc = visit(walk, folder, entry->d_name, err);
    if (rc == 0 && errno != 0)
        rc = fail_object(walk->store, folder, "a folder cannot be listed", err);
    closedir(dir);
    return rc;
}

static int local_walk(struct blob_store *base,
                      int (*each)(void *context, const struct blob_info *info), void *context,
                      struct err *err)
{
    struct walk walk = {store_of(base), each, context};
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < FOLDERS; i++) {
        char folder[3];
        snprintf(folder, sizeof folder, "%02x", i);
        rc = walk_folder(&walk, folder, err);
    }
    return rc;
}

static int local_space(struct blob_store *base, struct blob_space *out, struct err *err)
{
    struct statvfs st;
    if (fstatvfs(store_of(base)->root_fd, &st) != 0)
        return err_set_errno(err, "object storage: the file system does not answer");
    *out = (struct blob_space){
        .total = (uint64_t)st.f_blocks * st.f_frsize,
        .available = (uint64_t)st.f_bavail * st.f_frsize,
    };
    return 0;
}

static const struct blob_driver local_driver = {
    .name = "local",
    .close = local_close,
    .writer_open = local_writer_open,
    .writer_write = local_writer_write,
    .writer_sync = local_writer_sync,
    .writer_close = local_writer_close,
    .open = local_open,
    .remove = local_remove,
    .walk = local_walk,
    .space = local_space,
};
