/* SPDX-License-Identifier: Apache-2.0 */
/* Deadline lists: intrusive rings, the head of each being its own sentinel. */
#include "timer.h"

#include <stddef.h>

void timer_init(struct timers *timers, const int64_t after_ms[TIMER_KINDS])
{
    for (size_t i = 0; i < TIMER_KINDS; i++) {
        struct timer *head = &timers->heads[i];
        head->previous = head->next = head;
        timers->after_ms[i] = after_ms[i];
    }
}

void timer_remove(struct timer *timer)
{
    if (!timer->next)
        return;
    timer->previous->next = timer->next;
    timer->next->previous = timer->previous;
    timer->previous = timer->next = NULL;
}

void timer_set(struct timers *timers, struct timer *timer, enum timer_kind kind, int64_t now_ms)
{
    timer_remove(timer);
    struct timer *head = &timers->heads[kind];
    timer->deadline_ms = now_ms + timers->after_ms[kind];
    timer->previous = head->previous;
    timer->next = head;
    head->previous->next = timer;
    head->previous = timer;
}

struct timer *timer_first(const struct timers *timers, enum timer_kind kind)
{
    const struct timer *head = &timers->heads[kind];
    return head->next == head ? NULL : head->next;
}

struct timer *timer_expired(const struct timers *timers, int64_t now_ms)
{
    for (size_t i = 0; i < TIMER_NEVER; i++) {
        struct timer *first = timer_first(timers, (enum timer_kind)i);
        if (first && first->deadline_ms <= now_ms)
            return first;
    }
    return NULL;
}

int timer_wait(const struct timers *timers, int64_t now_ms, int most)
{
    int64_t wait = most;
    for (size_t i = 0; i < TIMER_NEVER; i++) {
        const struct timer *first = timer_first(timers, (enum timer_kind)i);
        if (first && first->deadline_ms - now_ms < wait)
            wait = first->deadline_ms - now_ms;
    }
    return wait > 0 ? (int)wait : 0;
}
