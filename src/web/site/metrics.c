/* SPDX-License-Identifier: Apache-2.0 */
/* GET /metrics: everything that is counted, for Prometheus. */
#include "base/metrics.h"

#include "site.h"
#include "web/web_metrics.h"

enum { METRICS_MAX = 4 * 1024 * 1024 };

static int metrics_get(struct call *call, struct err *err)
{
    _cleanup_buf_ struct buf body;
    buf_init(&body, METRICS_MAX);
    web_metrics_refresh(call->service);
    metrics_write(&body, call->service->metrics, call->service->metric_count);
    return call_reply(call, 200, "text/plain; version=0.0.4; charset=utf-8", &body, err);
}

static const struct route metrics_routes[] = {
    {METHOD_GET, "/metrics", "metrics", "Counters and gauges in Prometheus's text format.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .handler = metrics_get},
};
const struct route_table site_metrics_table = ROUTES(metrics_routes);
