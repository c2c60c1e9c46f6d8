/* SPDX-License-Identifier: Apache-2.0 */
/* Audit entries that may wait: pulls, logins and refusals, which change nothing and so have no
 * transaction to be written in. They are kept in memory and written together, about once a second.
 *
 * Each reactor has a slot of its own with its own lock, so that none waits for another. When many
 * events that differ in nothing but their time come within one such second, from the third dozen on
 * they become one entry that says how many they were: a storm of pulls costs a few rows. What a
 * full slot cannot take is counted as dropped. */
#pragma once

#include "base/digest.h"
#include "domain/audit.h"

enum {
    AUDIT_PAIRS_MAX = 16,
    AUDIT_VALUE_MAX = 1024,                /* bytes of a value; longer ones are cut */
    AUDIT_ALIKE_AFTER = 32,                /* events of a slot before alike ones are counted */
    AUDIT_SLOT_BYTES_MAX = 8 * 1024 * 1024 /* of waiting events */
};

struct audit_pair {
    const char *key;  /* a literal: kept by reference */
    struct str value; /* copied; ptr NULL: the pair is left out */
};

struct audit_event {
    enum audit_kind kind;
    int64_t namespace_id; /* 0: that of namespace_name */
    int64_t repository_id;
    int64_t performer_id;
    struct str namespace_name; /* looked up when the entry is written; empty: none */
    struct str repository;     /* in that namespace, likewise */
    struct str ip;
    struct digest digest; /* AUDIT_PULL_REPO: the manifest; len 0: not counted */
    bool by_tag;          /* and the pair "tag" says by which tag */
    struct audit_pair pairs[AUDIT_PAIRS_MAX];
    size_t pair_count;
};

/* Append a pair. Aborts when there are more than AUDIT_PAIRS_MAX. */
void audit_event_add(struct audit_event *event, const char *key, struct str value);

struct audit_queue;

struct audit_queue_config {
    unsigned slots;
    bool pull_statistics; /* pulls of tags and manifests are counted too */
};

/* An empty queue. */
struct audit_queue *audit_queue_new(const struct audit_queue_config *config);
/* What was not written is lost. NULL is fine. */
void audit_queue_free(struct audit_queue *queue);
DEFINE_CLEANUP(struct audit_queue, audit_queue_free)

/* Take an event, copying it. False when there is no room: it is dropped and counted. Waits for
 * nothing but other users of the same slot. */
bool audit_queue_add(struct audit_queue *queue, unsigned slot, const struct audit_event *event,
                     int64_t now_ms);
/* Write everything that has been added, in transactions of bounded size: the number of entries, or
 * -1. After a failure what is not written stays for the next call. Any thread may call it. */
int64_t audit_queue_flush(struct audit_queue *queue, struct db *db, struct err *err);
/* Write one event now, in the caller's transaction. */
int audit_queue_write(const struct audit_queue *queue, struct db_tx *tx,
                      const struct audit_event *event, int64_t now_ms, struct err *err);

struct audit_queue_stats {
    uint64_t added;   /* events taken since the start */
    uint64_t dropped; /* events for which there was no room */
};
/* What was counted since the start. */
void audit_queue_stats(struct audit_queue *queue, struct audit_queue_stats *out);
