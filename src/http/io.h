/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from and to the socket of a connection, plain or TLS, without waiting. */
#pragma once

#include "engine.h"

enum io_result {
    IO_DONE,
    IO_AGAIN, /* the socket has no more now */
    IO_COLD,  /* the next bytes must be fetched from disk first */
    IO_GONE,  /* the peer has ended or lost the connection */
};

/* Read up to `len` bytes; with `all`, on TLS, as many records as fit rather than one. IO_DONE means
 * *n_out > 0. */
enum io_result io_read(struct conn *conn, char *data, size_t len, bool all, size_t *n_out);
/* Send bytes on the bare socket. IO_DONE may still be a part. */
enum io_result io_send_raw(int fd, const struct iovec *parts, size_t count, int flags,
                           size_t *n_out);
/* Send what conn.wire holds. */
enum io_result io_send_wire(struct conn *conn);
/* Send a short interim response from a worker; waits a moment for room. */
enum io_result io_send_now(struct conn *conn, struct str text);
