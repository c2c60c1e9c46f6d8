/* SPDX-License-Identifier: Apache-2.0 */
/* TLS by OpenSSL. Encrypted bytes are collected in conn.wire and leave with few, large writes;
 * an SSL_write therefore never stops half-way, and nothing is ever encrypted twice. */
#pragma once

#include "engine.h"
#include "io.h"

/* A context with the certificate and key. */
int tls_context_new(const struct tls_config *config, SSL_CTX **out, struct err *err);

/* Put TLS on an accepted connection; false when OpenSSL has no memory. */
bool tls_attach(struct conn *conn, SSL_CTX *context);
/* Go on with the handshake. IO_AGAIN: wait for the peer, for writability when conn.wire holds
 * bytes. */
enum io_result tls_handshake(struct conn *conn);
/* Whether the peer of a failed handshake spoke plain HTTP. */
bool tls_peer_is_plain(void);
enum io_result tls_read(struct conn *conn, char *data, size_t len, bool all, size_t *n_out);
/* Encrypt into conn.wire. IO_DONE or IO_GONE. */
enum io_result tls_write(struct conn *conn, struct str data);
/* Put the closing alert into conn.wire. */
void tls_close_notify(struct conn *conn);
/* Around the reading of a body on a worker: use *memory, or new memory, for large reads from the
 * socket; give it back to *memory, unless received bytes are left in it. Nothing on plain. */
void tls_begin_body(struct conn *conn, char **memory);
void tls_end_body(struct conn *conn, char **memory);
/* Decrypted or received bytes that epoll cannot know of. */
bool tls_has_pending(const struct conn *conn);
