/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

/* What the log wrote is read back from a file without a name. */
static int fd = -1;

static int redirect(void **state)
{
    (void)state;
    fd = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    log_set_fd(fd);
    log_set_level(LOG_INFO);
    return fd < 0 ? -1 : 0;
}

static int restore(void **state)
{
    (void)state;
    log_set_fd(2);
    closep(&fd);
    return 0;
}

/* The log's text with the time cut out: it is always 24 characters behind {"time":". */
static void read_log(struct buf *out)
{
    char *text;
    buf_init(out, 1 << 22);
    off_t size = lseek(fd, 0, SEEK_END);
    text = buf_reserve(out, (size_t)size);
    assert_non_null(text);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    buf_commit(out, (size_t)size);
}

static void assert_line(struct str line, const char *want)
{
    static const struct str start = {"{\"time\":\"", 9};
    assert_true(str_starts(line, start));
    assert_int_equal(line.ptr[9 + 23], 'Z');
    assert_str_text(str_sub(line, 9 + 24 + 2, line.len), want);
}

static void test_line(void **state)
{
    (void)state;
    struct log_line line;
    _cleanup_buf_ struct buf text;
    log_begin(&line, LOG_WARNING, "it \"happened\"");
    log_text(&line, "text", "a\nb");
    log_text(&line, "absent", NULL);
    log_str(&line, "bytes", STR("a\0\xff"));
    log_int(&line, "number", -42);
    log_int(&line, "least", INT64_MIN);
    log_int(&line, "most", INT64_MAX);
    log_end(&line);
    read_log(&text);
    assert_line(buf_str(&text),
                "\"level\":\"warning\",\"msg\":\"it \\\"happened\\\"\",\"text\":\"a\\nb\","
                "\"bytes\":\"a\\u0000\\ufffd\",\"number\":-42,\"least\":-9223372036854775808,"
                "\"most\":9223372036854775807}\n");
}

static void test_failure(void **state)
{
    (void)state;
    struct err err;
    _cleanup_buf_ struct buf text;
    err_set(&err, ERR_IO, "disk");
    log_failure("first", &err);
    err_detail(&err, "sector 7");
    log_failure("second", &err);
    read_log(&text);
    struct str rest = buf_str(&text), first, second;
    assert_true(str_cut(&rest, '\n', &first));
    assert_true(str_cut(&rest, '\n', &second));
    assert_line(first,
                "\"level\":\"error\",\"msg\":\"first\",\"error\":\"io\",\"reason\":\"disk\"}");
    assert_line(second, "\"level\":\"error\",\"msg\":\"second\",\"error\":\"io\","
                        "\"reason\":\"disk\",\"detail\":\"sector 7\"}");
}

static void test_levels(void **state)
{
    (void)state;
    static const struct {
        enum log_level minimum, level;
        bool written;
    } cases[] = {
        {LOG_INFO, LOG_DEBUG, false}, {LOG_INFO, LOG_INFO, true},   {LOG_INFO, LOG_ERROR, true},
        {LOG_DEBUG, LOG_DEBUG, true}, {LOG_ERROR, LOG_INFO, false}, {LOG_ERROR, LOG_WARNING, false},
        {LOG_ERROR, LOG_ERROR, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct log_line line;
        off_t before = lseek(fd, 0, SEEK_END);
        log_set_level(cases[i].minimum);
        log_begin(&line, cases[i].level, "m");
        log_text(&line, "k", "v");
        log_int(&line, "n", 1);
        log_end(&line);
        assert_int_equal(lseek(fd, 0, SEEK_END) > before, cases[i].written);
    }
}

/* A field of any length is cut, and its line is written. */
static void test_long_values(void **state)
{
    (void)state;
    static char longest[100 * 1000];
    struct log_line line;
    _cleanup_buf_ struct buf text;
    memset(longest, 1, sizeof longest); /* each byte becomes \u0001 */
    log_begin(&line, LOG_INFO, "m");
    for (int i = 0; i < 8; i++)
        log_str(&line, "long", (struct str){longest, sizeof longest});
    log_int(&line, "last", 1);
    log_end(&line);
    read_log(&text);
    assert_true(str_ends(buf_str(&text), STR("\\u0001\",\"last\":1}\n")));
    assert_true(text.len > 8 * 4096 * 6 && text.len < 8 * 4200 * 6);
}

/* A batch holds whole lines, also when one does not fit. */
static void test_batch(void **state)
{
    (void)state;
    struct log_line line;
    _cleanup_buf_ struct buf batch;
    buf_init(&batch, 200);
    for (int i = 0; i < 5; i++) {
        log_begin_in(&line, &batch, LOG_INFO, "line");
        log_int(&line, "number", i);
        log_end(&line);
        log_begin_in(&line, &batch, LOG_DEBUG, "not wanted");
        log_end(&line);
    }
    assert_true(buf_ok(&batch));
    struct str rest = buf_str(&batch), one;
    assert_true(str_cut(&rest, '\n', &one));
    assert_line(one, "\"level\":\"info\",\"msg\":\"line\",\"number\":0}");
    assert_true(str_cut(&rest, '\n', &one));
    assert_line(one, "\"level\":\"info\",\"msg\":\"line\",\"number\":1}");
    assert_true(str_cut(&rest, '\n', &one));
    assert_int_equal(one.len, 0); /* and behind the last newline nothing */
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    log_write(buf_str(&batch));
    assert_int_equal(lseek(fd, 0, SEEK_END), batch.len);
}

static void *write_lines(void *unused)
{
    for (int64_t i = 0; i < 200; i++) {
        struct log_line line;
        log_begin(&line, LOG_INFO, "thread");
        log_int(&line, "i", i);
        log_end(&line);
    }
    return unused;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    _cleanup_buf_ struct buf text;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    read_log(&text);
    struct str rest = buf_str(&text), line;
    size_t lines = 0;
    while (str_cut(&rest, '\n', &line) && line.len > 0) {
        assert_true(str_starts(line, STR("{\"time\":\"")) && str_ends(line, STR("}")));
        lines++;
    }
    assert_int_equal(lines, 800);
}

static void test_unwritable(void **state)
{
    (void)state;
    log_set_fd(-1);
    log_write(STR("lost\n")); /* must return */
}

int main(void)
{
#define REDIRECTED(test) cmocka_unit_test_setup_teardown(test, redirect, restore)
    const struct CMUnitTest tests[] = {
        REDIRECTED(test_line),        REDIRECTED(test_failure), REDIRECTED(test_levels),
        REDIRECTED(test_long_values), REDIRECTED(test_batch),   REDIRECTED(test_threads),
        REDIRECTED(test_unwritable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
