/* SPDX-License-Identifier: Apache-2.0 */
/* What is special to SQLite: the file and its owner, other processes, damage, the size of the
 * write-ahead log. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/temporary.h"
#include "thing.h"

enum { NOBODY = 65534 };

static struct db *open_with(const struct db_config *config)
{
    struct err err;
    struct db *db = NULL;
    assert_ok(db_open(config, &db, &err), &err);
    return db;
}

static struct db *open_things(void)
{
    struct db *db = open_with(&(struct db_config){.uri = "sqlite://test.db"});
    make_things(db);
    return db;
}

static void script(struct db *db, const char *sql)
{
    struct err err;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_ok(db_script(tx, sql, &err), &err);
    assert_ok(db_commit(&tx, &err), &err);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static off_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

/* Counts what SQLite asks for, in place of the C library's own. */
static atomic_int syncs;

int fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return fsync(fd);
}

static int syncs_of_commit(struct db *db, enum db_mode mode, const char *name)
{
    struct err err;
    int before = atomic_load(&syncs);
    int64_t amount = 1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(db, mode, &tx, &err), &err);
    assert_true(db_insert(tx, &Q_THING_INSERT, &err, name, &amount, (int64_t)0, (struct str){0},
                          NULL, NULL) > 0);
    assert_ok(db_commit(&tx, &err), &err);
    return atomic_load(&syncs) - before;
}

static void test_syncs(void **state)
{
    (void)state;
    static const struct {
        bool full;
        enum db_mode mode;
        bool syncs;
    } cases[] = {
        {true, DB_WRITE, true}, {true, DB_WRITE_RELAXED, false}, {true, DB_WRITE_RELAXED, false},
        {true, DB_WRITE, true}, {false, DB_WRITE, false},        {false, DB_WRITE_RELAXED, false},
    };
    db_close(open_things());
    struct db *databases[] = {
        open_with(&(struct db_config){.uri = "sqlite://test.db", .sync_full = false}),
        open_with(&(struct db_config){.uri = "sqlite://test.db", .sync_full = true}),
    };
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char name[16];
        snprintf(name, sizeof name, "%zu", i);
        struct db *db = databases[cases[i].full];
        if (i == 0)
            syncs_of_commit(db, DB_WRITE, "the first one writes the log's head");
        assert_int_equal(syncs_of_commit(db, cases[i].mode, name) > 0, cases[i].syncs);
        assert_int_equal(read_number(db, &Q_THING_COUNT, &err), (int64_t)i + 2);
    }
    db_close(databases[0]);
    db_close(databases[1]);
}

/* Password hashes are in there: nobody else may read it, whatever the umask. */
static void test_private(void **state)
{
    mode_t old = umask(0);
    char uri[128];
    snprintf(uri, sizeof uri, "sqlite://%s/test.db", (const char *)*state);
    struct db *db = open_with(&(struct db_config){.uri = uri});
    make_things(db);
    assert_int_equal(mode_of("test.db"), 0600);
    assert_int_equal(mode_of("test.db-wal"), 0600);
    assert_int_equal(mode_of("test.db-shm"), 0600);
    db_close(db);
    assert_int_equal(access("test.db-wal", F_OK), -1); /* nothing left to recover */
    umask(old);
}

/* Run in a child as another user, who may do nothing with what root made. */
static int open_as_nobody(const char *message)
{
    pid_t child = fork();
    if (child == 0) {
        struct err err = {0};
        struct db *db = NULL;
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(2);
        int rc = db_open(&(struct db_config){.uri = "sqlite://test.db"}, &db, &err);
        fprintf(stderr, "# %s (%s)\n", err.msg, err.detail);
        _exit(rc == -1 && err.code == ERR_IO && strstr(err.msg, message) ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_access(void **state)
{
    db_close(open_things());
    assert_int_equal(chmod("test.db", 0400), 0);
    assert_int_equal(chmod((const char *)*state, 0777), 0);
    assert_int_equal(open_as_nobody("test.db: owner uid"), 0);
    assert_int_equal(chmod("test.db", 0666), 0);
    assert_int_equal(chmod((const char *)*state, 0555), 0);
    assert_int_equal(open_as_nobody("folder .: owner uid"), 0);
    assert_int_equal(unlink("test.db"), geteuid() == 0 ? 0 : -1);
    assert_int_equal(open_as_nobody("test.db: "), 0);
    assert_int_equal(chmod((const char *)*state, 0755), 0);
}

static void write_file(const char *path, const char *data, size_t len, off_t offset)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, data, len, offset), (ssize_t)len);
    close(fd);
}

static void test_damage(void **state)
{
    (void)state;
    struct err err;
    struct db *db = NULL;
    static char junk[64 * 1024];
    memset(junk, 0x5a, sizeof junk);
    write_file("junk.db", junk, sizeof junk, 0);
    assert_fails(db_open(&(struct db_config){.uri = "sqlite://junk.db"}, &db, &err), &err, ERR_IO);

    db = open_things();
    for (int i = 0; i < 200; i++) {
        char name[128];
        snprintf(name, sizeof name, "%0100d", i);
        assert_ok(put_thing(db, name, i, &err), &err);
    }
    db_close(db);
    write_file("test.db", junk, 40 * 1024, 8 * 1024);
    db = open_with(&(struct db_config){.uri = "sqlite://test.db"});
    assert_int_equal(read_number(db, &Q_THING_SUM, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.msg, "damaged"));
    db_close(db);
}

static int insert_large(struct db *db, const char *name, struct err *err)
{
    static char large[256 * 1024];
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 ||
        db_insert(tx, &Q_THING_INSERT, err, name, NULL, (int64_t)0,
                  (struct str){large, sizeof large}, NULL, NULL) < 0)
        return -1;
    return db_commit(&tx, err);
}

/* Fill the database up; afterwards what was committed is there, and more fits when there is room
 * again. */
static void fill_up(struct db *db, struct err *err)
{
    int64_t rows = 0;
    char name[32];
    int rc;
    do {
        snprintf(name, sizeof name, "large%d", (int)rows);
        rc = insert_large(db, name, err);
        rows += rc == 0;
        assert_true(rows < 1000);
    } while (rc == 0);
    assert_int_equal(err->code, ERR_NO_SPACE);
    assert_int_equal(read_number(db, &Q_THING_COUNT, err), rows);
}

static void test_page_limit(void **state)
{
    (void)state;
    struct err err;
    _cleanup_(db_closep) struct db *db = open_things();
    script(db, "PRAGMA max_page_count = 500");
    fill_up(db, &err);
    script(db, "PRAGMA max_page_count = 1000");
    assert_ok(insert_large(db, "later", &err), &err);
}

static void test_disk_full(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(mkdir("small", 0700), 0);
    if (mount("none", "small", "tmpfs", 0, "size=2m") != 0) {
        print_message("a file system of its own needs root\n");
        skip();
    }
    struct db *db = open_with(&(struct db_config){.uri = "sqlite://small/test.db"});
    make_things(db);
    fill_up(db, &err);
    assert_int_equal(mount("none", "small", "tmpfs", MS_REMOUNT, "size=8m"), 0);
    int after = insert_large(db, "later", &err);
    db_close(db);
    assert_int_equal(umount("small"), 0);
    assert_int_equal(after, 0);
}

/* Another process, which does `act` when it reads a byte and then answers with one. */
struct other {
    pid_t pid;
    int to, from;
};

static struct other start_other(void (*act)(struct db *db))
{
    int to[2], from[2];
    char c = 0;
    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err err;
        struct db *db = NULL;
        close(to[1]);
        if (read(to[0], &c, 1) != 1 ||
            db_open(&(struct db_config){.uri = "sqlite://test.db"}, &db, &err) != 0)
            _exit(1);
        do {
            act(db);
        } while (write(from[1], &c, 1) == 1 && read(to[0], &c, 1) == 1);
        db_close(db);
        _exit(0);
    }
    close(to[0]);
    close(from[1]);
    return (struct other){pid, to[1], from[0]};
}

static void tell(const struct other *other)
{
    char c = 'x';
    assert_int_equal(write(other->to, &c, 1), 1);
    assert_int_equal(read(other->from, &c, 1), 1);
}

static int end_other(const struct other *other)
{
    int status;
    close(other->to);
    assert_int_equal(waitpid(other->pid, &status, 0), other->pid);
    close(other->from);
    return status;
}

static void add_one(struct db *db)
{
    static int number;
    char name[32];
    struct err err;
    snprintf(name, sizeof name, "other%d", number++);
    if (put_thing(db, name, 1, &err) != 0)
        _exit(1);
}

static void test_other_process(void **state)
{
    (void)state;
    struct err err;
    uint64_t before, after;
    struct other other = start_other(add_one); /* before we open: SQLite does not survive a fork */
    _cleanup_(db_closep) struct db *db = open_things();
    for (int i = 0; i < 3; i++) {
        assert_ok(db_version(db, 7, &before, &err), &err);
        tell(&other);
        assert_ok(db_version(db, 7, &after, &err), &err);
        assert_int_not_equal(before, after);
        assert_int_equal(read_number(db, &Q_THING_COUNT, &err), 2 * i + 1);
        char name[32];
        snprintf(name, sizeof name, "own%d", i);
        assert_ok(put_thing(db, name, 1, &err), &err);
    }
    assert_int_equal(end_other(&other), 0);
}

static void hold_write(struct db *db)
{
    struct err err;
    struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, &err) != 0 ||
        db_exec(tx, &Q_THING_ADD, &err, "a", (int64_t)100) != 1)
        _exit(1);
}

/* While another process writes: reading goes on, writing waits and then gives up. When that
 * process is killed its changes are gone and writing goes on at once. */
static void test_killed_writer(void **state)
{
    (void)state;
    struct err err;
    struct db_tx *tx = NULL;
    uint64_t version;
    struct other other = start_other(hold_write);
    _cleanup_(db_closep) struct db *db = open_with(
        &(struct db_config){.uri = "sqlite://test.db", .wait_ms = 20});
    make_things(db);
    assert_ok(put_thing(db, "a", 1, &err), &err);
    tell(&other);
    assert_fails(db_begin(db, DB_WRITE, &tx, &err), &err, ERR_BUSY);
    assert_int_equal(read_number(db, &Q_THING_SUM, &err), 1);
    assert_ok(db_version(db, 0, &version, &err), &err);
    kill(other.pid, SIGKILL);
    assert_true(WIFSIGNALED(end_other(&other)));
    assert_ok(put_thing(db, "b", 1, &err), &err);
    assert_int_equal(read_number(db, &Q_THING_SUM, &err), 2);
}

/* A statement that changes rows and returns them takes effect although only one row is read. */
static void test_returning(void **state)
{
    (void)state;
    static const struct query add_returning = {
        .sql = "UPDATE thing SET amount = amount + 1 RETURNING amount AS count", .row = &count_row};
    struct err err;
    struct arena arena = {0};
    struct count row;
    struct db_tx *tx = NULL;
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(put_thing(db, "a", 1, &err), &err);
    assert_ok(put_thing(db, "b", 1, &err), &err);
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_int_equal(db_one(tx, &add_returning, &arena, &row, &err), 1);
    assert_int_equal(row.count, 2);
    assert_ok(db_commit(&tx, &err), &err);
    assert_int_equal(read_number(db, &Q_THING_SUM, &err), 4);
    arena_done(&arena);
}

struct reading {
    pthread_t thread;
    struct db *db;
    atomic_bool *stop;
    bool failed;
};

static void *read_on(void *context)
{
    struct reading *reading = context;
    struct err err;
    while (!atomic_load(reading->stop) && !reading->failed)
        reading->failed = read_number(reading->db, &Q_THING_COUNT, &err) < 0;
    return NULL;
}

/* Under a steady load of readers and commits the log does not grow without end: here more than
 * 45 MB are written through it. */
static void test_log_is_bounded(void **state)
{
    (void)state;
    enum { READERS = 3, COMMITS = 12000, BOUND = 24 * 1024 * 1024 };
    struct err err;
    atomic_bool stop = false;
    struct reading readings[READERS];
    off_t largest = 0;
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(put_thing(db, "a", 0, &err), &err);
    for (int i = 0; i < READERS; i++) {
        readings[i] = (struct reading){.db = db, .stop = &stop};
        pthread_create(&readings[i].thread, NULL, read_on, &readings[i]);
    }
    int done = 0;
    for (struct db_tx *tx = NULL; done < COMMITS; done++) {
        if (db_begin(db, DB_WRITE, &tx, &err) != 0 ||
            db_exec(tx, &Q_THING_ADD, &err, "a", (int64_t)1) != 1 || db_commit(&tx, &err) != 0)
            break;
        off_t size = size_of("test.db-wal");
        largest = size > largest ? size : largest;
    }
    atomic_store(&stop, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(readings[i].thread, NULL);
        assert_false(readings[i].failed);
    }
    assert_int_equal(done, COMMITS);
    assert_int_equal(read_number(db, &Q_THING_SUM, &err), COMMITS);
    if (largest > BOUND)
        fail_msg("the log has grown to %lld bytes", (long long)largest);
}

/* While one reader holds an old snapshot the log must grow; then it is used anew. */
static void test_log_after_long_reader(void **state)
{
    (void)state;
    enum { ROUNDS = 30 };
    struct err err;
    struct arena arena = {0};
    struct db_tx *reader = NULL;
    struct count row;
    char name[32];
    _cleanup_(db_closep) struct db *db = open_things();
    assert_ok(db_begin(db, DB_READ, &reader, &err), &err);
    assert_int_equal(db_one(reader, &Q_THING_COUNT, &arena, &row, &err), 1);
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof name, "held%d", i);
        assert_ok(insert_large(db, name, &err), &err);
    }
    assert_int_equal(db_one(reader, &Q_THING_COUNT, &arena, &row, &err), 1);
    assert_int_equal(row.count, 0);
    db_end(&reader);
    arena_done(&arena);
    off_t grown = 0;
    for (int i = 0; i < 3 * ROUNDS; i++) {
        if (i == ROUNDS)
            grown = size_of("test.db-wal");
        snprintf(name, sizeof name, "free%d", i);
        assert_ok(insert_large(db, name, &err), &err);
    }
    assert_true(size_of("test.db-wal") <= grown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEMPORARY(test_syncs),
        TEMPORARY(test_private),
        TEMPORARY(test_access),
        TEMPORARY(test_damage),
        TEMPORARY(test_page_limit),
        TEMPORARY(test_disk_full),
        TEMPORARY(test_other_process),
        TEMPORARY(test_killed_writer),
        TEMPORARY(test_returning),
        TEMPORARY(test_log_is_bounded),
        TEMPORARY(test_log_after_long_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
