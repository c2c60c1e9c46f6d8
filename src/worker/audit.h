/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that writes waiting audit entries to the database. */
#pragma once

#include "base/metrics.h"
#include "domain/audit_queue.h"

struct audit_worker;

struct audit_worker_config {
    struct db *db; /* borrowed, as is the queue */
    struct audit_queue *queue;
    int64_t interval_ms; /* between two looks [1 s] */
};

/* Start the thread that writes what the queue has. */
int audit_worker_start(const struct audit_worker_config *config, struct audit_worker **out,
                       struct err *err);
/* End the thread, then write what still waits. NULL is fine. */
void audit_worker_stop(struct audit_worker *worker);
DEFINE_CLEANUP(struct audit_worker, audit_worker_stop)

/* For /metrics; counts nothing before metrics_init. */
extern const struct metric_set audit_metrics;
