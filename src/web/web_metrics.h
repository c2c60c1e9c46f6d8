/* SPDX-License-Identifier: Apache-2.0 */
/* What the web layer counts: requests, their time, bytes; and the gauges that are read when
 * somebody asks. Names that Quay's dashboards know are Quay's. */
#pragma once

#include "base/metrics.h"
#include "web/service.h"

extern const struct metric_set web_metrics;

/* Make room. `routes` (NULL-ended, kept) are the labels of requests; the last is for no route. */
void web_metrics_init(const char *const *routes);

struct web_request_metrics {
    size_t route; /* index into routes */
    int status;
    int64_t microseconds;
    uint64_t sent, received;
};
/* Count a finished request. On a reactor: waits for nothing. */
void web_metrics_count(const struct web_request_metrics *request);
/* Bring the gauges up to date. */
void web_metrics_refresh(const struct service *service);
