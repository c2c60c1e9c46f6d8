/* SPDX-License-Identifier: Apache-2.0 */
/* Reads HTTP/1.1 answers, with Content-Length or chunked. It trusts the server under test to frame
 * rightly: a mistake shows as an answer that never ends or has no valid status. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "conn.h"

void response_start(struct response *response)
{
    response->phase = RESPONSE_HEAD;
    response->status = 0;
    response->left = response->body = 0;
    response->line = response->head_len = 0;
}

struct str response_header(const struct response *response, const char *name)
{
    struct str rest = {response->head, response->head_len};
    struct str line;
    size_t len = strlen(name);
    while (str_cut(&rest, '\n', &line))
        if (line.len > len && line.ptr[len] == ':' && strncasecmp(line.ptr, name, len) == 0) {
            struct str value = str_sub(line, len + 1, line.len);
            if (value.len > 0 && value.ptr[value.len - 1] == '\r')
                value.len--;
            return str_trim(value);
        }
    return (struct str){"", 0};
}

/* The head is complete: learn how the body ends. */
static void finish_head(struct response *response)
{
    struct str head = {response->head, response->head_len};
    uint64_t status;
    if (!str_starts(head, STR("HTTP/1.1 ")) || !str_to_u64(str_sub(head, 9, 3), 599, &status))
        die("not an HTTP answer: %.*s", STR_FMT(str_sub(head, 0, 80)));
    response->status = (int)status;
    response->left = 0;
    struct str length = response_header(response, "content-length");
    if (length.len > 0 && !str_to_u64(length, UINT64_MAX, &response->left))
        die("not a length: %.*s", STR_FMT(length));
    if (length.len == 0 && response_header(response, "transfer-encoding").len > 0)
        response->phase = RESPONSE_CHUNK_SIZE;
    else
        response->phase = response->left > 0 ? RESPONSE_BODY : RESPONSE_DONE;
}

/* Take what belongs to the head; the empty line may have begun in an earlier piece. */
static size_t feed_head(struct response *response, const char *data, size_t len)
{
    size_t before = response->head_len;
    size_t take = size_min(len, sizeof response->head - before);
    size_t from = before > 3 ? before - 3 : 0;
    memcpy(response->head + before, data, take);
    response->head_len += take;
    const char *end = memmem(response->head + from, response->head_len - from, "\r\n\r\n", 4);
    if (!end && response->head_len == sizeof response->head)
        die("the head of an answer is longer than %zu bytes", sizeof response->head);
    if (!end)
        return take;
    response->head_len = (size_t)(end - response->head) + 4;
    finish_head(response);
    return response->head_len - before;
}

/* One character of a line that gives a chunk's size. */
static void feed_chunk_size(struct response *response, char c)
{
    int digit = char_hex_value(c);
    if (c == '\n') {
        response->phase = response->left == 0 ? RESPONSE_TRAILER : RESPONSE_CHUNK;
        response->body += response->left;
        response->left += 2;
    } else if (digit >= 0) {
        response->left = response->left * 16 + (uint64_t)digit;
    } else if (c != '\r') {
        die("not the size of a chunk");
    }
}

/* One character behind the last chunk: an empty line ends the answer. */
static void feed_trailer(struct response *response, char c)
{
    if (c == '\n' && response->line == 0)
        response->phase = RESPONSE_DONE;
    else if (c == '\n')
        response->line = 0;
    else if (c != '\r')
        response->line++;
}

static size_t feed_content(struct response *response, size_t len)
{
    size_t take = len < response->left ? len : (size_t)response->left;
    response->left -= take;
    if (response->phase == RESPONSE_BODY)
        response->body += take;
    if (response->left == 0)
        response->phase = response->phase == RESPONSE_BODY ? RESPONSE_DONE : RESPONSE_CHUNK_SIZE;
    return take;
}

size_t response_feed(struct response *response, const char *data, size_t len)
{
    size_t used = 0;
    while (used < len && response->phase != RESPONSE_DONE) {
        switch (response->phase) {
        case RESPONSE_HEAD:
            used += feed_head(response, data + used, len - used);
            break;
        case RESPONSE_BODY:
        case RESPONSE_CHUNK:
            used += feed_content(response, len - used);
            break;
        case RESPONSE_CHUNK_SIZE:
            feed_chunk_size(response, data[used++]);
            break;
        case RESPONSE_TRAILER:
            feed_trailer(response, data[used++]);
            break;
        case RESPONSE_DONE:
            break;
        }
    }
    return used;
}

void response_expect(const struct response *response, int status, const char *what)
{
    if (status == 0 ? response->status / 100 == 2 : response->status == status)
        return;
    die("%s was answered %d:\n%.*s", what, response->status, (int)response->head_len,
        response->head);
}

void response_wait(struct conn *conn, int status, const char *what, struct response *response)
{
    char data[16 * 1024];
    response_start(response);
    while (response->phase != RESPONSE_DONE) {
        ssize_t got = conn_read(conn, data, sizeof data);
        if (got == 0)
            die("%s: the server closed the connection", what);
        if (got > 0)
            response_feed(response, data, (size_t)got);
    }
    response_expect(response, status, what);
}
