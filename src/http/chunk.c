/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder of chunked bodies: one step for each byte of framing, none for data. Strict: CRLF
 * only, hexadecimal sizes without prefix; extensions and trailers are read past, up to a limit. */
#include "chunk.h"

enum {
    SIZE_DIGITS_MAX = 15,  /* so that a size never overflows */
    EXTRA_MAX = 16 * 1024, /* extensions and trailers of a whole body */
};

enum chunk_state {
    AT_SIZE,
    AT_EXTENSION,
    AT_SIZE_LF,
    AT_DATA,
    AT_DATA_CR,
    AT_DATA_LF,
    AT_TRAILER_START,
    AT_TRAILER,
    AT_TRAILER_LF,
    AT_END_LF,
    AT_END,
    AT_ERROR,
};

static bool is_text(char c)
{
    return c == '\t' || ((unsigned char)c >= ' ' && c != 0x7f);
}

static unsigned step_size(struct chunk *chunk, char c)
{
    int value = char_hex_value(c);
    if (value >= 0) {
        chunk->left = chunk->left * 16 + (uint64_t)value;
        return ++chunk->digits <= SIZE_DIGITS_MAX ? AT_SIZE : AT_ERROR;
    }
    if (chunk->digits == 0)
        return AT_ERROR;
    if (c == '\r')
        return AT_SIZE_LF;
    return c == ';' ? AT_EXTENSION : AT_ERROR;
}

static unsigned step_extra(struct chunk *chunk, char c, unsigned same, unsigned after_cr)
{
    if (c == '\r')
        return after_cr;
    return is_text(c) && ++chunk->extra <= EXTRA_MAX ? same : AT_ERROR;
}

static unsigned step(struct chunk *chunk, char c)
{
    switch (chunk->state) {
    case AT_SIZE:
        return step_size(chunk, c);
    case AT_EXTENSION:
        return step_extra(chunk, c, AT_EXTENSION, AT_SIZE_LF);
    case AT_SIZE_LF:
        if (c != '\n')
            return AT_ERROR;
        return chunk->left > 0 ? AT_DATA : AT_TRAILER_START;
    case AT_DATA_CR:
        return c == '\r' ? AT_DATA_LF : AT_ERROR;
    case AT_DATA_LF:
        chunk->digits = 0;
        return c == '\n' ? AT_SIZE : AT_ERROR;
    case AT_TRAILER_START:
        return step_extra(chunk, c, AT_TRAILER, AT_END_LF);
    case AT_TRAILER:
        return step_extra(chunk, c, AT_TRAILER, AT_TRAILER_LF);
    case AT_TRAILER_LF:
        return c == '\n' ? AT_TRAILER_START : AT_ERROR;
    case AT_END_LF:
        return c == '\n' ? AT_END : AT_ERROR;
    default:
        return AT_ERROR;
    }
}

static struct str take_data(struct chunk *chunk, struct str *in)
{
    struct str data = str_sub(*in, 0, chunk->left < in->len ? (size_t)chunk->left : in->len);
    *in = str_sub(*in, data.len, in->len);
    chunk->left -= data.len;
    if (chunk->left == 0)
        chunk->state = AT_DATA_CR;
    return data;
}

enum chunk_result chunk_next(struct chunk *chunk, struct str *in, struct str *data_out)
{
    while (chunk->state != AT_END) {
        if (chunk->state == AT_ERROR)
            return CHUNK_BAD;
        if (in->len == 0)
            return CHUNK_MORE;
        if (chunk->state == AT_DATA) {
            *data_out = take_data(chunk, in);
            return CHUNK_DATA;
        }
        chunk->state = step(chunk, in->ptr[0]);
        in->ptr++;
        in->len--;
    }
    return CHUNK_END;
}
