/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* Each test runs in a directory of its own. */
static int enter_temporary(void **state)
{
    char *dir = strdup("/tmp/wharf-file-XXXXXX");
    *state = dir;
    return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave_temporary(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    int result = chdir("/") != 0 || system(command) != 0;
    free(*state);
    return result;
}

static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_replace_and_read(void **state)
{
    (void)state;
    struct err err;
    _cleanup_buf_ struct buf buf;
    buf_init(&buf, 1000);
    assert_ok(file_replace("f", STR("one"), 0600, &err), &err);
    assert_ok(file_read("f", &buf, &err), &err);
    assert_str_text(buf_str(&buf), "one");
    assert_int_equal(mode_of("f"), 0600);
    assert_ok(file_replace("f", STR("two"), 0644, &err), &err);
    assert_ok(file_read("f", &buf, &err), &err);
    assert_str_text(buf_str(&buf), "onetwo"); /* appended to what the buffer had */
    assert_int_equal(mode_of("f"), 0644);
    assert_int_equal(count_entries("."), 1); /* nothing temporary is left */
    assert_ok(file_replace("empty", (struct str){NULL, 0}, 0600, &err), &err);
    buf_clear(&buf);
    assert_ok(file_read("empty", &buf, &err), &err);
    assert_int_equal(buf.len, 0);
}

static void test_replace_failures(void **state)
{
    (void)state;
    struct err err;
    assert_fails(file_replace("no/such/dir/f", STR("x"), 0600, &err), &err, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "no/such/dir"));
    assert_int_equal(mkdir("d", 0700), 0);
    assert_fails(file_replace("d", STR("x"), 0600, &err), &err, ERR_IO);
    assert_int_equal(count_entries("."), 1); /* the temporary file is gone */
    char longest[5000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_fails(file_replace(longest, STR("x"), 0600, &err), &err, ERR_INVALID);
}

static void test_read_limit(void **state)
{
    (void)state;
    struct err err;
    static const struct {
        size_t max;
        enum err_code code;
    } cases[] = {{0, ERR_TOO_LARGE}, {4, ERR_TOO_LARGE}, {5, ERR_NONE}, {6, ERR_NONE}};
    assert_ok(file_replace("five", STR("12345"), 0600, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        buf_init(&buf, cases[i].max);
        if (cases[i].code == ERR_NONE)
            assert_ok(file_read("five", &buf, &err), &err);
        else
            assert_fails(file_read("five", &buf, &err), &err, cases[i].code);
    }
    struct buf failed;
    buf_init(&failed, 10);
    failed.failed = true;
    assert_fails(file_read("five", &failed, &err), &err, ERR_TOO_LARGE);
    buf_done(&failed);
}

static void test_read_large(void **state)
{
    (void)state;
    enum { SIZE = 300 * 1000 };
    struct err err;
    _cleanup_buf_ struct buf data;
    _cleanup_buf_ struct buf back;
    buf_init(&data, SIZE);
    buf_init(&back, SIZE);
    while (data.len < SIZE)
        buf_add_char(&data, (char)(data.len * 31 >> 3));
    assert_ok(file_replace("large", buf_str(&data), 0600, &err), &err);
    assert_ok(file_read("large", &back, &err), &err);
    assert_true(str_eq(buf_str(&data), buf_str(&back)));
}

static void test_read_failures(void **state)
{
    (void)state;
    struct err err;
    _cleanup_buf_ struct buf buf;
    buf_init(&buf, 10);
    assert_fails(file_read("absent", &buf, &err), &err, ERR_NOT_FOUND);
    assert_string_equal(err.msg, "absent: no such file");
    assert_ok(file_replace("f", STR("x"), 0600, &err), &err);
    assert_fails(file_read("f/below", &buf, &err), &err, ERR_NOT_FOUND);
    assert_fails(file_read(".", &buf, &err), &err, ERR_IO);
    assert_string_equal(err.detail, "Is a directory");
}

/* Root may read everything, so this becomes somebody else in a child. */
static void test_denied(void **state)
{
    struct err err;
    assert_ok(file_replace("secret", STR("x"), 0400, &err), &err);
    assert_int_equal(mkdir("closed", 0700), 0);
    if (geteuid() == 0)
        assert_int_equal(chmod(*state, 0755), 0);
    else
        assert_int_equal(chmod("secret", 0) | chmod("closed", 0), 0);
    pid_t child = fork();
    if (child == 0) {
        struct buf buf;
        buf_init(&buf, 10);
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(1);
        bool named = file_read("secret", &buf, &err) == -1 && err.code == ERR_DENIED &&
                     strstr(err.msg, "secret: permission denied (owner uid ");
        bool parent = file_read("closed/f", &buf, &err) == -1 && err.code == ERR_DENIED &&
                      strstr(err.msg, "a parent folder is closed");
        bool made = file_make_dirs("closed/d", 0700, &err) == -1 && err.code == ERR_DENIED &&
                    strstr(err.msg, "closed: permission denied (owner uid ");
        _exit(named && parent && made ? 0 : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(chmod("closed", 0700), 0);
}

static void test_make_dirs(void **state)
{
    (void)state;
    struct err err;
    static const char *const good[] = {"a", "a/b/c", "a/b/c", "x//y/", ".", "/"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct stat st;
        assert_ok(file_make_dirs(good[i], 0700, &err), &err);
        assert_int_equal(stat(good[i], &st), 0);
        assert_true(S_ISDIR(st.st_mode));
    }
    assert_int_equal(mode_of("a/b/c"), 0700);
    assert_int_equal(symlink("a", "link"), 0);
    assert_ok(file_make_dirs("link/d", 0700, &err), &err);

    static const char *const bad[] = {"f", "f/d", "dangling"};
    assert_ok(file_replace("f", STR(""), 0600, &err), &err);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_fails(file_make_dirs(bad[i], 0700, &err), &err, ERR_IO);
    assert_fails(file_make_dirs("", 0700, &err), &err, ERR_INVALID);
}

static void test_write_all(void **state)
{
    (void)state;
    struct err err;
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    assert_ok(file_write_all(pipe_fds[1], "abc", 3, &err), &err);
    char got[4] = "";
    assert_int_equal(read(pipe_fds[0], got, sizeof got), 3);
    assert_memory_equal(got, "abc", 3);
    assert_fails(file_write_all(pipe_fds[0], "abc", 3, &err), &err, ERR_IO);
    assert_ok(file_write_all(-1, NULL, 0, &err), &err);
    closep(&pipe_fds[0]);
    closep(&pipe_fds[1]);
    assert_int_equal(pipe_fds[0], -1);
    closep(&pipe_fds[0]); /* twice is fine */
    assert_fails(file_sync_dir("absent", &err), &err, ERR_IO);
}

int main(void)
{
#define IN_TEMPORARY(test) cmocka_unit_test_setup_teardown(test, enter_temporary, leave_temporary)
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY(test_replace_and_read), IN_TEMPORARY(test_replace_failures),
        IN_TEMPORARY(test_read_limit),       IN_TEMPORARY(test_read_large),
        IN_TEMPORARY(test_read_failures),    IN_TEMPORARY(test_denied),
        IN_TEMPORARY(test_make_dirs),        IN_TEMPORARY(test_write_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
