/* SPDX-License-Identifier: Apache-2.0 */
#include "http/timer.h"

#include "unit.h"

static const int64_t after_ms[TIMER_KINDS] = {
    [TIMER_IDLE] = 100, [TIMER_HEAD] = 10, [TIMER_HANDSHAKE] = 20,
    [TIMER_BODY] = 30,  [TIMER_SEND] = 40, [TIMER_LINGER] = 50,
};

static void test_order(void **state)
{
    (void)state;
    struct timers timers;
    struct timer a = {0}, b = {0}, c = {0};
    timer_init(&timers, after_ms);
    assert_null(timer_expired(&timers, 1000));
    assert_int_equal(timer_wait(&timers, 0, 500), 500);
    timer_set(&timers, &a, TIMER_IDLE, 0); /* 100 */
    timer_set(&timers, &b, TIMER_IDLE, 5); /* 105 */
    timer_set(&timers, &c, TIMER_HEAD, 0); /* 10 */
    assert_int_equal(timer_wait(&timers, 0, 500), 10);
    assert_int_equal(timer_wait(&timers, 50, 500), 0);
    assert_null(timer_expired(&timers, 9));
    assert_ptr_equal(timer_expired(&timers, 10), &c);
    timer_set(&timers, &c, TIMER_NEVER, 10);
    assert_null(timer_expired(&timers, 99));
    assert_ptr_equal(timer_first(&timers, TIMER_IDLE), &a);
    timer_set(&timers, &a, TIMER_IDLE, 90); /* moves behind b */
    assert_ptr_equal(timer_first(&timers, TIMER_IDLE), &b);
    assert_ptr_equal(timer_expired(&timers, 105), &b);
    timer_remove(&b);
    timer_remove(&b); /* twice is fine */
    assert_null(timer_expired(&timers, 189));
    assert_ptr_equal(timer_expired(&timers, 190), &a);
    timer_remove(&a);
    assert_null(timer_expired(&timers, INT64_MAX / 2));
    timer_remove(&c);
    assert_null(timer_first(&timers, TIMER_NEVER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
