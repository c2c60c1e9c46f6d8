/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop of one thread. */
#pragma once

#include "engine.h"

/* Make the event loop of a zeroed reactor; it watches the listeners from its first turn on. */
int reactor_open(struct reactor *reactor, struct server *server, unsigned index, struct err *err);
/* Release what it holds, also after a failed reactor_open. Its thread must have ended. */
void reactor_done(struct reactor *reactor);
/* The thread's function; the argument is the reactor. Returns when the server has stopped and no
 * connection is left. */
void *reactor_run(void *argument);
/* Make it look at its inbox and at server->stopping. Any thread. */
void reactor_wake(struct reactor *reactor);

/* From a worker: the connection belongs to its reactor again. */
void reactor_give_back(struct conn *conn, enum verdict verdict);

/* For conn.c: a closed connection is freed after the batch of events. */
void reactor_forget(struct conn *conn);
/* Make room; false when no connection of this reactor is idle. */
bool reactor_close_oldest_idle(struct reactor *reactor);
/* Put TLS on it, with the certificate of now. */
bool reactor_attach_tls(struct conn *conn);
/* The Date header, as a whole line; made anew every second. */
struct str reactor_date(struct reactor *reactor);
/* The same where there is no reactor to keep it, on a worker. */
struct str reactor_date_line(int64_t wall_ms, char out[DATE_LINE_SIZE]);
/* Tell a peer that spoke plain HTTP on a TLS port. */
void reactor_send_plain_400(int fd);
