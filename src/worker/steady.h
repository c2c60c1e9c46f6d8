/* SPDX-License-Identifier: Apache-2.0 */
/* Is the wall clock to be trusted? What cannot be undone is not decided by a clock that has just
 * leapt ahead: a machine without a battery, a mistaken time server. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    STEADY_LEAP_MS = 5 * 60 * 1000, /* ahead of the clock that never jumps, in one look */
    STEADY_WAIT_MS = 15 * 60 * 1000,
};

/* `{0}` has not looked at a clock yet. */
struct steady {
    bool looked;
    int64_t ahead_ms; /* of the monotonic clock, at the last look */
    int64_t until_ms; /* monotonic: not steady before */
};

/* True when the wall clock has not leapt ahead for STEADY_WAIT_MS, or since the first look. Call it
 * regularly, with both clocks. *leapt_ms_out: how far it has leapt since the last look, or 0. */
bool steady_check(struct steady *steady, int64_t wall_ms, int64_t mono_ms, int64_t *leapt_ms_out);
