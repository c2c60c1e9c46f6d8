/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

#include "base/err.h"

/* Bind and listen on "host:port", "[v6]:port" or ":port" (every address, both families). The
 * socket does not block. ERR_INVALID for a bad address, ERR_BUSY for a port in use, ERR_DENIED. */
int listener_open(const char *address, int *fd_out, unsigned *port_out, struct err *err);
/* Accept one connection: its descriptor, or -1 with errno. */
int listener_accept(int fd, char remote[INET6_ADDRSTRLEN]);
