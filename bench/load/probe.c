/* SPDX-License-Identifier: Apache-2.0 */
/* Readings of /proc and of other processes' CPU clocks, which count in nanoseconds where
 * /proc/PID/stat counts in hundredths of a second. */
#include "probe.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ns(clockid_t clock)
{
    struct timespec at;
    if (clock_gettime(clock, &at) != 0)
        die("the server's CPU clock cannot be read: has it died?");
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

int64_t probe_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static int64_t server_cpu_ns(const struct options *options)
{
    int64_t total = 0;
    for (size_t i = 0; i < options->pid_count; i++) {
        clockid_t clock;
        if (clock_getcpuclockid(options->pids[i], &clock) != 0)
            die("process %d of the server is gone", (int)options->pids[i]);
        total += clock_ns(clock);
    }
    return total;
}

/* The next field of a line that is separated by spaces, some of them doubled. */
static struct str next_field(struct str *line)
{
    struct str field = {"", 0};
    while (field.len == 0 && str_cut(line, ' ', &field))
        ;
    return field;
}

/* The first line of a file. */
static void read_line(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file || !fgets(text, (int)size, file))
        die("%s cannot be read", path);
    fclose(file);
}

/* "cpu  user nice system idle iowait irq softirq steal ...", in hundredths of a second. */
static void read_machine(struct moment *out)
{
    char text[512];
    uint64_t ticks[8];
    read_line("/proc/stat", text, sizeof text);
    struct str line = str_of(text);
    next_field(&line);
    for (size_t i = 0; i < ARRAY_LEN(ticks); i++)
        if (!str_to_u64(next_field(&line), UINT64_MAX / 10000, &ticks[i]))
            die("/proc/stat: not understood");
    out->steal_us = (int64_t)ticks[7] * 10000;
    out->machine_cpu_us = (int64_t)(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * 10000;
}

void probe_moment(const struct options *options, struct moment *out)
{
    read_machine(out);
    out->server_cpu_us = server_cpu_ns(options) / 1000;
    out->client_cpu_us = clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000;
    out->time_us = probe_now_ns() / 1000;
}

static void add_memory(pid_t pid, struct result *result)
{
    char path[64], text[256];
    uint64_t pages[3]; /* size, resident, shared */
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    read_line(path, text, sizeof text);
    struct str line = str_of(text);
    for (size_t i = 0; i < ARRAY_LEN(pages); i++)
        if (!str_to_u64(next_field(&line), UINT64_MAX, &pages[i]))
            die("%s: not understood", path);
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    result->rss += pages[1] * page;
    result->rss_anon += (pages[1] - pages[2]) * page;
}

void probe_window(const struct options *options, const struct moment *start,
                  const struct moment *end, struct result *result)
{
    result->elapsed_us = end->time_us - start->time_us;
    result->server_cpu_us = end->server_cpu_us - start->server_cpu_us;
    result->client_cpu_us = end->client_cpu_us - start->client_cpu_us;
    result->machine_cpu_us = end->machine_cpu_us - start->machine_cpu_us;
    result->steal_us = end->steal_us - start->steal_us;
    for (size_t i = 0; i < options->pid_count; i++)
        add_memory(options->pids[i], result);
}

static int compare_ports(const void *key, const void *element)
{
    uint16_t port = *(const uint16_t *)key;
    const struct held *held = element;
    return port < held->port ? -1 : port > held->port;
}

/* "0100007F:1389" */
static uint16_t port_of(struct str address)
{
    uint64_t port = 0;
    ptrdiff_t colon = str_find(address, ':');
    if (colon < 0 || !str_to_hex_u64(str_sub(address, (size_t)colon + 1, 4), UINT16_MAX, &port))
        return 0;
    return (uint16_t)port;
}

/* The far end of the socket in a line of /proc/net/tcp when its near end is `port` and a process
 * still holds it, else 0. Fields: number, local, remote, state, queues, timer, retries, uid,
 * timeout, inode; a socket that was closed has inode 0. */
static uint16_t holder_peer(const char *text, uint16_t port)
{
    struct str line = str_of(text);
    struct str fields[10];
    uint64_t inode;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        fields[i] = next_field(&line);
    if (port_of(fields[1]) != port || !str_to_u64(fields[9], UINT64_MAX, &inode) || inode == 0)
        return 0;
    return port_of(fields[2]);
}

void probe_sockets(const struct options *options, struct held *held, size_t count, int64_t now_ms)
{
    char line[512];
    FILE *table = fopen("/proc/net/tcp", "re");
    bool *present = calloc(count, sizeof *present);
    if (!table || !present)
        die("/proc/net/tcp cannot be read");
    while (fgets(line, sizeof line, table)) {
        uint16_t port = holder_peer(line, ntohs(options->address.sin_port));
        struct held *found = bsearch(&port, held, count, sizeof *held, compare_ports);
        if (found)
            present[found - held] = true;
    }
    for (size_t i = 0; i < count; i++)
        if (!present[i] && held[i].gone_ms < 0)
            held[i].gone_ms = now_ms;
    free(present);
    fclose(table);
}
