/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the load generator share: the options, the measured result, and the commands.
 *
 * A load generator has one user and one way to fail: it says what went wrong and exits with 1, so
 * that a broken run is never taken for a slow server. */
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "hist.h"

enum { PIDS_MAX = 64, PATHS_MAX = 64, CONNECTIONS_MAX = 20000, STREAMS_MAX = 256 };

struct options {
    struct sockaddr_in address;
    char host[32]; /* the Host header: ADDRESS:PORT */
    SSL_CTX *tls;  /* NULL: plain */
    unsigned connections;
    unsigned count;   /* transfers to make; 0: run for `ms` */
    unsigned ms;      /* the measured window */
    unsigned warm_ms; /* before it */
    size_t bytes;     /* size of a pushed blob */
    const char *kind; /* push: patch or mono; hold: a list of ways to stall */
    const char *repository;
    struct buf headers; /* "Name: value\r\n" of every --header */
    const char *paths[PATHS_MAX];
    size_t path_count;
    pid_t pids[PIDS_MAX]; /* the processes of the server under test */
    size_t pid_count;
};

/* What a command measured. Everything refers to the measured window. */
struct result {
    uint64_t requests;
    uint64_t bytes; /* of bodies */
    int64_t elapsed_us;
    int64_t server_cpu_us, client_cpu_us;
    int64_t machine_cpu_us, steal_us; /* busy on all cores, whoever it was; taken by the host */
    uint64_t rss, rss_anon;           /* of the server, at the end */
    struct hist latency;
    struct buf extra; /* more members of the JSON object, each with a comma in front */
};

/* Print the message and exit with 1. */
void die(const char *fmt, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

/* The commands; what each does is said in its file. */
void get_run(const struct options *options, struct result *result);
void pull_run(const struct options *options, struct result *result);
void connect_run(const struct options *options, struct result *result);
void push_run(const struct options *options, struct result *result);
void image_run(const struct options *options, struct result *result);
void hold_run(const struct options *options, struct result *result);
