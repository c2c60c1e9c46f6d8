/* SPDX-License-Identifier: Apache-2.0 */
/* The pruner's thread: looks every half minute for namespaces whose turn it is, and prunes them in
 * the pace that pushes leave it. */
#pragma once

#include "domain/prune.h"

struct prune_worker;

struct prune_worker_config {
    struct prune prune; /* without stop, breathe and context */
    int64_t poll_ms;    /* between two looks [30 s] */
    int64_t turns_max;  /* in one look [10] */
};

/* Start the thread. The first look comes after poll_ms, when a clock that was wrong at boot has
 * been set. */
int prune_worker_start(const struct prune_worker_config *config, struct prune_worker **out,
                       struct err *err);
/* End it, at most one short transaction later, and wait for that. NULL is fine. */
void prune_worker_stop(struct prune_worker *worker);
DEFINE_CLEANUP(struct prune_worker, prune_worker_stop)
