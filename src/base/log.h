/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one JSON object a line on stderr, made of typed fields.
 *
 *     struct log_line line;
 *     log_begin(&line, LOG_INFO, "listening");
 *     log_text(&line, "address", address);
 *     log_end(&line);
 *
 * Library code does not log; the edges do (end of a request, worker loops, start and stop), once
 * for each thing that happened. Secrets are never passed here. Thread-safe. */
#pragma once

#include <stdint.h>

#include "buf.h"
#include "err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_line {
    struct buf *out; /* NULL when the level is switched off: fields cost nothing then */
    size_t start;    /* where the line begins in `out` */
    bool batched;    /* the caller writes `out` later, many lines at once */
};

/* Lines below `level` are dropped. Default LOG_INFO. Call before threads start, or on reload. */
void log_set_level(enum log_level level);
/* Where lines go; default 2 (stderr). */
void log_set_fd(int fd);

/* Start a line. The message is a fixed phrase; what varies goes into fields. A thread builds one
 * line at a time: end it before the next begins. */
void log_begin(struct log_line *line, enum log_level level, const char *message);
/* As log_begin, but append the finished line to `batch`, which the caller gives to log_write. The
 * batch holds whole lines only: one for which it has no room is left out. */
void log_begin_in(struct log_line *line, struct buf *batch, enum log_level level,
                  const char *message);
/* A field. Text is cut after 4 KiB, so that no client can make a line too long to be logged. NULL
 * text adds no field. */
void log_text(struct log_line *line, const char *key, const char *value);
void log_str(struct log_line *line, const char *key, struct str value);
void log_int(struct log_line *line, const char *key, int64_t value);
/* The three parts of an error: code, msg, detail. */
void log_err(struct log_line *line, const struct err *err);
/* Finish the line and, unless batched, write it. */
void log_end(struct log_line *line);

/* Write finished lines. Whole lines only, so that lines of several threads do not mix. */
void log_write(struct str lines);

/* A line with the message and an error, for the common case. */
void log_failure(const char *message, const struct err *err);
