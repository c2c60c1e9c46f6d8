/* SPDX-License-Identifier: Apache-2.0 */
/* Streams as the engine sees them; private to this folder. */
#pragma once

#include "engine.h"
#include "stream.h"

enum stream_state { STREAM_QUIET, STREAM_MORE, STREAM_OVER };

/* Tie the stream of the reply to the connection that sends it. On the reactor, or on the worker
 * that has the connection. */
void stream_attach(struct stream *stream, struct conn *conn);
/* The connection ends. On its reactor. */
void stream_detach(struct stream *stream);
/* Move what is to be sent into conn->out. On the reactor. */
enum stream_state stream_pull(struct stream *stream, struct conn *conn);
/* Nothing was sent for a while: send a beat, or end a stream that is old. On the reactor. */
void stream_beat(struct stream *stream);

/* Let go of a list of streams that were written to, serving their connections on the way. On the
 * reactor. */
void stream_serve_all(struct stream *first);
