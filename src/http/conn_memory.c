/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a connection. One that waits keeps none but its struct: ten thousand idle ones, or
 * listeners to a stream, cost a few megabytes. */
#include <stdlib.h>

#include "conn.h"

struct conn *conn_new(struct reactor *reactor, int fd, bool tls, const char *remote)
{
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->reactor = reactor;
    conn->fd = fd;
    conn->tls = tls;
    memcpy(conn->remote, remote, sizeof conn->remote);
    return conn;
}

void conn_release_buffers(struct conn *conn)
{
    struct reactor *reactor = conn->reactor;
    if (conn->in_at == conn->in.len) {
        conn->in_at = 0;
        engine_give(&reactor->spare_in, &conn->in);
    }
    if (conn->out_at == conn->out.len) {
        conn->out_at = 0;
        engine_give(&reactor->spare_out, &conn->out);
    }
    if (conn->ahead_at == conn->ahead_len)
        free(TAKE(conn->ahead));
    if (conn->wire_at == conn->wire.len) {
        conn->wire_at = 0;
        engine_give(&reactor->spare_wire, &conn->wire);
    }
}

void conn_free(struct conn *conn)
{
    SSL_free(conn->ssl);
    buf_done(&conn->in);
    buf_done(&conn->out);
    buf_done(&conn->wire);
    free(conn->ahead);
    free(conn);
}
