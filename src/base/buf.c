/* SPDX-License-Identifier: Apache-2.0 */
/* The capped buffer. Growth doubles up to the maximum; the failure flag is sticky, so that code
 * that builds a long text reads as a list of appends with one check behind it. */
#include "buf.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SMALLEST = 256 };

/* So that no sum or doubling of sizes overflows. */
static const size_t LARGEST = SIZE_MAX / 4;

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = size_min(max, LARGEST)};
}

void buf_done(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf_truncate(buf, 0);
}

void buf_truncate(struct buf *buf, size_t len)
{
    buf->len = size_min(len, buf->len);
    buf->failed = false;
    if (buf->ptr)
        buf->ptr[buf->len] = '\0';
}

char *buf_reserve(struct buf *buf, size_t len)
{
    if (buf->failed || len > buf->max - buf->len) {
        buf->failed = true;
        return NULL;
    }
    size_t need = buf->len + len + 1; /* and the NUL */
    if (need > buf->cap) {
        size_t cap = size_max(size_max(buf->cap * 2, need), SMALLEST);
        cap = size_min(cap, buf->max + 1);
        char *grown = realloc(buf->ptr, cap);
        if (!grown)
            abort();
        buf->ptr = grown;
        buf->cap = cap;
    }
    return buf->ptr + buf->len;
}

void buf_commit(struct buf *buf, size_t len)
{
    if (buf->failed)
        return;
    if (len >= buf->cap - buf->len)
        abort(); /* more than was reserved: memory is already gone */
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
    char *room = buf_reserve(buf, len);
    if (!room)
        return;
    if (len > 0)
        memcpy(room, data, len);
    buf_commit(buf, len);
}

void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.ptr, s.len);
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_add(buf, digits + at, sizeof digits - at);
}

void buf_vprintf(struct buf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *room = buf_reserve(buf, len < 0 ? SIZE_MAX : (size_t)len); /* no text: fail as too long */
    if (!room)
        return;
    vsnprintf(room, (size_t)len + 1, fmt, args);
    buf_commit(buf, (size_t)len);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vprintf(buf, fmt, args);
    va_end(args);
}

void buf_consume(struct buf *buf, size_t len)
{
    len = size_min(len, buf->len);
    if (len == 0)
        return;
    memmove(buf->ptr, buf->ptr + len, buf->len - len + 1);
    buf->len -= len;
}
