/* SPDX-License-Identifier: Apache-2.0 */
/* Filling a reply. Nothing is sent here, so a handler may change its mind until it returns. */
#include "reply.h"

#include <unistd.h>

#include "stream.h"

void reply_header(struct reply *reply, const char *name, const char *value)
{
    if (!name || !value || reply->header_count == REPLY_HEADERS_MAX)
        return;
    if (value[strcspn(value, "\r\n")] != '\0')
        return;
    reply->headers[reply->header_count++] = (struct reply_header){name, value};
}

void reply_headerf(struct reply *reply, const char *name, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *value = arena_vprintf(reply->arena, fmt, args);
    va_end(args);
    reply_header(reply, name, value);
}

/* Let go of the body, keep status and headers; and the shared value, which they may lie in. */
static void drop_body(struct reply *reply)
{
    if (reply->body == REPLY_FILE && reply->fd >= 0)
        close(reply->fd);
    stream_unref(TAKE(reply->stream));
    reply->fd = -1;
    reply->file_size = 0;
    reply->bytes = (struct str){NULL, 0};
    reply->body = REPLY_NONE;
}

void reply_status(struct reply *reply, int status)
{
    drop_body(reply);
    reply->status = status;
}

void reply_bytes(struct reply *reply, int status, const char *content_type, struct str bytes)
{
    reply_status(reply, status);
    reply_header(reply, "Content-Type", content_type);
    reply->body = REPLY_BYTES;
    reply->bytes = bytes;
}

void reply_shared(struct reply *reply, int status, const char *content_type, struct str bytes,
                  struct cached *value)
{
    reply_bytes(reply, status, content_type, bytes);
    cached_unref(reply->shared);
    reply->shared = value;
}

void reply_file(struct reply *reply, const char *content_type, int fd, uint64_t size,
                const char *etag)
{
    reply_status(reply, 200);
    reply_header(reply, "Content-Type", content_type);
    reply->body = REPLY_FILE;
    reply->fd = fd;
    reply->file_size = size;
    reply->etag = etag;
}

void reply_stream(struct reply *reply, const char *content_type, struct stream *stream)
{
    reply_status(reply, 200);
    reply_header(reply, "Content-Type", content_type);
    reply->body = REPLY_STREAM;
    reply->stream = stream;
}

void reply_clear(struct reply *reply)
{
    drop_body(reply);
    cached_unref(reply->shared);
    *reply = (struct reply){.arena = reply->arena,
                            .fd = -1,
                            .close = reply->close,
                            .route = reply->route,
                            .user = reply->user};
}

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
    {520, "Unknown Error"},
};

const char *reply_reason(int status)
{
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unknown";
}
