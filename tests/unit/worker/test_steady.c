/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/steady.h"

#include "unit.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static void a_leap_ahead_is_waited_out(void **state)
{
    static const struct {
        int64_t passes, leaps; /* since the row before: real time, and what the clock gains */
        bool steady;
        bool leapt;
    } looks[] = {
        {0, 0, true, false},
        {30 * SECOND, 0, true, false},
        {30 * SECOND, 2 * SECOND, true, false}, /* a correction */
        {30 * SECOND, 5 * MINUTE, true, false},
        {30 * SECOND, 5 * MINUTE + 1, false, true},
        {14 * MINUTE, 0, false, false},
        {1 * MINUTE, 0, true, false},
        {30 * SECOND, -60 * MINUTE, true, false}, /* back: everything just lasts longer */
        {30 * SECOND, 60 * MINUTE, false, true},
        {10 * MINUTE, 60 * MINUTE, false, true}, /* and again: from here anew */
        {14 * MINUTE, 0, false, false},
        {1 * MINUTE, 0, true, false},
    };
    struct steady steady = {0};
    int64_t mono = 77 * MINUTE, wall = 1790000000000;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
        int64_t leapt;
        mono += looks[i].passes;
        wall += looks[i].passes + looks[i].leaps;
        bool found = steady_check(&steady, wall, mono, &leapt);
        if (found != looks[i].steady || (leapt != 0) != looks[i].leapt)
            fail_msg("look %zu: steady %d, leapt %lld", i, found, (long long)leapt);
        if (leapt)
            assert_int_equal(leapt, looks[i].leaps);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_leap_ahead_is_waited_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
