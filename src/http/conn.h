/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection, on its reactor's thread. */
#pragma once

#include "engine.h"

/* A connection for `reactor`, which may be another thread's. Takes over fd. */
struct conn *conn_new(struct reactor *reactor, int fd, bool tls, const char *remote);
/* On the reactor: begin to serve it. */
void conn_begin(struct conn *conn);
/* epoll has something to say. */
void conn_event(struct conn *conn);
/* On a worker: answer the current request at once, so that the peer need not wait until the reactor
 * is awake; to be given back with VERDICT_SEND. False when this is left to the reactor: a file. */
bool conn_answer(struct conn *conn);
/* A worker has given it back. */
void conn_back(struct conn *conn);
/* Its deadline has passed. */
void conn_expired(struct conn *conn);
/* The server stops: end it now if nothing is going on, or in any case with `force`. */
void conn_stop(struct conn *conn, bool force);
/* End it, and free it when the batch of events is over. Not while a worker has it. */
void conn_close(struct conn *conn);
void conn_free(struct conn *conn);
/* Give back buffers that are empty. */
void conn_release_buffers(struct conn *conn);
/* Its stream was written to. */
void conn_stream_ready(struct conn *conn);
