/* SPDX-License-Identifier: Apache-2.0 */
/* The histogram. A value's bucket is the position of its highest bit and the five bits behind it;
 * values below 32 ns have a bucket each. */
#include "hist.h"

static unsigned bucket_of(uint64_t ns)
{
    if (ns < HIST_SUB)
        return (unsigned)ns;
    unsigned shift = 58 - (unsigned)__builtin_clzll(ns); /* leaves six bits: 32 to 63 */
    unsigned bucket = (shift + 1) * HIST_SUB + (unsigned)(ns >> shift) - HIST_SUB;
    return bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1;
}

/* The middle of a bucket. */
static double value_of(unsigned bucket)
{
    if (bucket < HIST_SUB)
        return bucket;
    unsigned shift = bucket / HIST_SUB - 1;
    double width = (double)(UINT64_C(1) << shift);
    return (bucket % HIST_SUB + HIST_SUB) * width + width / 2;
}

void hist_add(struct hist *hist, int64_t ns)
{
    hist->counts[bucket_of(ns < 0 ? 0 : (uint64_t)ns)]++;
    hist->total++;
}

void hist_merge(struct hist *hist, const struct hist *other)
{
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        hist->counts[i] += other->counts[i];
    hist->total += other->total;
}

double hist_at(const struct hist *hist, double share)
{
    double wanted = share * (double)hist->total;
    uint64_t seen = 0;
    for (unsigned i = 0; i < HIST_BUCKETS; i++) {
        seen += hist->counts[i];
        if (hist->counts[i] > 0 && (double)seen >= wanted)
            return value_of(i) / 1000.0;
    }
    return 0;
}
