/* SPDX-License-Identifier: Apache-2.0 */
/* Sending the replies of a connection. */
#pragma once

#include "io.h"

/* Whether anything waits to be sent. */
bool send_is_pending(const struct conn *conn);
/* Send until all is gone (IO_DONE), the peer takes no more or others must have their turn
 * (IO_AGAIN), a worker must call source_warm first (IO_COLD), or the connection is lost
 * (IO_GONE). */
enum io_result send_flush(struct conn *conn);

/* From a worker: send what the socket takes at once of what is in memory. The rest, and any
 * failure, is left to send_flush. */
void send_from_worker(struct conn *conn);
