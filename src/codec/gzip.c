/* SPDX-License-Identifier: Apache-2.0 */
/* Gzip by zlib. */
#include "gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_BITS = 15 + 16, MEMORY_LEVEL = 8, OUT_BYTES = 64 * 1024 };

static int set_zlib(struct err *err, const z_stream *stream, int rc)
{
    err_set(err, ERR_INVALID, "this is no gzip file, or it is damaged");
    return err_detail(err, "zlib %d: %s", rc, stream->msg ? stream->msg : "no message");
}

int gzip_compress(struct str data, struct buf *out, struct err *err)
{
    z_stream stream = {0};
    if (data.len > UINT_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than 4 GiB cannot be compressed at once");
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        abort(); /* out of memory */
    stream.next_in = (z_const Bytef *)data.ptr;
    stream.avail_in = (uInt)data.len;
    int rc = Z_OK;
    while (rc == Z_OK) {
        char *room = buf_reserve(out, OUT_BYTES);
        if (!room)
            break;
        stream.next_out = (Bytef *)room;
        stream.avail_out = OUT_BYTES;
        rc = deflate(&stream, Z_FINISH);
        buf_commit(out, OUT_BYTES - stream.avail_out);
    }
    deflateEnd(&stream);
    return rc == Z_STREAM_END
               ? 0
               : err_set(err, ERR_TOO_LARGE, "compressed text is larger than its limit");
}

struct gzip_reader {
    z_stream stream;
    int (*take)(void *context, struct str text, struct err *err);
    void *context;
    char out[OUT_BYTES];
};

struct gzip_reader *gzip_reader_new(int (*take)(void *context, struct str text, struct err *err),
                                    void *context)
{
    struct gzip_reader *reader = calloc(1, sizeof *reader);
    if (!reader || inflateInit2(&reader->stream, GZIP_BITS) != Z_OK)
        abort();
    reader->take = take;
    reader->context = context;
    return reader;
}

void gzip_reader_free(struct gzip_reader *reader)
{
    if (!reader)
        return;
    inflateEnd(&reader->stream);
    free(reader);
}

int gzip_reader_feed(struct gzip_reader *reader, struct str data, struct err *err)
{
    z_stream *stream = &reader->stream;
    int result = 0;
    stream->next_in = (z_const Bytef *)data.ptr;
    stream->avail_in = (uInt)data.len;
    do {
        stream->next_out = (Bytef *)reader->out;
        stream->avail_out = OUT_BYTES;
        int rc = inflate(stream, Z_NO_FLUSH);
        if (rc == Z_BUF_ERROR)
            break; /* it wants more input */
        if (rc != Z_OK && rc != Z_STREAM_END)
            return set_zlib(err, stream, rc);
        size_t got = OUT_BYTES - stream->avail_out;
        if (got > 0)
            result = reader->take(reader->context, (struct str){reader->out, got}, err);
        if (rc == Z_STREAM_END && inflateReset(stream) != Z_OK)
            abort();
    } while (result == 0 && (stream->avail_in > 0 || stream->avail_out == 0));
    return result;
}
