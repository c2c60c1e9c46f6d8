/* SPDX-License-Identifier: Apache-2.0 */
/* A reply without an end: bytes that any thread adds while the client keeps listening. It holds a
 * connection and some memory, but no thread. */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "base/str.h"

enum { STREAM_PENDING_MAX = 64 * 1024 }; /* bytes that may wait for a slow client */

struct stream;

/* A stream with one reference. `beat` (a literal) is sent now and then while nothing else is, to
 * find out whether the client is still there. */
struct stream *stream_new(const char *beat);
/* One more reference, from any thread; one less, NULL is fine. */
struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream *stream);
DEFINE_CLEANUP(struct stream, stream_unref)

/* Add bytes, from any thread and without waiting. False when the stream is over: the client is
 * gone, or takes too little, and then it is cut off. */
bool stream_write(struct stream *stream, struct str data);
/* Whether it is over. */
bool stream_is_over(struct stream *stream);
/* Send what is there, and end it. */
void stream_end(struct stream *stream);
