/* SPDX-License-Identifier: Apache-2.0 */
/* The sender. What is to be sent is conn.out (heads and small bodies of any number of replies) and
 * then what the last reply has behind it: bytes or a part of a file. On plain TCP a file goes by
 * sendfile under TCP_CORK; on TLS it is read in pieces and encrypted into conn.wire. */
#include "send.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source.h"
#include "tls.h"

enum {
    SENDFILE_BYTES = BODY_READ_BYTES, /* what source_warm brings in */
    TURN_BYTES = 2 * 1024 * 1024,     /* then other connections are served */
};

static struct str out_rest(const struct conn *conn)
{
    return str_sub(buf_str(&conn->out), conn->out_at, conn->out.len);
}

static bool has_plaintext(const struct conn *conn)
{
    const struct exchange *last = conn->last;
    return conn->out_at < conn->out.len || (last && (last->bytes.len > 0 || last->file_left > 0));
}

bool send_is_pending(const struct conn *conn)
{
    return conn->wire_at < conn->wire.len || has_plaintext(conn);
}

static void advance(struct conn *conn, size_t n)
{
    struct exchange *last = conn->last;
    size_t of_out = size_min(n, conn->out.len - conn->out_at);
    conn->out_at += of_out;
    n -= of_out;
    if (n > 0) {
        assert(last); /* more was sent than heads: it was its body */
        last->bytes = str_sub(last->bytes, n, last->bytes.len);
        last->sent += n;
    }
}

static void cork(struct conn *conn, bool on)
{
    int value = on;
    setsockopt(conn->fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
    conn->last->corked = on;
}

static enum io_result send_memory(struct conn *conn, size_t *n_out)
{
    struct str out = out_rest(conn);
    struct str bytes = conn->last ? conn->last->bytes : (struct str){NULL, 0};
    const struct iovec parts[] = {{(void *)(uintptr_t)out.ptr, out.len},
                                  {(void *)(uintptr_t)bytes.ptr, bytes.len}};
    enum io_result result = io_send_raw(conn->fd, parts, bytes.len ? 2 : 1, 0, n_out);
    if (result == IO_DONE)
        advance(conn, *n_out);
    return result;
}

static enum io_result send_file(struct conn *conn, size_t *n_out)
{
    struct exchange *last = conn->last;
    off_t at = (off_t)last->file_at;
    size_t want = last->file_left < SENDFILE_BYTES ? (size_t)last->file_left : SENDFILE_BYTES;
    if (!source_is_warm(last, want))
        return IO_COLD;
    ssize_t n = sendfile(conn->fd, last->reply.fd, &at, want);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? IO_AGAIN : IO_GONE;
    if (n == 0)
        return IO_GONE; /* the file has become shorter */
    last->file_at += (uint64_t)n;
    last->file_left -= (uint64_t)n;
    last->sent += (uint64_t)n;
    *n_out = (size_t)n;
    return IO_DONE;
}

static enum io_result flush_plain(struct conn *conn)
{
    size_t turn = 0;
    if (conn->last && conn->last->file_left > 0 && !conn->last->corked)
        cork(conn, true);
    while (has_plaintext(conn)) {
        if (turn >= TURN_BYTES)
            return IO_AGAIN;
        bool memory = conn->out_at < conn->out.len || conn->last->bytes.len > 0;
        size_t n = 0;
        enum io_result result = memory ? send_memory(conn, &n) : send_file(conn, &n);
        if (result != IO_DONE)
            return result;
        turn += n;
    }
    if (conn->last && conn->last->corked)
        cork(conn, false);
    return IO_DONE;
}

static enum io_result encrypt_file(struct conn *conn)
{
    struct exchange *last = conn->last;
    char *piece = conn->reactor->file_piece;
    size_t want = last->file_left < WRITE_BYTES ? (size_t)last->file_left : WRITE_BYTES;
    ssize_t n = source_read(last, piece, want);
    if (n <= 0)
        return n == SOURCE_COLD ? IO_COLD : IO_GONE;
    last->file_at += (uint64_t)n;
    last->file_left -= (uint64_t)n;
    last->sent += (uint64_t)n;
    return tls_write(conn, (struct str){piece, (size_t)n});
}

/* Encrypt until a good piece is there to be written. */
static enum io_result encrypt(struct conn *conn)
{
    if (!conn->wire.ptr)
        engine_take(&conn->reactor->spare_wire, &conn->wire, WIRE_MAX);
    if (!buf_reserve(&conn->wire, WIRE_BYTES - conn->wire.len))
        return IO_GONE;
    enum io_result result = IO_DONE;
    while (result == IO_DONE && has_plaintext(conn) && conn->wire.len < WRITE_BYTES) {
        struct str data = out_rest(conn);
        if (data.len == 0)
            data = conn->last->bytes;
        data = str_sub(data, 0, WRITE_BYTES);
        result = data.len > 0 ? tls_write(conn, data) : encrypt_file(conn);
        if (data.len > 0)
            advance(conn, data.len);
    }
    return result;
}

static enum io_result flush_tls(struct conn *conn)
{
    size_t turn = 0;
    for (;;) {
        turn += conn->wire.len - conn->wire_at;
        enum io_result result = io_send_wire(conn);
        if (result != IO_DONE || !has_plaintext(conn))
            return result;
        if (turn >= TURN_BYTES)
            return IO_AGAIN;
        result = encrypt(conn);
        if (result != IO_DONE)
            return result;
    }
}

enum io_result send_flush(struct conn *conn)
{
    return conn->ssl ? flush_tls(conn) : flush_plain(conn);
}

void send_from_worker(struct conn *conn)
{
    struct str out = out_rest(conn);
    if (!conn->ssl) {
        flush_plain(conn);
    } else if (out.len > 0 && conn->last->bytes.len == 0 && tls_write(conn, out) == IO_DONE) {
        advance(conn, out.len);
        io_send_wire(conn);
    }
}
