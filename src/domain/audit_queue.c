/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of audit entries. A slot's events are a list in an arena, with a hash table that finds
 * those alike; writing takes the whole batch away and leaves an empty one. */
#include "audit_queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/rand.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "domain/activity.h"
#include "domain/repository.h"

enum {
    BUCKETS = 4096,
    ROWS_AT_ONCE = 1000, /* of a transaction, so that pushes do not wait long */
    METADATA_MAX = 64 * 1024,
};

/* What two events must have in common to be alike. All texts lie behind it, one after another. */
struct facts {
    int64_t kind, namespace_id, repository_id, performer_id;
    struct digest digest;
    uint8_t by_tag, pair_count;
    uint16_t namespace_len, repository_len, ip_len;
    uint16_t value_lens[AUDIT_PAIRS_MAX];
    const char *keys[AUDIT_PAIRS_MAX];
};

struct packed {
    struct facts facts;
    char texts[(AUDIT_PAIRS_MAX + 3) * AUDIT_VALUE_MAX];
};

struct waiting {
    struct waiting *next;  /* in order of time */
    struct waiting *chain; /* of its bucket */
    uint64_t hash;
    int64_t at_ms;
    int64_t times;
    size_t len; /* of the facts */
    const struct facts *facts;
};

struct batch {
    struct batch *next;
    struct arena arena;
    struct waiting *first, **last;
    size_t count;
    struct waiting *buckets[BUCKETS];
};

struct slot {
    alignas(64) pthread_mutex_t lock;
    struct batch *batch; /* guarded by lock, as are the numbers; NULL: nothing waits */
    uint64_t added, dropped;
};

struct audit_queue {
    struct audit_queue_config config;
    struct hash_key key;
    pthread_mutex_t writing; /* one thread writes at a time */
    struct batch *held;      /* guarded by writing: taken off the slots, not written yet */
    struct slot *slots;
};

void audit_event_add(struct audit_event *event, const char *key, struct str value)
{
    if (event->pair_count == AUDIT_PAIRS_MAX)
        abort();
    event->pairs[event->pair_count++] = (struct audit_pair){key, value};
}

struct audit_queue *audit_queue_new(const struct audit_queue_config *config)
{
    struct audit_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        abort();
    queue->config = *config;
    queue->slots = aligned_alloc(alignof(struct slot), config->slots * sizeof *queue->slots);
    if (!queue->slots)
        abort();
    memset(queue->slots, 0, config->slots * sizeof *queue->slots);
    rand_bytes(&queue->key, sizeof queue->key);
    pthread_mutex_init(&queue->writing, NULL);
    for (unsigned i = 0; i < config->slots; i++)
        pthread_mutex_init(&queue->slots[i].lock, NULL);
    return queue;
}

static struct batch *batch_new(void)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        abort();
    batch->last = &batch->first;
    return batch;
}

static void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    arena_done(&batch->arena);
    free(batch);
}

void audit_queue_free(struct audit_queue *queue)
{
    if (!queue)
        return;
    for (unsigned i = 0; i < queue->config.slots; i++) {
        batch_free(queue->slots[i].batch);
        pthread_mutex_destroy(&queue->slots[i].lock);
    }
    for (struct batch *batch = queue->held, *next; batch; batch = next) {
        next = batch->next;
        batch_free(batch);
    }
    pthread_mutex_destroy(&queue->writing);
    free(queue->slots);
    free(queue);
}

static uint16_t append(char **at, struct str text)
{
    size_t len = size_min(text.ptr ? text.len : 0, AUDIT_VALUE_MAX);
    /* Not in the middle of a character: metadata is UTF-8. */
    while (len < text.len && len > 0 && ((uint8_t)text.ptr[len] & 0xc0) == 0x80)
        len--;
    if (len > 0)
        memcpy(*at, text.ptr, len);
    *at += len;
    return (uint16_t)len;
}

/* The event in one piece; returns its length. */
static size_t pack(const struct audit_event *event, struct packed *out)
{
    struct facts *facts = &out->facts;
    char *at = out->texts;
    memset(facts, 0, sizeof *facts);
    facts->kind = event->kind;
    facts->namespace_id = event->namespace_id;
    facts->repository_id = event->repository_id;
    facts->performer_id = event->performer_id;
    facts->digest = event->digest;
    facts->by_tag = event->by_tag;
    facts->namespace_len = append(&at, event->namespace_name);
    facts->repository_len = append(&at, event->repository);
    facts->ip_len = append(&at, event->ip);
    for (size_t i = 0; i < event->pair_count; i++) {
        if (!event->pairs[i].value.ptr)
            continue;
        facts->keys[facts->pair_count] = event->pairs[i].key;
        facts->value_lens[facts->pair_count++] = append(&at, event->pairs[i].value);
    }
    return (size_t)(at - (char *)out);
}

static struct waiting *find_alike(const struct batch *batch, uint64_t hash, struct str facts)
{
    struct waiting *waiting = batch->buckets[hash % BUCKETS];
    while (waiting && !(waiting->hash == hash && waiting->len == facts.len &&
                        memcmp(waiting->facts, facts.ptr, facts.len) == 0))
        waiting = waiting->chain;
    return waiting;
}

static bool add(struct slot *slot, uint64_t hash, struct str facts, int64_t now_ms)
{
    if (!slot->batch)
        slot->batch = batch_new();
    struct batch *batch = slot->batch;
    struct waiting *alike = batch->count < AUDIT_ALIKE_AFTER ? NULL
                                                             : find_alike(batch, hash, facts);
    if (alike) {
        alike->times++;
        return true;
    }
    if (batch->arena.total > AUDIT_SLOT_BYTES_MAX)
        return false;
    struct waiting *waiting = arena_alloc(&batch->arena, sizeof *waiting);
    *waiting = (struct waiting){
        .chain = batch->buckets[hash % BUCKETS],
        .hash = hash,
        .at_ms = now_ms,
        .times = 1,
        .len = facts.len,
        .facts = arena_memdup(&batch->arena, facts.ptr, facts.len),
    };
    batch->buckets[hash % BUCKETS] = waiting;
    *batch->last = waiting;
    batch->last = &waiting->next;
    batch->count++;
    return true;
}

bool audit_queue_add(struct audit_queue *queue, unsigned slot_index,
                     const struct audit_event *event, int64_t now_ms)
{
    struct packed packed;
    struct slot *slot = &queue->slots[slot_index % queue->config.slots];
    struct str facts = {(const char *)&packed, pack(event, &packed)};
    /* The texts name all that differs, but for few events; they are a third of the bytes. */
    struct str texts = {packed.texts, facts.len - offsetof(struct packed, texts)};
    uint64_t hash = hash_bytes(&queue->key, texts);
    pthread_mutex_lock(&slot->lock);
    bool taken = add(slot, hash, facts, now_ms);
    slot->added += taken;
    slot->dropped += !taken;
    pthread_mutex_unlock(&slot->lock);
    return taken;
}

/* The texts behind the facts, one after another. */
static struct str next_text(const char **at, size_t len)
{
    struct str text = {*at, len};
    *at += len;
    return text;
}

struct subject {
    int64_t namespace_id, repository_id;
};

static int find_subject(struct db_tx *tx, struct arena *arena, const struct facts *facts,
                        struct str namespace_name, struct str repository, struct subject *out,
                        struct err *err)
{
    *out = (struct subject){facts->namespace_id, facts->repository_id};
    if (out->namespace_id || namespace_name.len == 0)
        return 0;
    struct account account;
    struct repository found_repository;
    struct repository_name name = {NULL, arena_text(arena, namespace_name),
                                   arena_text(arena, repository)};
    int found = account_find_by_name(tx, arena, name.namespace_name, &account, err);
    if (found <= 0)
        return found;
    out->namespace_id = account.id;
    if (repository.len == 0)
        return 0;
    found = repository_find(tx, arena, &name, &found_repository, err);
    if (found > 0)
        out->repository_id = found_repository.id;
    return found < 0 ? -1 : 0;
}

/* Fills *tag_out with the value of the pair "tag". */
static void write_metadata(struct jw *w, const struct facts *facts, const char *at, int64_t times,
                           struct str *tag_out)
{
    jw_begin_object(w);
    for (size_t i = 0; i < facts->pair_count; i++) {
        struct str value = next_text(&at, facts->value_lens[i]);
        jw_key(w, facts->keys[i]);
        jw_slice(w, value);
        if (strcmp(facts->keys[i], "tag") == 0)
            *tag_out = value;
    }
    if (times > 1)
        jw_member_int(w, "times", times);
    jw_end_object(w);
}

static int count(const struct audit_queue *queue, struct db_tx *tx, const struct facts *facts,
                 const struct subject *subject, const char *tag, const struct waiting *waiting,
                 struct err *err)
{
    if (facts->kind != AUDIT_PULL_REPO || !subject->repository_id)
        return 0;
    if (activity_count(tx, subject->repository_id, waiting->times, waiting->at_ms, err) != 0)
        return -1;
    if (!queue->config.pull_statistics || facts->digest.len == 0)
        return 0;
    return activity_count_pull(tx, subject->repository_id, &facts->digest,
                               facts->by_tag ? tag : NULL, waiting->times, waiting->at_ms, err);
}

static int write_one(const struct audit_queue *queue, struct db_tx *tx, struct arena *arena,
                     const struct waiting *waiting, struct err *err)
{
    const struct facts *facts = waiting->facts;
    const char *at = (const char *)(facts + 1);
    struct str namespace_name = next_text(&at, facts->namespace_len);
    struct str repository = next_text(&at, facts->repository_len);
    struct str ip = next_text(&at, facts->ip_len), tag = {0};
    struct subject subject;
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    buf_init(&metadata, METADATA_MAX);
    write_metadata(&w, facts, at, waiting->times, &tag);
    if (find_subject(tx, arena, facts, namespace_name, repository, &subject, err) != 0)
        return -1;
    struct audit_entry entry = {
        .kind = (enum audit_kind)facts->kind,
        .namespace_id = subject.namespace_id,
        .performer_id = facts->performer_id,
        .repository_id = subject.repository_id,
        .ip = ip.len ? arena_text(arena, ip) : NULL,
        .metadata = buf_ok(&metadata) ? arena_text(arena, buf_str(&metadata)) : "{}",
        .times = waiting->times,
    };
    if (audit_write(tx, &entry, waiting->at_ms, err) != 0)
        return -1;
    return count(queue, tx, facts, &subject, tag.ptr ? arena_text(arena, tag) : NULL, waiting, err);
}

int audit_queue_write(const struct audit_queue *queue, struct db_tx *tx,
                      const struct audit_event *event, int64_t now_ms, struct err *err)
{
    struct packed packed;
    struct arena arena = {0};
    struct waiting waiting = {
        .at_ms = now_ms,
        .times = 1,
        .len = pack(event, &packed),
        .facts = &packed.facts,
    };
    int result = write_one(queue, tx, &arena, &waiting, err);
    arena_done(&arena);
    return result;
}

/* One transaction: events from the batch's first, which moves ahead. The number written, or -1. */
static int64_t write_some(struct audit_queue *queue, struct db *db, struct batch *batch,
                          struct err *err)
{
    int64_t written = 0;
    struct arena arena = {0};
    struct waiting *waiting = batch->first;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    int result = db_begin(db, DB_WRITE, &tx, err);
    while (result == 0 && waiting && written < ROWS_AT_ONCE) {
        result = write_one(queue, tx, &arena, waiting, err);
        waiting = waiting->next;
        written++;
    }
    arena_done(&arena);
    if (result != 0 || db_commit(&tx, err) != 0)
        return -1;
    batch->first = waiting;
    return written;
}

/* Everything that waits goes behind what is held. */
static void take_batches(struct audit_queue *queue)
{
    struct batch **end = &queue->held;
    while (*end)
        end = &(*end)->next;
    for (unsigned i = 0; i < queue->config.slots; i++) {
        struct slot *slot = &queue->slots[i];
        pthread_mutex_lock(&slot->lock);
        struct batch *batch = slot->batch;
        slot->batch = NULL;
        pthread_mutex_unlock(&slot->lock);
        if (!batch)
            continue;
        *end = batch;
        end = &batch->next;
    }
}

static int64_t flush(struct audit_queue *queue, struct db *db, struct err *err)
{
    int64_t total = 0;
    /* What failed before comes first; meanwhile the slots take what they can. */
    if (!queue->held)
        take_batches(queue);
    while (queue->held) {
        struct batch *batch = queue->held;
        while (batch->first) {
            int64_t written = write_some(queue, db, batch, err);
            if (written < 0)
                return -1;
            total += written;
        }
        queue->held = batch->next;
        batch_free(batch);
    }
    return total;
}

int64_t audit_queue_flush(struct audit_queue *queue, struct db *db, struct err *err)
{
    pthread_mutex_lock(&queue->writing);
    bool again = queue->held != NULL;
    int64_t written = flush(queue, db, err);
    if (again && written >= 0) {
        int64_t more = flush(queue, db, err);
        written = more < 0 ? -1 : written + more;
    }
    pthread_mutex_unlock(&queue->writing);
    return written;
}

void audit_queue_stats(struct audit_queue *queue, struct audit_queue_stats *out)
{
    *out = (struct audit_queue_stats){0};
    for (unsigned i = 0; i < queue->config.slots; i++) {
        struct slot *slot = &queue->slots[i];
        pthread_mutex_lock(&slot->lock);
        out->added += slot->added;
        out->dropped += slot->dropped;
        pthread_mutex_unlock(&slot->lock);
    }
}
