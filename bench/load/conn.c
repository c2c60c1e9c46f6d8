/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets and TLS. Reads go straight from the kernel: OpenSSL's read-ahead copies what it has read
 * too early once more for each record. */
#include "conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

SSL_CTX *conn_tls_new(void)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (!tls || SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256") != 1)
        die("TLS cannot be set up");
    return tls;
}

void conn_open_tcp(const struct options *options, struct conn *out)
{
    int one = 1;
    *out = (struct conn){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (out->fd < 0)
        die("no socket: %s", strerror(errno));
    if (connect(out->fd, (const struct sockaddr *)&options->address, sizeof options->address) != 0)
        die("cannot connect to %s: %s", options->host, strerror(errno));
    setsockopt(out->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

void conn_open(const struct options *options, struct conn *out)
{
    conn_open_tcp(options, out);
    if (!options->tls)
        return;
    out->ssl = SSL_new(options->tls);
    if (!out->ssl || SSL_set_fd(out->ssl, out->fd) != 1 || SSL_connect(out->ssl) != 1)
        die("TLS handshake with %s failed: %s", options->host,
            ERR_reason_error_string(ERR_peek_error()));
}

void conn_close(struct conn *conn)
{
    SSL_free(conn->ssl);
    close(conn->fd);
    *conn = (struct conn){.fd = -1};
}

uint16_t conn_port(const struct conn *conn)
{
    struct sockaddr_in name = {0};
    socklen_t len = sizeof name;
    if (getsockname(conn->fd, (struct sockaddr *)&name, &len) != 0)
        die("a socket has no name: %s", strerror(errno));
    return ntohs(name.sin_port);
}

void conn_set_nonblocking(struct conn *conn)
{
    if (fcntl(conn->fd, F_SETFL, O_NONBLOCK) != 0)
        die("fcntl: %s", strerror(errno));
}

static ssize_t tls_read(struct conn *conn, void *data, size_t len)
{
    size_t got = 0;
    ERR_clear_error();
    if (SSL_read_ex(conn->ssl, data, len, &got) == 1)
        return (ssize_t)got;
    return SSL_get_error(conn->ssl, 0) == SSL_ERROR_WANT_READ ? -1 : 0;
}

ssize_t conn_read(struct conn *conn, void *data, size_t len)
{
    if (conn->ssl)
        return tls_read(conn, data, len);
    ssize_t got = recv(conn->fd, data, len, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? -1 : 0;
    return got;
}

void conn_write(struct conn *conn, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        size_t sent = 0;
        ssize_t n = 0;
        if (!conn->ssl)
            n = send(conn->fd, at, len, MSG_NOSIGNAL);
        else if (SSL_write_ex(conn->ssl, at, len, &sent) == 1)
            n = (ssize_t)sent;
        if (n <= 0)
            die("the server does not take the request: %s", strerror(errno));
        at += n;
        len -= (size_t)n;
    }
}

void conn_request(const struct options *options, const char *method, const char *path,
                  const char *fields, struct buf *out)
{
    buf_init(out, 64 * 1024);
    buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n%.*s%s\r\n", method, path, options->host,
               STR_FMT(buf_str(&options->headers)), fields);
    if (!buf_ok(out))
        die("the request is too long");
}
