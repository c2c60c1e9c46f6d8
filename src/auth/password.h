/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: bcrypt, and what keeps its price in bounds.
 *
 * A comparison costs a quarter of a second on purpose. So a password that was right is remembered
 * for a minute, as an HMAC under a key that this process drew; and only so many comparisons run or
 * wait at the same time, so that a storm of logins leaves workers for everybody else. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/macro.h"
#include "base/str.h"

enum {
    PASSWORD_REMEMBER_MS = 60 * 1000,
    PASSWORD_HASH_SIZE = 64,
    PASSWORD_COST_MIN = 4,
    PASSWORD_COST_MAX = 16, /* some seconds; a hash that says more is not computed */
};

struct password_checker;

/* 0 means the default: see auth_config. */
struct password_checker *password_checker_new(unsigned cost, unsigned running, unsigned waiting);
void password_checker_free(struct password_checker *checker);
DEFINE_CLEANUP(struct password_checker, password_checker_free)

/* The bcrypt hash ("$2b$...") of a password that account_check_password accepts, for
 * account.password_hash. ERR_BUSY when too many are computed already. */
int password_hash(struct password_checker *checker, struct str password,
                  char out[PASSWORD_HASH_SIZE], struct err *err);

/* Whether a comparison that was made within the last minute said yes. Costs microseconds. */
bool password_remembered(struct password_checker *checker, const char *hash, struct str password,
                         int64_t now_ms);

/* Wait for a turn to compute; ERR_BUSY at once when too many wait already, or after a few seconds.
 * Then exactly one password_leave. */
int password_enter(struct password_checker *checker, struct err *err);
void password_leave(struct password_checker *checker);

/* Compare within a turn, and remember a success. `hash` is bcrypt ($2a$, $2b$, $2y$). When it is
 * NULL (unknown user, no password) or not bcrypt the answer is no and takes as long. */
bool password_compare(struct password_checker *checker, const char *hash, struct str password,
                      int64_t now_ms);
