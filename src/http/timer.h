/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines of connections. Every kind of wait has one fixed length, so a list for each kind, in
 * the order of arming, is already sorted: arming, moving and finding the next are O(1). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum timer_kind {
    TIMER_IDLE,      /* no request has begun */
    TIMER_HEAD,      /* a head is arriving */
    TIMER_HANDSHAKE, /* TLS */
    TIMER_BODY,      /* the next piece of a body */
    TIMER_SEND,      /* the peer takes no bytes */
    TIMER_STREAM,    /* the next beat of a stream */
    TIMER_LINGER,    /* swallowing what nobody wants */
    TIMER_NEVER,     /* a worker has the connection */
    TIMER_KINDS,
};

struct timer {
    struct timer *previous, *next;
    int64_t deadline_ms;
};

struct timers {
    struct timer heads[TIMER_KINDS]; /* rings */
    int64_t after_ms[TIMER_KINDS];
};

/* No timers yet; each kind waits for so long. */
void timer_init(struct timers *timers, const int64_t after_ms[TIMER_KINDS]);
/* Arm, or move an armed timer to another kind or a later deadline. {0} is an unarmed timer. */
void timer_set(struct timers *timers, struct timer *timer, enum timer_kind kind, int64_t now_ms);
void timer_remove(struct timer *timer);
/* A timer that has passed its deadline, still armed, or NULL. */
struct timer *timer_expired(const struct timers *timers, int64_t now_ms);
/* The oldest of a kind, or NULL. */
struct timer *timer_first(const struct timers *timers, enum timer_kind kind);
/* Milliseconds until the next deadline, at most `most`. */
int timer_wait(const struct timers *timers, int64_t now_ms, int most);
