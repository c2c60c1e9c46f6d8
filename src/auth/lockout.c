/* SPDX-License-Identifier: Apache-2.0 */
/* Lockout. The end is capped, so that somebody who guesses at an account can delay its owner but
 * not shut him out. */
#include "lockout.h"

static int64_t penalty_ms(int64_t failures)
{
    enum { DOUBLINGS_MAX = 20 }; /* far beyond the cap, far below an overflow */
    if (failures <= LOCKOUT_FREE)
        return 0;
    failures -= LOCKOUT_FREE;
    int64_t doublings = failures < DOUBLINGS_MAX ? failures : DOUBLINGS_MAX;
    int64_t wait = LOCKOUT_STEP_MS * (((int64_t)1 << doublings) - 1);
    return wait < LOCKOUT_MAX_MS ? wait : LOCKOUT_MAX_MS;
}

int64_t lockout_remaining_ms(int64_t failures, int64_t failed_ms, int64_t now_ms)
{
    int64_t since = now_ms > failed_ms ? now_ms - failed_ms : 0;
    int64_t left = penalty_ms(failures) - since;
    return left > 0 ? left : 0;
}

int64_t lockout_retry_after_s(int64_t remaining_ms)
{
    return remaining_ms > 1000 ? (remaining_ms + 999) / 1000 : 1;
}
