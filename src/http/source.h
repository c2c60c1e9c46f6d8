/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the file behind a reply without making the reactor wait for the disk: what is not in
 * memory is fetched by a worker first. */
#pragma once

#include <sys/types.h>

#include "engine.h"

enum { SOURCE_COLD = -2 }; /* not in memory */

/* Read up to `len` bytes at exchange->file_at: how many, 0 at the end of the file, -1 on failure,
 * SOURCE_COLD. */
ssize_t source_read(struct exchange *exchange, char *data, size_t len);
/* Whether the next `len` bytes seem to be in memory. */
bool source_is_warm(struct exchange *exchange, size_t len);
/* On a worker: bring the next bytes into memory, using the scratch buffer. The read that follows
 * is done even if they have left it again, so that there always is progress. */
void source_warm(struct exchange *exchange, char *scratch, size_t len);
