/* SPDX-License-Identifier: Apache-2.0 */
/* The thread sleeps on a condition, so that stopping wakes it at once. */
#include "worker/ticker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct ticker {
    struct ticker_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping; /* guarded by lock */
};

/* True when the thread is to end; false after the interval. */
static bool wait(struct ticker *ticker)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + ticker->config.interval_ms % 1000 * 1000000;
    until.tv_sec += ticker->config.interval_ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&ticker->lock);
    int rc = 0;
    while (!ticker->stopping && rc == 0)
        rc = pthread_cond_timedwait(&ticker->wake, &ticker->lock, &until);
    bool stopping = ticker->stopping;
    pthread_mutex_unlock(&ticker->lock);
    return stopping;
}

static void *loop(void *context)
{
    struct ticker *ticker = context;
    while (!wait(ticker))
        ticker->config.tick(ticker->config.context);
    return NULL;
}

static void destroy(struct ticker *ticker)
{
    pthread_cond_destroy(&ticker->wake);
    pthread_mutex_destroy(&ticker->lock);
    free(ticker);
}

int ticker_start(const struct ticker_config *config, struct ticker **out, struct err *err)
{
    struct ticker *ticker = calloc(1, sizeof *ticker);
    pthread_condattr_t monotonic;
    if (!ticker)
        abort();
    ticker->config = *config;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&ticker->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&ticker->lock, NULL);
    /* The thread may look at *out, so it is set before it runs. */
    *out = ticker;
    if (pthread_create(&ticker->thread, NULL, loop, ticker) == 0)
        return 0;
    *out = NULL;
    destroy(ticker);
    return err_set(err, ERR_INTERNAL, "a thread cannot be started");
}

void ticker_stop(struct ticker *ticker)
{
    if (!ticker)
        return;
    pthread_mutex_lock(&ticker->lock);
    ticker->stopping = true;
    pthread_cond_signal(&ticker->wake);
    pthread_mutex_unlock(&ticker->lock);
    pthread_join(ticker->thread, NULL);
    destroy(ticker);
}

bool ticker_is_stopping(struct ticker *ticker)
{
    pthread_mutex_lock(&ticker->lock);
    bool stopping = ticker->stopping;
    pthread_mutex_unlock(&ticker->lock);
    return stopping;
}
