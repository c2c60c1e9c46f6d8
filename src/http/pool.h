/* SPDX-License-Identifier: Apache-2.0 */
/* The worker threads: they take jobs off one queue, in order. Threads start when there is more to
 * do than threads that wait, and end after a while without work. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct pool;

/* Embedded in what is to be worked on. */
struct job {
    struct job *next;
};

/* What a thread keeps from job to job. */
struct pool_scratch {
    char *body;  /* for reading bodies; allocated by the first job that needs it, freed when idle */
    char *ahead; /* the same for bytes that are not decrypted yet */
};

typedef void pool_run_fn(struct job *job, struct pool_scratch *scratch);

/* At most `threads` threads and, for jobs that may be refused, `queue_max` waiting ones. */
struct pool *pool_new(unsigned threads, size_t queue_max, pool_run_fn *run);
/* Let what is queued be worked off, then end and join the threads. */
void pool_free(struct pool *pool);
DEFINE_CLEANUP(struct pool, pool_free)

/* Queue a job. With `refusable`, false when the queue is full or no thread could be started. */
bool pool_submit(struct pool *pool, struct job *job, bool refusable);
/* Whether jobs wait for a thread. */
bool pool_is_behind(struct pool *pool);
void pool_counts(struct pool *pool, uint64_t *threads_out, uint64_t *busy_out,
                 uint64_t *queued_out);
