/* SPDX-License-Identifier: Apache-2.0 */
/* What the server costs, read from outside: CPU time, memory, and the sockets it still holds. */
#pragma once

#include "load.h"

/* A moment: of the clock, and of the CPU time used so far by the server, by this process, by
 * everybody on the machine, and by others on its host. */
struct moment {
    int64_t time_us, server_cpu_us, client_cpu_us, machine_cpu_us, steal_us;
};

int64_t probe_now_ns(void);
void probe_moment(const struct options *options, struct moment *out);
/* Fill elapsed time, CPU and memory of the window from `start` to `end`. */
void probe_window(const struct options *options, const struct moment *start,
                  const struct moment *end, struct result *result);

/* A client socket, and when its peer was seen to be rid of it: -1 while the server holds it. */
struct held {
    uint16_t port;
    int64_t gone_ms;
};

/* Mark with `now_ms` those of held[count], in ascending order of port, that no process at the
 * server's end holds any longer. The kernel's table of connections is asked and not our own
 * socket: a peer that does not read never learns that the server has closed. */
void probe_sockets(const struct options *options, struct held *held, size_t count, int64_t now_ms);
