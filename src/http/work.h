/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's part of a request: start, body, finish. */
#pragma once

#include "engine.h"

/* The pool's run function; the job is a connection with a current request, or with a reply
 * whose file is not in memory. */
void work_run(struct job *job, struct pool_scratch *scratch);
