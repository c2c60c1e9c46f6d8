/* SPDX-License-Identifier: Apache-2.0 */
/* What is special to a folder: its layout, its owner, what else may lie in it, a full disk, and a
 * process that dies between writes. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "store/blob/blob.h"
#include "store/temporary.h"

enum { NOBODY = 65534 };

static const char key_a[] = "ab/abcdef12-0000-4000-8000-000000000000";

static struct blob_store *open_store(const char *root)
{
    struct err err;
    struct blob_store *store = NULL;
    assert_ok(blob_store_open_local(root, BLOB_SYNC_ALWAYS, &store, &err), &err);
    return store;
}

static int put(struct blob_store *store, const char *key, struct str data, struct err *err)
{
    _cleanup_(blob_writer_closep) struct blob_writer *writer = NULL;
    if (blob_writer_open(store, key, 0, &writer, err) != 0 ||
        blob_writer_write(writer, data.ptr, data.len, err) != 0)
        return -1;
    return blob_writer_sync(writer, err);
}

static void make_file(const char *path, const char *text)
{
    struct err err;
    assert_ok(file_replace(path, str_of(text), 0644, &err), &err);
}

static void test_layout(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    for (int round = 0; round < 2; round++) { /* made, then found */
        _cleanup_(blob_store_closep) struct blob_store *store = open_store("deep/er/blobs");
        assert_int_equal(stat("deep/er/blobs/00", &st), 0);
        assert_int_equal(stat("deep/er/blobs/ff", &st), 0);
        assert_int_equal(st.st_mode & 07, 0); /* nothing for others */
        assert_ok(put(store, key_a, STR("data"), &err), &err);
        assert_int_equal(stat("deep/er/blobs/ab/abcdef12-0000-4000-8000-000000000000", &st), 0);
        assert_int_equal(st.st_size, 4);
        assert_int_equal(st.st_mode & 07, 0);
    }
    /* A folder that a backup left out because it was empty is made again. */
    assert_int_equal(rmdir("deep/er/blobs/77"), 0);
    blob_store_close(open_store("deep/er/blobs"));
    assert_int_equal(stat("deep/er/blobs/77", &st), 0);
}

static void test_foreign(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *file; /* one of them is made in the root */
        const char *text;
        enum err_code code;
    } cases[] = {
        {"lost+found", NULL, NULL, ERR_NONE},
        {".snapshot", NULL, NULL, ERR_NONE},
        {"ab", NULL, NULL, ERR_NONE},
        {NULL, "wharf-blobs.0f8fad5b-d9cb-469f-a165-70867728950e", "", ERR_NONE},
        {NULL, "wharf-blobs", "1\n", ERR_NONE},
        {NULL, "wharf-blobs", "2\n", ERR_CONFLICT},
        {NULL, "wharf-blobs", "1\n1\n", ERR_CONFLICT},
        {NULL, "wharf-blobs", "", ERR_CONFLICT},
        {"sha256", NULL, NULL, ERR_CONFLICT},
        {"docker", NULL, NULL, ERR_CONFLICT},
        {NULL, "passwd", "", ERR_CONFLICT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct blob_store *store = NULL;
        char root[32], inner[128];
        snprintf(root, sizeof root, "root%zu", i);
        snprintf(inner, sizeof inner, "%s/%s", root,
                 cases[i].folder ? cases[i].folder : cases[i].file);
        assert_int_equal(mkdir(root, 0755), 0);
        if (cases[i].folder)
            assert_int_equal(mkdir(inner, 0755), 0);
        else
            make_file(inner, cases[i].text);
        int rc = blob_store_open_local(root, BLOB_SYNC_NEVER, &store, &err);
        if (err.code != cases[i].code)
            fail_msg("%s: %s", inner, err.msg);
        assert_int_equal(rc, cases[i].code ? -1 : 0);
        blob_store_close(store);
    }
}

/* As another user: the message names the folder, its owner and the cure. */
static void test_access(void **state)
{
    static const char *const closed[] = {"blobs", "blobs/7f", "blobs/wharf-blobs"};
    blob_store_close(open_store("blobs"));
    assert_int_equal(chmod((const char *)*state, 0755), 0);
    for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
        assert_int_equal(system("chmod -R 777 blobs"), 0);
        assert_int_equal(chmod(closed[i], 0), 0);
        pid_t child = fork();
        if (child == 0) {
            struct err err = {0};
            struct blob_store *store = NULL;
            if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
                _exit(2);
            int rc = blob_store_open_local("blobs", BLOB_SYNC_NEVER, &store, &err);
            fprintf(stderr, "# %s (%s)\n", err.msg, err.detail);
            bool good = rc == -1 && strstr(err.msg, closed[i]) && strstr(err.msg, "owner uid") &&
                        strstr(err.msg, "chown -R");
            _exit(good ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_int_equal(chmod(closed[i], 0755), 0);
    }
}

static int count(void *context, const struct blob_info *info)
{
    (void)info;
    ++*(int *)context;
    return 0;
}

/* Neither opened through a link nor taken for an object: whatever else lies in the folders. */
static void test_strangers(void **state)
{
    (void)state;
    struct err err;
    struct blob_writer *writer = NULL;
    int fd = -1, seen = 0;
    uint64_t size;
    _cleanup_(blob_store_closep) struct blob_store *store = open_store("blobs");
    make_file("secret", "secret");
    char path[64];
    snprintf(path, sizeof path, "blobs/%s", key_a);
    assert_int_equal(symlink("../../secret", path), 0);
    assert_fails(blob_open(store, key_a, &fd, &size, &err), &err, ERR_IO);
    assert_fails(blob_writer_open(store, key_a, 0, &writer, &err), &err, ERR_IO);
    make_file("blobs/ab/cdcdef12-0000-4000-8000-000000000000", "wrong folder");
    make_file("blobs/ab/abcdef12-0000-4000-8000-000000000000.tmp", "longer");
    make_file("blobs/ab/short", "");
    assert_int_equal(mkdir("blobs/ab/abcdef12-0000-4000-8000-000000000001", 0755), 0);
    assert_int_equal(blob_walk(store, count, &seen, &err), 0);
    assert_int_equal(seen, 0);
    const char *const keys[] = {key_a};
    assert_ok(blob_remove(store, keys, 1, &err), &err);
    assert_int_equal(access("secret", F_OK), 0);
}

struct churn {
    struct blob_store *store;
    atomic_bool *stop;
    bool failed;
};

static void *churn(void *context)
{
    struct churn *work = context;
    struct err err;
    while (!atomic_load(work->stop) && !work->failed) {
        char key[BLOB_KEY_SIZE];
        const char *const keys[] = {key};
        blob_key_new(key);
        work->failed = put(work->store, key, STR("x"), &err) != 0 ||
                       blob_remove(work->store, keys, 1, &err) != 0;
    }
    return NULL;
}

/* Objects that come and go do not disturb a walk; those that stay are all seen. */
static void test_walk_meanwhile(void **state)
{
    (void)state;
    enum { STAY = 20, WALKS = 50 };
    struct err err;
    atomic_bool stop = false;
    struct blob_store *store = NULL;
    assert_ok(blob_store_open_local("blobs", BLOB_SYNC_NEVER, &store, &err), &err);
    for (int i = 0; i < STAY; i++) {
        char key[BLOB_KEY_SIZE];
        blob_key_new(key);
        assert_ok(put(store, key, STR("x"), &err), &err);
    }
    struct churn work = {.store = store, .stop = &stop};
    pthread_t thread;
    pthread_create(&thread, NULL, churn, &work);
    int failed = 0, least = STAY;
    for (int i = 0; i < WALKS; i++) {
        int seen = 0;
        failed += blob_walk(store, count, &seen, &err) != 0;
        least = seen < least ? seen : least;
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    blob_store_close(store);
    assert_false(work.failed);
    assert_int_equal(failed, 0);
    assert_int_equal(least, STAY);
}

static void take_all_room(const char *path)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT, 0600);
    while (write(fd, "room", 4) == 4)
        ;
    assert_int_equal(errno, ENOSPC);
}

/* Write until the disk is full; then make room and go on from what was synced. */
static void fill_disk(void)
{
    enum { PIECE = 64 * 1024 };
    static char piece[PIECE];
    struct err err = {0};
    uint64_t synced = 0, size;
    _cleanup_(blob_store_closep) struct blob_store *store = open_store("small/blobs");
    _cleanup_(blob_writer_closep) struct blob_writer *writer = NULL;
    make_file("small/ballast", "");
    assert_int_equal(truncate("small/ballast", 0), 0);
    assert_ok(put(store, "00/00cdef12-0000-4000-8000-000000000000",
                  (struct str){piece, sizeof piece}, &err),
              &err);
    assert_ok(blob_writer_open(store, key_a, 0, &writer, &err), &err);
    while (blob_writer_write(writer, piece, PIECE, &err) == 0) {
        assert_ok(blob_writer_sync(writer, &err), &err);
        synced += PIECE;
        assert_true(synced < 4 * 1024 * 1024);
    }
    assert_int_equal(err.code, ERR_NO_SPACE);
    assert_ok(blob_store_probe(store, &err), &err); /* the failed piece takes no room */
    take_all_room("small/filler");
    assert_fails(blob_store_probe(store, &err), &err, ERR_NO_SPACE);
    static const char *const ballast[] = {"00/00cdef12-0000-4000-8000-000000000000"};
    assert_ok(blob_remove(store, ballast, 1, &err), &err);
    /* Some of the failed piece may be there: this writer does not know where it stands. */
    assert_fails(blob_writer_write(writer, piece, 1, &err), &err, ERR_INTERNAL);
    assert_fails(blob_writer_sync(writer, &err), &err, ERR_INTERNAL);
    blob_writer_close(TAKE(writer));
    assert_ok(blob_writer_open(store, key_a, synced, &writer, &err), &err);
    assert_ok(blob_writer_write(writer, "end", 3, &err), &err);
    assert_ok(blob_writer_sync(writer, &err), &err);
    _cleanup_close_ int fd = -1;
    assert_ok(blob_open(store, key_a, &fd, &size, &err), &err);
    assert_int_equal(size, synced + 3);
}

static void test_disk_full(void **state)
{
    (void)state;
    assert_int_equal(mkdir("small", 0700), 0);
    if (mount("none", "small", "tmpfs", 0, "size=1m") != 0) {
        print_message("a file system of its own needs root\n");
        skip();
    }
    fill_disk();
    assert_int_equal(umount("small"), 0);
}

enum { PIECE = 10000 };

/* The content of an object is known at every offset. */
static void make_piece(uint64_t offset, char piece[PIECE])
{
    for (uint64_t i = 0; i < PIECE; i++)
        piece[i] = (char)((offset + i) % 251);
}

/* Write for ever; after each sync tell how much is safe. */
static void write_until_killed(int report, uint64_t from)
{
    struct err err;
    char piece[PIECE];
    struct blob_writer *writer = NULL;
    struct blob_store *store = NULL;
    if (blob_store_open_local("blobs", BLOB_SYNC_ALWAYS, &store, &err) != 0 ||
        blob_writer_open(store, key_a, from, &writer, &err) != 0)
        _exit(1);
    for (uint64_t offset = from;;) {
        for (int i = 0; i < 3; i++, offset += PIECE) {
            make_piece(offset, piece);
            if (blob_writer_write(writer, piece, PIECE, &err) != 0)
                _exit(1);
        }
        if (blob_writer_sync(writer, &err) != 0 ||
            write(report, &offset, sizeof offset) != sizeof offset)
            _exit(1);
    }
}

/* An upload whose process is killed between writes goes on from what was reported safe. */
static void test_kill(void **state)
{
    (void)state;
    enum { KILLS = 5 };
    struct err err;
    uint64_t safe = 0, told, size;
    blob_store_close(open_store("blobs"));
    for (int i = 0; i < KILLS; i++) {
        int report[2], status;
        assert_int_equal(pipe(report), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(report[0]);
            write_until_killed(report[1], safe);
        }
        close(report[1]);
        for (int round = 0; round <= i; round++)
            assert_int_equal(read(report[0], &told, sizeof told), sizeof told);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(report[0], &told, sizeof told) == sizeof told)
            continue;
        assert_true(told > safe);
        safe = told;
        close(report[0]);
    }
    _cleanup_(blob_store_closep) struct blob_store *store = open_store("blobs");
    _cleanup_(blob_writer_closep) struct blob_writer *writer = NULL;
    assert_ok(blob_writer_open(store, key_a, safe, &writer, &err), &err);
    assert_ok(blob_writer_sync(writer, &err), &err); /* cuts off what was not safe */
    _cleanup_close_ int fd = -1;
    assert_ok(blob_open(store, key_a, &fd, &size, &err), &err);
    assert_int_equal(size, safe);
    for (uint64_t offset = 0; offset < safe; offset += PIECE) {
        char want[PIECE], got[PIECE];
        make_piece(offset, want);
        assert_int_equal(read(fd, got, PIECE), PIECE);
        assert_memory_equal(got, want, PIECE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEMPORARY(test_layout),    TEMPORARY(test_foreign),        TEMPORARY(test_access),
        TEMPORARY(test_strangers), TEMPORARY(test_walk_meanwhile), TEMPORARY(test_disk_full),
        TEMPORARY(test_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
