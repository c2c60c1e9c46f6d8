/* SPDX-License-Identifier: Apache-2.0 */
/* Streams. A writer adds to `pending` and puts the stream into its reactor's queue, once until the
 * reactor has looked; the reactor moves the bytes into the connection. The connection is touched by
 * its reactor only: a stream that outlives it finds itself detached. */
#include "stream.h"

#include <stdlib.h>

#include "conn.h"
#include "reactor.h"
#include "stream_conn.h"

enum { BEATS_MAX = 180 }; /* an hour; clients that listen on ask again, and show who they are */

struct stream {
    atomic_uint references;
    const char *beat;
    pthread_mutex_t lock; /* all that follows, but next */
    struct buf pending;
    bool over;
    bool queued;
    unsigned beats;
    struct reactor *reactor; /* NULL: not attached */
    struct conn *conn;
    struct stream *next; /* in reactor->streams, under its inbox_lock; then of who took the list */
};

struct stream *stream_new(const char *beat)
{
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        abort();
    atomic_init(&stream->references, 1);
    stream->beat = beat;
    pthread_mutex_init(&stream->lock, NULL);
    buf_init(&stream->pending, STREAM_PENDING_MAX);
    return stream;
}

struct stream *stream_ref(struct stream *stream)
{
    atomic_fetch_add_explicit(&stream->references, 1, memory_order_relaxed);
    return stream;
}

void stream_unref(struct stream *stream)
{
    if (!stream || atomic_fetch_sub_explicit(&stream->references, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_destroy(&stream->lock);
    buf_done(&stream->pending);
    free(stream);
}

/* Have the reactor look at it. With the lock held. */
static void queue(struct stream *stream)
{
    struct reactor *reactor = stream->reactor;
    if (!reactor || stream->queued)
        return;
    stream->queued = true;
    stream_ref(stream);
    pthread_mutex_lock(&reactor->inbox_lock);
    bool was_empty = !reactor->streams;
    stream->next = reactor->streams;
    reactor->streams = stream;
    pthread_mutex_unlock(&reactor->inbox_lock);
    if (was_empty)
        reactor_wake(reactor);
}

bool stream_write(struct stream *stream, struct str data)
{
    pthread_mutex_lock(&stream->lock);
    if (!stream->over) {
        buf_add_str(&stream->pending, data);
        stream->over = !buf_ok(&stream->pending);
        queue(stream);
    }
    bool taken = !stream->over;
    pthread_mutex_unlock(&stream->lock);
    return taken;
}

bool stream_is_over(struct stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    bool over = stream->over;
    pthread_mutex_unlock(&stream->lock);
    return over;
}

void stream_end(struct stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->over = true;
    queue(stream);
    pthread_mutex_unlock(&stream->lock);
}

/* --- the engine's side --- */

void stream_attach(struct stream *stream, struct conn *conn)
{
    pthread_mutex_lock(&stream->lock);
    stream->conn = conn;
    stream->reactor = conn->reactor;
    pthread_mutex_unlock(&stream->lock);
}

void stream_detach(struct stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->over = true;
    stream->conn = NULL;
    stream->reactor = NULL;
    pthread_mutex_unlock(&stream->lock);
}

enum stream_state stream_pull(struct stream *stream, struct conn *conn)
{
    pthread_mutex_lock(&stream->lock);
    size_t len = stream->pending.len;
    enum stream_state state = len > 0 ? STREAM_MORE : stream->over ? STREAM_OVER : STREAM_QUIET;
    if (!conn->out.ptr && len > 0)
        engine_take(&conn->reactor->spare_out, &conn->out, OUT_MAX);
    buf_add_str(&conn->out, buf_str(&stream->pending));
    buf_truncate(&stream->pending, 0);
    pthread_mutex_unlock(&stream->lock);
    conn->last->sent += len;
    return state;
}

void stream_beat(struct stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    if (++stream->beats >= BEATS_MAX)
        stream->over = true;
    else
        buf_add_text(&stream->pending, stream->beat);
    pthread_mutex_unlock(&stream->lock);
}

static struct conn *serve(struct stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->queued = false;
    struct conn *conn = stream->conn;
    pthread_mutex_unlock(&stream->lock);
    return conn;
}

void stream_serve_all(struct stream *first)
{
    while (first) {
        struct stream *stream = first;
        first = stream->next;
        struct conn *conn = serve(stream);
        if (conn)
            conn_stream_ready(conn);
        stream_unref(stream);
    }
}
