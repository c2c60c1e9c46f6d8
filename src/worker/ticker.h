/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that does one thing again and again, at an interval. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ticker;

struct ticker_config {
    int64_t interval_ms; /* between the end of one call and the next */
    void (*tick)(void *context);
    void *context; /* borrowed */
};

/* Start the thread; the first call comes after one interval. */
int ticker_start(const struct ticker_config *config, struct ticker **out, struct err *err);
/* End it, waiting for a call that is under way. NULL is fine. */
void ticker_stop(struct ticker *ticker);
DEFINE_CLEANUP(struct ticker, ticker_stop)
/* For long calls: true when somebody waits in ticker_stop. */
bool ticker_is_stopping(struct ticker *ticker);
