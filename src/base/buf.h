/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a hard maximum.
 *
 * Writers need not check each append: the first one that would pass the maximum sets `failed`,
 * leaves the content as it was, and every later append does nothing. Check once at the end with
 * buf_ok(). The content always has a NUL behind it, so ptr is a C string when it holds text. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "macro.h"
#include "str.h"

struct buf {
    char *ptr; /* NULL until the first append */
    size_t len;
    size_t cap;
    size_t max; /* most bytes it may ever hold */
    bool failed;
};

#define _cleanup_buf_ _cleanup_(buf_done)

/* An empty buffer that will hold at most `max` bytes. Allocates nothing yet. A zeroed buffer holds
 * nothing and fails. */
void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);
/* Forget the content and the failure, keep the memory. */
void buf_clear(struct buf *buf);

/* Append; `data` must not be a part of the buffer itself. */
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_str(struct buf *buf, struct str s);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_u64(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/* Room for `len` more bytes at the end, to be filled by the caller and claimed with buf_commit.
 * Returns NULL (and sets failed) when that would pass the maximum. */
char *buf_reserve(struct buf *buf, size_t len) MUST_CHECK;
void buf_commit(struct buf *buf, size_t len);
/* Go back to the first `len` bytes (at most what is there), and forget the failure. */
void buf_truncate(struct buf *buf, size_t len);
/* Drop `len` bytes from the front. */
void buf_consume(struct buf *buf, size_t len);

static inline bool buf_ok(const struct buf *buf)
{
    return !buf->failed;
}

static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->ptr ? buf->ptr : "", buf->len};
}
