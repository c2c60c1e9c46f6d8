/* SPDX-License-Identifier: Apache-2.0 */
/* The log. Each thread builds its line in a buffer of its own and hands it to the kernel in one
 * write, so that no lock is needed. A log that cannot be written must not stop the registry:
 * failed writes are dropped. */
#include "log.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "clock.h"
#include "quote.h"

enum {
    VALUE_MAX_BYTES = 4 * 1024,
    LINE_MAX_BYTES = 256 * 1024, /* for ten such values even when each byte is escaped to six */
};

static atomic_int minimum = LOG_INFO;
static atomic_int output = STDERR_FILENO;

static const char *const level_names[] = {"debug", "info", "warning", "error"};

void log_set_level(enum log_level level)
{
    atomic_store(&minimum, (int)level);
}

void log_set_fd(int fd)
{
    atomic_store(&output, fd);
}

static void begin(struct log_line *line, enum log_level level, const char *message)
{
    char now[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339_ms(clock_wall_ms(), now);
    buf_add_text(line->out, "{\"time\":\"");
    buf_add_text(line->out, now);
    buf_add_text(line->out, "\",\"level\":\"");
    buf_add_text(line->out, level_names[level]);
    buf_add_text(line->out, "\",\"msg\":");
    quote_json(line->out, str_of(message));
}

void log_begin(struct log_line *line, enum log_level level, const char *message)
{
    static _Thread_local struct buf own;
    *line = (struct log_line){0};
    if ((int)level < atomic_load_explicit(&minimum, memory_order_relaxed))
        return;
    buf_done(&own);
    buf_init(&own, LINE_MAX_BYTES);
    line->out = &own;
    begin(line, level, message);
}

void log_begin_in(struct log_line *line, struct buf *batch, enum log_level level,
                  const char *message)
{
    *line = (struct log_line){.batched = true};
    if ((int)level < atomic_load_explicit(&minimum, memory_order_relaxed))
        return;
    line->out = batch;
    line->start = batch->len;
    begin(line, level, message);
}

static void key(struct log_line *line, const char *name)
{
    buf_add_text(line->out, ",\"");
    buf_add_text(line->out, name);
    buf_add_text(line->out, "\":");
}

void log_str(struct log_line *line, const char *name, struct str value)
{
    if (!line->out)
        return;
    key(line, name);
    quote_json(line->out, str_sub(value, 0, VALUE_MAX_BYTES));
}

void log_text(struct log_line *line, const char *name, const char *value)
{
    if (value)
        log_str(line, name, str_of(value));
}

void log_int(struct log_line *line, const char *name, int64_t value)
{
    if (!line->out)
        return;
    key(line, name);
    if (value < 0)
        buf_add_char(line->out, '-');
    buf_add_u64(line->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void log_err(struct log_line *line, const struct err *err)
{
    log_text(line, "error", err_code_name(err->code));
    log_text(line, "reason", err->msg);
    if (err->detail[0])
        log_text(line, "detail", err->detail);
}

void log_end(struct log_line *line)
{
    if (!line->out)
        return;
    buf_add_text(line->out, "}\n");
    if (!buf_ok(line->out))
        buf_truncate(line->out, line->start);
    if (!line->batched) {
        log_write(buf_str(line->out));
        buf_done(line->out);
    }
    line->out = NULL;
}

void log_write(struct str lines)
{
    int fd = atomic_load_explicit(&output, memory_order_relaxed);
    while (lines.len > 0) {
        ssize_t n = write(fd, lines.ptr, lines.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        lines = str_sub(lines, (size_t)n, lines.len);
    }
}

void log_failure(const char *message, const struct err *err)
{
    struct log_line line;
    log_begin(&line, LOG_ERROR, message);
    log_err(&line, err);
    log_end(&line);
}
