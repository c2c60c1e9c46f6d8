/* SPDX-License-Identifier: Apache-2.0 */
/* What the collector's thread shows about itself. */
#pragma once

#include "worker/gc.h"

/* Count what a pass did. */
void gc_metrics_pass(const struct gc_report *report, int64_t took_us, bool failed);
/* Show the queue as it is now. */
void gc_metrics_queue(const struct gc_queue_stats *stats, int64_t now_ms);
