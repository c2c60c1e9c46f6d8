/* SPDX-License-Identifier: Apache-2.0 */
/* The web layer's metrics. */
#include "web_metrics.h"

#include "http/server.h"

enum {
    REQUEST_SECONDS,
    SENT_BYTES,
    RECEIVED_BYTES,
    CONNECTIONS,
    CONNECTIONS_TOTAL,
    WORKERS,
    QUEUED,
    DATABASE_BYTES,
    STORAGE_BYTES,
};

static const char *const statuses[] = {"200", "201", "202", "204", "206", "304",   "400",
                                       "401", "403", "404", "405", "409", "413",   "415",
                                       "416", "429", "500", "503", "507", "other", NULL};
static const int status_codes[] = {200, 201, 202, 204, 206, 304, 400, 401, 403, 404,
                                   405, 409, 413, 415, 416, 429, 500, 503, 507};
static const char *const connection_states[] = {"busy", "idle", NULL};
static const char *const connection_ends[] = {"accepted", "refused", "handshake_failed", "deadline",
                                              NULL};
static const char *const worker_states[] = {"busy", "waiting", NULL};
static const char *const space_states[] = {"available", "total", NULL};
/* Microseconds: a manifest from the cache to a large upload. */
static const uint64_t bounds[] = {100,    500,     2500,    10000,    50000,
                                  250000, 1000000, 5000000, 30000000, 0};

static struct metric table[] = {
    [REQUEST_SECONDS] = {.name = "quay_request_duration_seconds",
                         .help = "Time from a request's head to its end.",
                         .kind = METRIC_HISTOGRAM,
                         .labels = {{"route", NULL}, {"status", statuses}},
                         .bounds = bounds,
                         .decimals = 6},
    [SENT_BYTES] = {.name = "wharf_http_sent_bytes_total",
                    .help = "Bytes of replies.",
                    .kind = METRIC_COUNTER},
    [RECEIVED_BYTES] = {.name = "wharf_http_received_bytes_total",
                        .help = "Bytes of request bodies.",
                        .kind = METRIC_COUNTER},
    [CONNECTIONS] = {.name = "wharf_http_connections",
                     .help = "Open connections.",
                     .kind = METRIC_GAUGE,
                     .labels = {{"state", connection_states}}},
    [CONNECTIONS_TOTAL] = {.name = "wharf_http_connections_total",
                           .help = "Connections by how they began or ended.",
                           .kind = METRIC_COUNTER,
                           .labels = {{"event", connection_ends}}},
    [WORKERS] = {.name = "wharf_http_workers",
                 .help = "Worker threads.",
                 .kind = METRIC_GAUGE,
                 .labels = {{"state", worker_states}}},
    [QUEUED] = {.name = "wharf_http_queued_requests",
                .help = "Requests waiting for a worker.",
                .kind = METRIC_GAUGE},
    [DATABASE_BYTES] = {.name = "wharf_database_bytes",
                        .help = "Size of the database.",
                        .kind = METRIC_GAUGE},
    [STORAGE_BYTES] = {.name = "wharf_storage_bytes",
                       .help = "Space on the disk of the objects.",
                       .kind = METRIC_GAUGE,
                       .labels = {{"state", space_states}}},
};
const struct metric_set web_metrics = {table, ARRAY_LEN(table)};

void web_metrics_init(const char *const *routes)
{
    table[REQUEST_SECONDS].labels[0].values = routes;
    metrics_init(&web_metrics);
}

static size_t status_label(int status)
{
    size_t i = 0;
    while (i < ARRAY_LEN(status_codes) && status_codes[i] != status)
        i++;
    return i; /* behind the last: "other" */
}

void web_metrics_count(const struct web_request_metrics *request)
{
    struct metric *seconds = &table[REQUEST_SECONDS];
    size_t cell = metric_cell(seconds, request->route, status_label(request->status), 0);
    metric_observe(seconds, cell, (uint64_t)request->microseconds);
    metric_add(&table[SENT_BYTES], 0, request->sent);
    metric_add(&table[RECEIVED_BYTES], 0, request->received);
}

static void put(size_t metric, size_t cell, uint64_t value)
{
    metric_put(&table[metric], cell, (int64_t)value);
}

void web_metrics_refresh(const struct service *service)
{
    struct server_stats stats;
    struct blob_space space = {0};
    struct err ignored; /* what cannot be read now keeps its last value */
    server_stats(service->server, &stats);
    put(CONNECTIONS, 0, stats.open - stats.idle);
    put(CONNECTIONS, 1, stats.idle);
    put(CONNECTIONS_TOTAL, 0, stats.accepted);
    put(CONNECTIONS_TOTAL, 1, stats.refused);
    put(CONNECTIONS_TOTAL, 2, stats.handshakes_failed);
    put(CONNECTIONS_TOTAL, 3, stats.deadline_closed);
    put(WORKERS, 0, stats.workers_busy);
    put(WORKERS, 1, stats.workers - stats.workers_busy);
    put(QUEUED, 0, stats.queued);
    put(DATABASE_BYTES, 0, db_size(service->db));
    if (blob_store_space(service->blobs, &space, &ignored) == 0) {
        put(STORAGE_BYTES, 0, space.available);
        put(STORAGE_BYTES, 1, space.total);
    }
}
