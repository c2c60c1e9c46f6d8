/* SPDX-License-Identifier: Apache-2.0 */
/* pull: every stream gets the path again and again on a kept connection, in reads of 1 MB; on plain
 * connections the kernel throws the bytes away (MSG_TRUNC), so that the client costs little.
 * connect: a new connection, with TLS a full handshake, for every request. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "probe.h"
#include "streams.h"

enum { READ_SIZE = 1024 * 1024 };

static const char *path_of(const struct options *options)
{
    if (options->path_count != 1)
        die("this command needs one path");
    return options->paths[0];
}

static ssize_t discard(struct conn *conn, char *data, size_t len)
{
    if (conn->ssl)
        return conn_read(conn, data, len);
    ssize_t got = recv(conn->fd, data, len, MSG_TRUNC);
    return got < 0 && errno == EINTR ? -1 : got < 0 ? 0 : got;
}

/* Receive one answer whose head may come with a part of its body. False when the run is over. */
static bool receive(struct stream *stream, char *data, struct response *response)
{
    response_start(response);
    while (response->phase == RESPONSE_HEAD) {
        ssize_t got = conn_read(&stream->conn, data, RESPONSE_HEAD_MAX);
        if (got > 0)
            response_feed(response, data, (size_t)got);
        else if (got == 0 && stream_stopping(stream))
            return false;
        else if (got == 0)
            die("the server closed the connection before the answer");
    }
    response_expect(response, 200, stream->all->options->paths[0]);
    stream_add_bytes(stream, response->body);
    while (response->left > 0) {
        size_t want = response->left < READ_SIZE ? (size_t)response->left : READ_SIZE;
        ssize_t got = discard(&stream->conn, data, want);
        if (got == 0 && stream_stopping(stream))
            return false;
        if (got == 0)
            die("the server closed the connection with %llu bytes to come",
                (unsigned long long)response->left);
        if (got < 0)
            continue;
        response->left -= (uint64_t)got;
        stream_add_bytes(stream, (uint64_t)got);
    }
    return true;
}

static void pull_body(struct stream *stream)
{
    const struct buf *request = stream->all->context;
    char *data = malloc(READ_SIZE);
    struct response *response = malloc(sizeof *response);
    if (!data || !response)
        die("out of memory");
    conn_open(stream->all->options, &stream->conn);
    stream_ready(stream);
    while (stream_more(stream)) {
        int64_t start = probe_now_ns();
        conn_write(&stream->conn, request->ptr, request->len);
        if (!receive(stream, data, response))
            break;
        stream_count(stream, start);
    }
    free(response);
    free(data);
}

void pull_run(const struct options *options, struct result *result)
{
    struct buf request;
    conn_request(options, "GET", path_of(options), "", &request);
    streams_run(options, pull_body, &request, result);
    buf_done(&request);
}

static void connect_body(struct stream *stream)
{
    const struct buf *request = stream->all->context;
    char data[RESPONSE_HEAD_MAX];
    struct response response;
    stream_ready(stream);
    while (stream_more(stream)) {
        struct conn conn;
        int64_t start = probe_now_ns();
        conn_open(stream->all->options, &conn);
        conn_write(&conn, request->ptr, request->len);
        response_wait(&conn, 0, stream->all->options->paths[0], &response);
        stream_count(stream, start);
        stream_add_bytes(stream, response.body);
        /* Let the server close first, so that its part of the end is in the measure. */
        while (conn_read(&conn, data, sizeof data) > 0)
            ;
        conn_close(&conn);
    }
}

void connect_run(const struct options *options, struct result *result)
{
    struct buf request;
    conn_request(options, "GET", path_of(options), "Connection: close\r\n", &request);
    streams_run(options, connect_body, &request, result);
    buf_done(&request);
}
