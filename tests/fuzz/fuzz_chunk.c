/* SPDX-License-Identifier: Apache-2.0 */
/* A chunked body decodes to the same bytes and ends at the same place in one piece and byte by
 * byte. */
#include "base/buf.h"
#include "fuzz.h"
#include "http/chunk.h"

static enum chunk_result decode(struct str text, size_t step, struct buf *out, size_t *used_out)
{
    struct chunk chunk = {0};
    enum chunk_result result = CHUNK_MORE;
    *used_out = 0;
    for (size_t at = 0; at < text.len && result == CHUNK_MORE; at += step) {
        struct str in = str_sub(text, at, step), piece;
        size_t before = in.len;
        while ((result = chunk_next(&chunk, &in, &piece)) == CHUNK_DATA)
            buf_add_str(out, piece);
        *used_out += before - in.len;
    }
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    _cleanup_buf_ struct buf whole;
    _cleanup_buf_ struct buf stepped;
    buf_init(&whole, size);
    buf_init(&stepped, size);
    size_t used, used_stepped;
    enum chunk_result result = decode(text, size ? size : 1, &whole, &used);
    must(decode(text, 1, &stepped, &used_stepped) == result);
    must(buf_ok(&whole) && str_eq(buf_str(&whole), buf_str(&stepped)));
    must(used == used_stepped && used <= size);
    return 0;
}
