/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the audit log: pages of it, and counts by day. Every query is bounded and walks an index
 * by time. */
#pragma once

#include "base/arena.h"
#include "codec/jw.h"
#include "domain/audit_kind.h"
#include "store/db/db.h"

enum { AUDIT_PAGE_MAX = 1000, AUDIT_COUNTS_MAX = 10000 };

struct audit_record {
    int64_t id;
    int64_t kind; /* enum audit_kind */
    int64_t at_ms;
    int64_t times;
    const char *ip;       /* NULL: not from the network */
    const char *metadata; /* a JSON object */
    int64_t namespace_id;
    const char *namespace_name; /* NULL: none, or gone since */
    int64_t namespace_kind;     /* enum account_kind */
    const char *namespace_email;
    int64_t repository_id;
    const char *repository_name; /* without the namespace; NULL: none, or gone since */
    int64_t performer_id;
    const char *performer_name; /* NULL: nobody who logged in, or gone since */
    int64_t performer_kind;
    const char *performer_email;
};

/* Which entries: from start_ms, before end_ms. */
struct audit_filter {
    int64_t namespace_id;  /* 0: any */
    int64_t repository_id; /* 0: any; else namespace_id does not count */
    int64_t performer_id;  /* of the namespace's; 0: any */
    bool no_service_keys;  /* without those of service keys */
    int64_t start_ms, end_ms;
};

/* Where a page begins. `{0}`: at the list's start. */
struct audit_cursor {
    int64_t at_ms, id;
};

/* A page (struct audit_record), newest first, of what is older than the cursor; at most
 * AUDIT_PAGE_MAX. */
int audit_log_page(struct db_tx *tx, struct arena *arena, const struct audit_filter *filter,
                   const struct audit_cursor *cursor, int64_t limit, struct list *out,
                   struct err *err);
/* A page, oldest first, of what is newer than the cursor. `performer_id` does not count. */
int audit_log_forward(struct db_tx *tx, struct arena *arena, const struct audit_filter *filter,
                      const struct audit_cursor *cursor, int64_t limit, struct list *out,
                      struct err *err);

struct audit_count {
    int64_t kind;
    int64_t day_ms; /* the day's begin, UTC */
    int64_t number;
};
/* How many there were (struct audit_count), by day and kind. */
int audit_log_counts(struct db_tx *tx, struct arena *arena, const struct audit_filter *filter,
                     struct list *out, struct err *err);

/* An entry as an object, as archives and the command line show it. */
void audit_record_write(struct jw *w, const struct audit_record *record);
