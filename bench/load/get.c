/* SPDX-License-Identifier: Apache-2.0 */
/* get: as many requests as N kept connections carry, one at a time on each, the paths in turn.
 * One thread and one epoll: with two cores a second thread would only take from the server. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "conn.h"
#include "probe.h"

enum { EVENTS = 256, READ_SIZE = 64 * 1024 };

struct client {
    struct conn conn;
    size_t path; /* the next request's */
    int64_t sent_ns;
    struct response response;
};

struct run {
    const struct options *options;
    struct result *result;
    struct client *clients;
    struct buf requests[PATHS_MAX]; /* one ready text for each path */
    int epoll;
    char data[READ_SIZE];
};

static void send_next(struct run *run, struct client *client)
{
    const struct buf *text = &run->requests[client->path];
    client->path = (client->path + 1) % run->options->path_count;
    response_start(&client->response);
    client->sent_ns = probe_now_ns();
    conn_write(&client->conn, text->ptr, text->len);
}

static void open_clients(struct run *run)
{
    for (unsigned i = 0; i < run->options->connections; i++) {
        struct client *client = &run->clients[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        conn_open(run->options, &client->conn);
        conn_set_nonblocking(&client->conn);
        client->path = i % run->options->path_count;
        if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->conn.fd, &event) != 0)
            die("epoll: %s", strerror(errno));
    }
    for (unsigned i = 0; i < run->options->connections; i++)
        send_next(run, &run->clients[i]);
}

static void on_answer(struct run *run, struct client *client)
{
    response_expect(&client->response, 0, run->options->paths[0]);
    hist_add(&run->result->latency, probe_now_ns() - client->sent_ns);
    run->result->requests++;
    run->result->bytes += client->response.body;
    send_next(run, client);
}

/* Read to the end of the answer, or until there is nothing more. */
static void on_readable(struct run *run, struct client *client)
{
    for (;;) {
        ssize_t got = conn_read(&client->conn, run->data, sizeof run->data);
        if (got < 0)
            return;
        if (got == 0)
            die("the server closed a kept connection after %llu requests",
                (unsigned long long)run->result->requests);
        response_feed(&client->response, run->data, (size_t)got);
        if (client->response.phase == RESPONSE_DONE) {
            on_answer(run, client);
            return; /* there is one request at a time, so nothing can be waiting in OpenSSL */
        }
    }
}

static void loop(struct run *run, unsigned ms)
{
    struct epoll_event events[EVENTS];
    int64_t end_ns = probe_now_ns() + (int64_t)ms * 1000000;
    while (probe_now_ns() < end_ns) {
        int count = epoll_wait(run->epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++)
            on_readable(run, events[i].data.ptr);
    }
}

void get_run(const struct options *options, struct result *result)
{
    struct moment start, end;
    struct run *run = calloc(1, sizeof *run);
    struct client *clients = calloc(options->connections, sizeof *clients);
    if (!run || !clients || options->path_count == 0)
        die("get needs a path");
    *run = (struct run){.options = options,
                        .result = result,
                        .clients = clients,
                        .epoll = epoll_create1(EPOLL_CLOEXEC)};
    for (size_t i = 0; i < options->path_count; i++)
        conn_request(options, "GET", options->paths[i], "", &run->requests[i]);
    open_clients(run);
    loop(run, options->warm_ms);
    result->latency = (struct hist){0};
    result->requests = result->bytes = 0;
    probe_moment(options, &start);
    loop(run, options->ms);
    probe_moment(options, &end);
    probe_window(options, &start, &end, result);
}
