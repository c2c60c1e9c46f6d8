/* SPDX-License-Identifier: Apache-2.0 */
/* What happens right now, told to the pages that a user has open. Nothing is kept: who does not
 * listen misses it. May be used from any thread. */
#pragma once

#include "base/err.h"
#include "http/stream.h"

enum {
    EVENTS_PER_ACCOUNT = 32, /* listeners at once */
    EVENTS_NAMES_MAX = 256,  /* bytes of a list of names */
};

struct events;

/* Nobody listens yet. */
struct events *events_new(void);
/* All listeners must have been cut off: after the server has stopped. NULL is fine. */
void events_free(struct events *events);

/* Send what happens to an account into the stream, of which a reference is kept until it is over.
 * `names` is a list of events with commas in between. ERR_TOO_MANY, ERR_TOO_LARGE. */
int events_subscribe(struct events *events, int64_t account_id, const char *names,
                     struct stream *stream, struct err *err);
/* Tell all listeners of the account who want this event; `data` is a JSON value. Costs next to
 * nothing while nobody listens. */
void events_publish(struct events *events, int64_t account_id, const char *name, struct str data);
