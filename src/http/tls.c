/* SPDX-License-Identifier: Apache-2.0 */
/* TLS. A BIO of our own stands between OpenSSL and the socket: it reads straight from the socket
 * and appends what is written to conn.wire. OpenSSL asks for each record's five bytes of header and
 * then for the rest; while a body comes in, one recv into conn.ahead answers dozens of these. */
#include "tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>

/* --- the BIO --- */

static int take_ahead(struct conn *conn, char *data, size_t len)
{
    size_t n = size_min(len, conn->ahead_len - conn->ahead_at);
    memcpy(data, conn->ahead + conn->ahead_at, n);
    conn->ahead_at += n;
    return (int)n;
}

static int bio_read(BIO *bio, char *data, int len)
{
    struct conn *conn = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (conn->ahead_at < conn->ahead_len)
        return take_ahead(conn, data, (size_t)len);
    ssize_t n = conn->ahead ? recv(conn->fd, conn->ahead, BODY_READ_TLS_BYTES, 0)
                            : recv(conn->fd, data, (size_t)len, 0);
    if (conn->ahead && n > 0) {
        conn->ahead_at = 0;
        conn->ahead_len = (size_t)n;
        return take_ahead(conn, data, (size_t)len);
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    return (int)n;
}

static int bio_write(BIO *bio, const char *data, int len)
{
    struct conn *conn = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (conn->wire.max == 0)
        buf_init(&conn->wire, WIRE_MAX);
    buf_add(&conn->wire, data, (size_t)len);
    return buf_ok(&conn->wire) ? len : -1;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static BIO_METHOD *bio_method;
static pthread_once_t bio_once = PTHREAD_ONCE_INIT;

static void make_bio_method(void)
{
    bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
    if (!bio_method)
        abort();
    BIO_meth_set_read(bio_method, bio_read);
    BIO_meth_set_write(bio_method, bio_write);
    BIO_meth_set_ctrl(bio_method, bio_ctrl);
    BIO_meth_set_create(bio_method, bio_create);
}

/* --- one connection --- */

bool tls_attach(struct conn *conn, SSL_CTX *context)
{
    pthread_once(&bio_once, make_bio_method);
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(bio_method);
    if (!ssl || !bio) {
        SSL_free(ssl);
        BIO_free(bio);
        return false;
    }
    BIO_set_data(bio, conn);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_accept_state(ssl);
    conn->ssl = ssl;
    return true;
}

enum io_result tls_handshake(struct conn *conn)
{
    ERR_clear_error();
    int done = SSL_do_handshake(conn->ssl);
    int error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(conn->ssl, done);
    enum io_result sent = io_send_wire(conn);
    if (sent != IO_DONE)
        return sent;
    if (done == 1)
        return IO_DONE;
    return error == SSL_ERROR_WANT_READ ? IO_AGAIN : IO_GONE;
}

bool tls_peer_is_plain(void)
{
    unsigned long error = ERR_peek_error();
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
}

enum io_result tls_read(struct conn *conn, char *data, size_t len, bool all, size_t *n_out)
{
    size_t total = 0;
    int error = SSL_ERROR_NONE;
    ERR_clear_error();
    /* Reading ahead takes a request with one recv; for a body it would only mean to copy more. */
    SSL_set_read_ahead(conn->ssl, !all);
    do {
        size_t n = 0;
        int ok = SSL_read_ex(conn->ssl, data + total, len - total, &n);
        total += n;
        error = ok == 1 ? SSL_ERROR_NONE : SSL_get_error(conn->ssl, ok);
    } while (error == SSL_ERROR_NONE && all && total < len);
    *n_out = total;
    if (total > 0)
        return IO_DONE; /* an end or a failure shows again with the next call */
    return error == SSL_ERROR_WANT_READ ? IO_AGAIN : IO_GONE;
}

enum io_result tls_write(struct conn *conn, struct str data)
{
    if (data.len == 0)
        return IO_DONE;
    size_t n = 0;
    ERR_clear_error();
    return SSL_write_ex(conn->ssl, data.ptr, data.len, &n) == 1 ? IO_DONE : IO_GONE;
}

void tls_close_notify(struct conn *conn)
{
    ERR_clear_error();
    if (SSL_is_init_finished(conn->ssl))
        SSL_shutdown(conn->ssl);
    ERR_clear_error();
}

void tls_begin_body(struct conn *conn, char **memory)
{
    if (!conn->ssl || conn->ahead)
        return;
    conn->ahead = TAKE(*memory);
    if (!conn->ahead)
        conn->ahead = malloc(BODY_READ_TLS_BYTES);
    if (!conn->ahead)
        abort();
}

void tls_end_body(struct conn *conn, char **memory)
{
    if (!conn->ahead || conn->ahead_at < conn->ahead_len)
        return;
    free(*memory);
    *memory = TAKE(conn->ahead);
}

bool tls_has_pending(const struct conn *conn)
{
    return conn->ssl && (conn->ahead_at < conn->ahead_len || SSL_has_pending(conn->ssl));
}
