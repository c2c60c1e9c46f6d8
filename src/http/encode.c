/* SPDX-License-Identifier: Apache-2.0 */
/* The reply's head. Its size is computed first, so that it is written with one reservation and
 * plain copies: this runs for every request. */
#include "encode.h"

#include "range.h"
#include "source.h"

enum { FIXED_BYTES = 512 }; /* more than status line, Date and the server's own headers take */

/* What the server adds of its own. */
struct part {
    uint64_t length;      /* of the body, also when it is not sent */
    uint64_t first, last; /* of a 206 */
    uint64_t size;        /* of the whole, for 206 and 416 */
};

static bool is_read(const struct exchange *exchange)
{
    enum method method = exchange->request.method;
    return exchange->has_request && (method == METHOD_GET || method == METHOD_HEAD);
}

static bool not_modified(const struct exchange *exchange)
{
    const struct reply *reply = &exchange->reply;
    if (reply->status != 200 || !reply->etag || !is_read(exchange))
        return false;
    struct str value;
    size_t index = 0;
    while (request_next_header(&exchange->request, STR("If-None-Match"), &index, &value)) {
        if (range_etag_in_list(value, str_of(reply->etag)))
            return true;
    }
    return false;
}

static bool range_is_wanted(const struct exchange *exchange, struct str *value_out)
{
    const struct request *request = &exchange->request;
    const struct reply *reply = &exchange->reply;
    if (reply->status != 200 || !exchange->has_request || request->method != METHOD_GET)
        return false;
    *value_out = request_header(request, STR("Range"));
    if (!value_out->ptr)
        return false;
    struct str condition = request_header(request, STR("If-Range"));
    return !condition.ptr || (reply->etag && range_etag_is(condition, str_of(reply->etag)));
}

static void plan_file(struct exchange *exchange, struct part *part)
{
    struct reply *reply = &exchange->reply;
    struct str range;
    exchange->file_at = 0;
    part->length = part->size = reply->file_size;
    if (!range_is_wanted(exchange, &range))
        return;
    switch (range_parse(range, reply->file_size, &part->first, &part->last)) {
    case RANGE_NONE:
        return;
    case RANGE_UNSATISFIABLE:
        reply_status(reply, 416);
        part->length = 0;
        return;
    case RANGE_PART:
        reply->status = 206;
        exchange->file_at = part->first;
        part->length = part->last - part->first + 1;
    }
}

static void plan(struct exchange *exchange, struct part *part)
{
    struct reply *reply = &exchange->reply;
    if (not_modified(exchange))
        reply_status(reply, 304);
    *part = (struct part){0};
    if (reply->body == REPLY_BYTES)
        part->length = reply->bytes.len;
    else if (reply->body == REPLY_FILE)
        plan_file(exchange, part);
}

/* --- writing --- */

static char *put(char *at, const char *text, size_t len)
{
    memcpy(at, text, len);
    return at + len;
}

static char *put_text(char *at, const char *text)
{
    return put(at, text, strlen(text));
}

static char *put_u64(char *at, uint64_t value)
{
    char digits[20];
    size_t from = sizeof digits;
    do {
        digits[--from] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return put(at, digits + from, sizeof digits - from);
}

static char *put_status(char *at, int status)
{
    at = put_text(at, "HTTP/1.1 ");
    at = put_u64(at, (uint64_t)status);
    at = put_text(at, " ");
    at = put_text(at, reply_reason(status));
    return put_text(at, "\r\n");
}

static bool status_has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static char *put_own_headers(char *at, const struct exchange *exchange, const struct part *part)
{
    const struct reply *reply = &exchange->reply;
    if (status_has_body(reply->status) && reply->body != REPLY_STREAM) {
        at = put_text(at, "Content-Length: ");
        at = put_u64(at, part->length);
        at = put_text(at, "\r\n");
    }
    if (reply->body == REPLY_FILE)
        at = put_text(at, "Accept-Ranges: bytes\r\n");
    if (reply->status == 206 && reply->body == REPLY_FILE) {
        at = put_text(at, "Content-Range: bytes ");
        at = put_u64(at, part->first);
        at = put_text(at, "-");
        at = put_u64(at, part->last);
        at = put_text(at, "/");
        at = put_u64(at, part->size);
        at = put_text(at, "\r\n");
    }
    if (reply->status == 416 && part->size > 0) {
        at = put_text(at, "Content-Range: bytes */");
        at = put_u64(at, part->size);
        at = put_text(at, "\r\n");
    }
    return at;
}

static char *put_connection(char *at, const struct exchange *exchange, bool keep_alive)
{
    if (!keep_alive)
        return put_text(at, "Connection: close\r\n");
    if (exchange->request.version_minor == 0)
        return put_text(at, "Connection: keep-alive\r\n");
    return at;
}

static size_t headers_size(const struct reply *reply)
{
    size_t size = reply->etag ? strlen(reply->etag) : 0;
    for (size_t i = 0; i < reply->header_count; i++)
        size += strlen(reply->headers[i].name) + strlen(reply->headers[i].value) + 4;
    return size;
}

static char *put_head(char *at, const struct exchange *exchange, const struct part *part,
                      bool keep_alive, struct str date)
{
    const struct reply *reply = &exchange->reply;
    at = put_status(at, reply->status);
    at = put(at, date.ptr, date.len);
    at = put_own_headers(at, exchange, part);
    at = put_connection(at, exchange, keep_alive);
    for (size_t i = 0; i < reply->header_count; i++) {
        at = put_text(at, reply->headers[i].name);
        at = put(at, ": ", 2);
        at = put_text(at, reply->headers[i].value);
        at = put(at, "\r\n", 2);
    }
    if (reply->etag) {
        at = put_text(at, "ETag: ");
        at = put_text(at, reply->etag);
        at = put(at, "\r\n", 2);
    }
    return put(at, "\r\n", 2);
}

/* Copy a small part of a file behind its head, so that it needs no sendfile. One that is cold, or
 * turns out shorter, is left to the sender. */
static void copy_file(struct exchange *exchange, char *at)
{
    size_t want = (size_t)exchange->file_left;
    ssize_t n = source_read(exchange, at, want);
    if (n < 0 || (size_t)n != want)
        return;
    exchange->copied = exchange->file_left;
    exchange->file_left = 0;
}

static char *put_body(char *at, struct exchange *exchange, const struct part *part)
{
    const struct reply *reply = &exchange->reply;
    exchange->copied = 0;
    exchange->bytes = (struct str){NULL, 0};
    exchange->file_left = 0;
    bool head_only = exchange->has_request && exchange->request.method == METHOD_HEAD;
    if (head_only || !status_has_body(reply->status) || part->length == 0)
        return at;
    if (reply->body == REPLY_FILE) {
        exchange->file_left = part->length;
        if (part->length <= COPY_BODY_MAX)
            copy_file(exchange, at);
    } else if (part->length <= COPY_BODY_MAX) {
        memcpy(at, reply->bytes.ptr, reply->bytes.len);
        exchange->copied = part->length;
    } else {
        exchange->bytes = reply->bytes;
    }
    return at + exchange->copied;
}

bool encode_reply(struct exchange *exchange, bool keep_alive, struct str date, struct buf *out)
{
    struct part part;
    plan(exchange, &part);
    size_t body = part.length <= COPY_BODY_MAX ? (size_t)part.length : 0;
    char *room = buf_reserve(out, FIXED_BYTES + headers_size(&exchange->reply) + body);
    if (!room)
        return false;
    char *at = put_head(room, exchange, &part, keep_alive, date);
    at = put_body(at, exchange, &part);
    buf_commit(out, (size_t)(at - room));
    return true;
}
