/* SPDX-License-Identifier: Apache-2.0 */
/* Lockout: from the second failed login in a row an account refuses logins, each time for twice as
 * long, whatever the password. The first costs nothing: containerd asks twice for one password, and
 * its user must read that it was wrong. Pure functions of account.failed_logins and failed_ms. */
#pragma once

#include <stdint.h>

enum { LOCKOUT_FREE = 1, LOCKOUT_STEP_MS = 500, LOCKOUT_MAX_MS = 15 * 60 * 1000 };

/* Milliseconds until a login is looked at again, 0 when now: after n failures in a row
 * LOCKOUT_STEP_MS * (2^(n - LOCKOUT_FREE) - 1) since the last, at most LOCKOUT_MAX_MS. A failure
 * that lies in the future (a clock was set back) counts as having happened now. */
int64_t lockout_remaining_ms(int64_t failures, int64_t failed_ms, int64_t now_ms);

/* Whole seconds for Retry-After: rounded up, at least 1. */
int64_t lockout_retry_after_s(int64_t remaining_ms);
