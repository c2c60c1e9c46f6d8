/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's thread: looks at what is due every half minute, and works it off in the pace that
 * pushes leave it. */
#pragma once

#include "base/metrics.h"
#include "domain/expiry.h"
#include "domain/gc.h"

struct gc_worker;

struct gc_worker_config {
    struct db *db; /* borrowed, as is the store */
    struct blob_store *store;
    struct gc_policy policy;
    struct expiry_policy expiry;
    int64_t interval_ms;      /* between two looks [30 s] */
    int64_t (*wall_ms)(void); /* the clock that decides what is due [clock_wall_ms] */
};

/* Start the thread. The first look comes after one interval, when a clock that was wrong at boot
 * has been set. */
int gc_worker_start(const struct gc_worker_config *config, struct gc_worker **out, struct err *err);
/* End it, at most one short transaction later, and wait for that. NULL is fine. */
void gc_worker_stop(struct gc_worker *worker);
DEFINE_CLEANUP(struct gc_worker, gc_worker_stop)

/* For /metrics; counts nothing before metrics_init. */
extern const struct metric_set gc_metrics;
