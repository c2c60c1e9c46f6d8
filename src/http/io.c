/* SPDX-License-Identifier: Apache-2.0 */
/* Socket input and output. EINTR cannot happen here: the threads have all signals blocked, and the
 * sockets do not block. */
#include "io.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tls.h"

enum { SEND_NOW_MS = 1000 };

static enum io_result result_of_errno(void)
{
    return errno == EAGAIN || errno == EINTR ? IO_AGAIN : IO_GONE;
}

enum io_result io_read(struct conn *conn, char *data, size_t len, bool all, size_t *n_out)
{
    if (conn->ssl)
        return tls_read(conn, data, len, all, n_out);
    ssize_t n = recv(conn->fd, data, len, 0);
    if (n <= 0)
        return n == 0 ? IO_GONE : result_of_errno();
    *n_out = (size_t)n;
    return IO_DONE;
}

enum io_result io_send_raw(int fd, const struct iovec *parts, size_t count, int flags,
                           size_t *n_out)
{
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = count};
    ssize_t n = count == 1 ? send(fd, parts->iov_base, parts->iov_len, MSG_NOSIGNAL | flags)
                           : sendmsg(fd, &message, MSG_NOSIGNAL | flags);
    if (n < 0)
        return result_of_errno();
    *n_out = (size_t)n;
    return IO_DONE;
}

enum io_result io_send_wire(struct conn *conn)
{
    while (conn->wire_at < conn->wire.len) {
        const struct iovec part = {conn->wire.ptr + conn->wire_at, conn->wire.len - conn->wire_at};
        size_t n;
        enum io_result result = io_send_raw(conn->fd, &part, 1, 0, &n);
        if (result != IO_DONE)
            return result;
        conn->wire_at += n;
    }
    buf_clear(&conn->wire);
    conn->wire_at = 0;
    return IO_DONE;
}

static enum io_result try_now(struct conn *conn, struct str *text)
{
    if (conn->ssl)
        return io_send_wire(conn);
    const struct iovec part = {(void *)(uintptr_t)text->ptr, text->len};
    size_t n = 0;
    enum io_result result = io_send_raw(conn->fd, &part, 1, 0, &n);
    *text = str_sub(*text, n, text->len);
    return result == IO_DONE && text->len > 0 ? IO_AGAIN : result;
}

enum io_result io_send_now(struct conn *conn, struct str text)
{
    if (conn->ssl && tls_write(conn, text) != IO_DONE)
        return IO_GONE;
    enum io_result result = try_now(conn, &text);
    if (result != IO_AGAIN)
        return result;
    struct pollfd room = {.fd = conn->fd, .events = POLLOUT};
    poll(&room, 1, SEND_NOW_MS);
    return try_now(conn, &text) == IO_DONE ? IO_DONE : IO_GONE;
}
