/* SPDX-License-Identifier: Apache-2.0 */
/* Events. One list of all listeners: there are as many as open pages, and something is told only a
 * few times a second. Who is gone is dropped on the way. */
#include "events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/buf.h"
#include "codec/jw.h"

enum { EVENT_MAX = 8 * 1024 };

struct listener {
    struct listener *next;
    int64_t account_id;
    struct stream *stream;
    char names[EVENTS_NAMES_MAX];
};

struct events {
    pthread_mutex_t lock; /* first */
    struct listener *first;
    atomic_size_t count; /* written under the lock, read without */
};

struct events *events_new(void)
{
    struct events *events = calloc(1, sizeof *events);
    if (!events)
        abort();
    pthread_mutex_init(&events->lock, NULL);
    return events;
}

static void drop(struct events *events, struct listener **at)
{
    struct listener *listener = *at;
    *at = listener->next;
    stream_unref(listener->stream);
    free(listener);
    atomic_fetch_sub(&events->count, 1);
}

void events_free(struct events *events)
{
    if (!events)
        return;
    while (events->first)
        drop(events, &events->first);
    pthread_mutex_destroy(&events->lock);
    free(events);
}

/* Drop who is gone; how many of the account stay. With the lock held. */
static size_t sweep(struct events *events, int64_t account_id)
{
    size_t count = 0;
    for (struct listener **at = &events->first; *at;) {
        if (stream_is_over((*at)->stream)) {
            drop(events, at);
            continue;
        }
        count += (*at)->account_id == account_id;
        at = &(*at)->next;
    }
    return count;
}

int events_subscribe(struct events *events, int64_t account_id, const char *names,
                     struct stream *stream, struct err *err)
{
    size_t len = strlen(names);
    if (len >= EVENTS_NAMES_MAX)
        return err_set(err, ERR_TOO_LARGE, "events: longer than %d characters", EVENTS_NAMES_MAX);
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        abort();
    listener->account_id = account_id;
    memcpy(listener->names, names, len + 1);
    pthread_mutex_lock(&events->lock);
    bool full = sweep(events, account_id) >= EVENTS_PER_ACCOUNT;
    if (!full) {
        listener->stream = stream_ref(stream);
        listener->next = events->first;
        events->first = listener;
        atomic_fetch_add(&events->count, 1);
    }
    pthread_mutex_unlock(&events->lock);
    if (!full)
        return 0;
    free(listener);
    return err_set(err, ERR_TOO_MANY, "more than %d pages of this user are listening",
                   EVENTS_PER_ACCOUNT);
}

static bool wants(const struct listener *listener, const char *name)
{
    struct str rest = str_of(listener->names), one;
    while (str_cut(&rest, ',', &one)) {
        if (str_eq_text(str_trim(one), name))
            return true;
    }
    return false;
}

void events_publish(struct events *events, int64_t account_id, const char *name, struct str data)
{
    if (atomic_load_explicit(&events->count, memory_order_relaxed) == 0)
        return;
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, EVENT_MAX);
    buf_add_text(&text, "data: ");
    jw_begin_object(&w);
    jw_member_text(&w, "event", name);
    jw_key(&w, "data");
    jw_raw(&w, data);
    jw_end_object(&w);
    buf_add_text(&text, "\n\n");
    if (!buf_ok(&text))
        return; /* names are short: this is none of ours */
    pthread_mutex_lock(&events->lock);
    for (struct listener **at = &events->first; *at;) {
        struct listener *listener = *at;
        bool told = listener->account_id == account_id && wants(listener, name);
        if (told && !stream_write(listener->stream, buf_str(&text)))
            drop(events, at);
        else
            at = &listener->next;
    }
    pthread_mutex_unlock(&events->lock);
}
