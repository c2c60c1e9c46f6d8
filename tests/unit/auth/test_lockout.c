/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/lockout.h"

#include "unit.h"

static void test_remaining(void **state)
{
    (void)state;
    static const struct {
        int64_t failures, failed_ms, now_ms, want;
    } cases[] = {
        {0, 0, 0, 0},
        {0, 5000, 5000, 0},
        {-1, 5000, 5000, 0},
        {1, 5000, 5000, 0},
        {2, 5000, 5000, 500},
        {2, 5000, 5499, 1},
        {2, 5000, 5500, 0},
        {3, 5000, 5000, 1500},
        {4, 5000, 5000, 3500},
        {5, 5000, 5000, 7500},
        {6, 5000, 10000, 10500},
        {11, 5000, 5000, 511500},
        {12, 5000, 5000, LOCKOUT_MAX_MS},
        {64, 5000, 5000, LOCKOUT_MAX_MS},
        {INT64_MAX, 5000, 5000, LOCKOUT_MAX_MS},
        {INT64_MAX, 5000, 5000 + LOCKOUT_MAX_MS, 0},
        {2, 5000, 1000, 500}, /* the clock was set back */
        {2, INT64_MAX, 1000, 500},
        {20, 0, INT64_MAX, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(
            lockout_remaining_ms(cases[i].failures, cases[i].failed_ms, cases[i].now_ms),
            cases[i].want);
}

/* Each failure makes the wait longer, until the longest. */
static void test_grows(void **state)
{
    (void)state;
    for (int64_t n = 1 + LOCKOUT_FREE; n < 100; n++) {
        int64_t before = lockout_remaining_ms(n - 1, 0, 0), after = lockout_remaining_ms(n, 0, 0);
        assert_true(after > before || after == LOCKOUT_MAX_MS);
    }
}

static void test_retry_after(void **state)
{
    (void)state;
    static const struct {
        int64_t ms, want;
    } cases[] = {{0, 1}, {1, 1}, {999, 1}, {1000, 1}, {1001, 2}, {2000, 2}, {LOCKOUT_MAX_MS, 900}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(lockout_retry_after_s(cases[i].ms), cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remaining),
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_retry_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
