/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of latencies in buckets that are 1/32 of a power of two wide, so that any percentile is
 * known to about 3 % at a fixed cost, however many values there are. */
#pragma once

#include <stdint.h>

enum { HIST_SUB = 32, HIST_BUCKETS = 40 * HIST_SUB };

struct hist {
    uint64_t total;
    uint64_t counts[HIST_BUCKETS];
};

/* Count one value, in nanoseconds. */
void hist_add(struct hist *hist, int64_t ns);
/* Add all counts of `other`. */
void hist_merge(struct hist *hist, const struct hist *other);
/* The value, in microseconds, that a share (0 to 1) of all values does not exceed; 0 when empty. */
double hist_at(const struct hist *hist, double share);
