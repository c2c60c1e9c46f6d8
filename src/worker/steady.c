/* SPDX-License-Identifier: Apache-2.0 */
/* The distance between the two clocks changes by a second here and there when a time server
 * corrects it, and by more only when somebody sets the clock or the machine has slept. */
#include "worker/steady.h"

bool steady_check(struct steady *steady, int64_t wall_ms, int64_t mono_ms, int64_t *leapt_ms_out)
{
    int64_t ahead = wall_ms - mono_ms;
    int64_t leapt = steady->looked ? ahead - steady->ahead_ms : 0;
    bool too_far = leapt > STEADY_LEAP_MS;
    steady->looked = true;
    steady->ahead_ms = ahead;
    if (too_far)
        steady->until_ms = mono_ms + STEADY_WAIT_MS;
    *leapt_ms_out = too_far ? leapt : 0;
    return mono_ms >= steady->until_ms;
}
