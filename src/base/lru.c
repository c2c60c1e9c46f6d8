/* SPDX-License-Identifier: Apache-2.0 */
/* The cache: a hash table with chains and one list in order of use, under one lock. The lock is
 * never held while values are destroyed: entries that go are collected in a chain and freed behind
 * it, so that a destructor may be slow or use the cache itself. */
#include "lru.h"

#include <pthread.h>
#include <stdlib.h>

#include "hash.h"
#include "rand.h"

struct entry {
    struct entry *chain;         /* same bucket */
    struct entry *newer, *older; /* order of use */
    struct cached *value;
    uint64_t hash;
    int64_t expires_ms;
    size_t size;
    size_t key_len;
    char key[];
};

struct lru {
    pthread_mutex_t lock; /* guards everything below */
    struct entry **buckets;
    size_t mask; /* number of buckets - 1, a power of two */
    struct entry *newest, *oldest;
    size_t count, bytes;
    size_t max_entries, max_bytes;
    struct hash_key hash_key; /* constant */
};

void cached_init(struct cached *value, void (*destroy)(struct cached *value))
{
    atomic_init(&value->refs, 1);
    value->destroy = destroy;
}

void *cached_ref(struct cached *value)
{
    atomic_fetch_add_explicit(&value->refs, 1, memory_order_relaxed);
    return value;
}

void cached_unref(struct cached *value)
{
    if (value && atomic_fetch_sub_explicit(&value->refs, 1, memory_order_acq_rel) == 1)
        value->destroy(value);
}

struct lru *lru_new(size_t max_entries, size_t max_bytes)
{
    struct lru *lru = calloc(1, sizeof *lru);
    size_t buckets = 16;
    while (buckets < max_entries && buckets < 1U << 20)
        buckets *= 2;
    struct entry **table = calloc(buckets, sizeof(struct entry *));
    if (!lru || !table)
        abort();
    pthread_mutex_init(&lru->lock, NULL);
    lru->buckets = table;
    lru->mask = buckets - 1;
    lru->max_entries = max_entries;
    lru->max_bytes = max_bytes;
    rand_bytes(&lru->hash_key, sizeof lru->hash_key);
    return lru;
}

static struct entry **slot_of(struct lru *lru, struct str key, uint64_t hash)
{
    struct entry **at = &lru->buckets[hash & lru->mask];
    while (*at) {
        struct str other = {(*at)->key, (*at)->key_len};
        if ((*at)->hash == hash && str_eq(other, key))
            break;
        at = &(*at)->chain;
    }
    return at;
}

static void list_remove(struct lru *lru, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &lru->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &lru->oldest) = entry->newer;
}

static void list_push(struct lru *lru, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = lru->newest;
    *(lru->newest ? &lru->newest->newer : &lru->oldest) = entry;
    lru->newest = entry;
}

/* Move the entry in *slot to the chain of those that go. */
static void drop(struct lru *lru, struct entry **slot, struct entry **gone)
{
    struct entry *entry = *slot;
    *slot = entry->chain;
    list_remove(lru, entry);
    lru->count--;
    lru->bytes -= entry->size;
    entry->chain = *gone;
    *gone = entry;
}

static void drop_oldest(struct lru *lru, struct entry **gone)
{
    struct entry **at = &lru->buckets[lru->oldest->hash & lru->mask];
    while (*at != lru->oldest)
        at = &(*at)->chain;
    drop(lru, at, gone);
}

/* Outside the lock. */
static void bury(struct entry *gone)
{
    while (gone) {
        struct entry *next = gone->chain;
        cached_unref(gone->value);
        free(gone);
        gone = next;
    }
}

struct cached *lru_get(struct lru *lru, struct str key, int64_t now_ms)
{
    uint64_t hash = hash_bytes(&lru->hash_key, key);
    struct cached *value = NULL;
    struct entry *gone = NULL;
    pthread_mutex_lock(&lru->lock);
    struct entry **slot = slot_of(lru, key, hash);
    struct entry *entry = *slot;
    if (entry && entry->expires_ms <= now_ms) {
        drop(lru, slot, &gone);
    } else if (entry) {
        if (entry != lru->newest) {
            list_remove(lru, entry);
            list_push(lru, entry);
        }
        value = cached_ref(entry->value);
    }
    pthread_mutex_unlock(&lru->lock);
    bury(gone);
    return value;
}

static struct entry *entry_new(struct str key, uint64_t hash, struct cached *value, size_t size,
                               int64_t expires_ms)
{
    struct entry *entry = malloc(sizeof *entry + key.len);
    if (!entry)
        abort();
    *entry = (struct entry){
        .value = cached_ref(value),
        .hash = hash,
        .expires_ms = expires_ms,
        .size = size + sizeof *entry + key.len,
        .key_len = key.len,
    };
    if (key.len > 0)
        memcpy(entry->key, key.ptr, key.len);
    return entry;
}

/* Make room for `entry`, or say that the cache is too small for it. */
static bool make_room(struct lru *lru, const struct entry *entry, struct entry **gone)
{
    if (entry->size > lru->max_bytes || lru->max_entries == 0)
        return false;
    while (lru->oldest &&
           (lru->count >= lru->max_entries || lru->bytes > lru->max_bytes - entry->size))
        drop_oldest(lru, gone);
    return true;
}

void lru_put(struct lru *lru, struct str key, struct cached *value, size_t size, int64_t expires_ms)
{
    if (size > lru->max_bytes / 8) {
        lru_remove(lru, key); /* the older value is out of date all the same */
        return;
    }
    uint64_t hash = hash_bytes(&lru->hash_key, key);
    struct entry *entry = entry_new(key, hash, value, size, expires_ms);
    struct entry *gone = NULL;
    pthread_mutex_lock(&lru->lock);
    struct entry **slot = slot_of(lru, key, hash);
    if (*slot)
        drop(lru, slot, &gone);
    if (make_room(lru, entry, &gone)) {
        slot = &lru->buckets[hash & lru->mask];
        entry->chain = *slot;
        *slot = entry;
        list_push(lru, entry);
        lru->count++;
        lru->bytes += entry->size;
    } else {
        entry->chain = gone;
        gone = entry;
    }
    pthread_mutex_unlock(&lru->lock);
    bury(gone);
}

void lru_remove(struct lru *lru, struct str key)
{
    struct entry *gone = NULL;
    uint64_t hash = hash_bytes(&lru->hash_key, key);
    pthread_mutex_lock(&lru->lock);
    struct entry **slot = slot_of(lru, key, hash);
    if (*slot)
        drop(lru, slot, &gone);
    pthread_mutex_unlock(&lru->lock);
    bury(gone);
}

void lru_clear(struct lru *lru)
{
    struct entry *gone = NULL;
    pthread_mutex_lock(&lru->lock);
    while (lru->oldest)
        drop_oldest(lru, &gone);
    pthread_mutex_unlock(&lru->lock);
    bury(gone);
}

size_t lru_count(struct lru *lru)
{
    pthread_mutex_lock(&lru->lock);
    size_t count = lru->count;
    pthread_mutex_unlock(&lru->lock);
    return count;
}

void lru_free(struct lru *lru)
{
    if (!lru)
        return;
    lru_clear(lru);
    pthread_mutex_destroy(&lru->lock);
    free(lru->buckets);
    free(lru);
}
