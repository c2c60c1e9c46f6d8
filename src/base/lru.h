/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded, thread-safe cache from byte keys to shared values, least recently used out first.
 *
 * Values are reference-counted so that a value in use outlives its eviction. Embed `struct cached`
 * as the first member of the value. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "macro.h"
#include "str.h"

struct cached {
    atomic_int refs;
    void (*destroy)(struct cached *value); /* called by the last unref */
};

/* A new value starts with the one reference of its maker. */
void cached_init(struct cached *value, void (*destroy)(struct cached *value));
void *cached_ref(struct cached *value);
/* NULL is fine. */
void cached_unref(struct cached *value);

struct lru;

/* At most `max_entries` values and `max_bytes` of accounted size. */
struct lru *lru_new(size_t max_entries, size_t max_bytes);
void lru_free(struct lru *lru);
DEFINE_CLEANUP(struct lru, lru_free)

/* The value with a reference for the caller, or NULL when absent or past its expiry. */
struct cached *lru_get(struct lru *lru, struct str key, int64_t now_ms);
/* Keep `value` (the cache takes a reference of its own) until `expires_ms`; replaces an older one.
 * `size` is what it counts against max_bytes; a value larger than an eighth of that is not kept,
 * and neither is the older one. */
void lru_put(struct lru *lru, struct str key, struct cached *value, size_t size,
             int64_t expires_ms);
void lru_remove(struct lru *lru, struct str key);
void lru_clear(struct lru *lru);
/* Entries held now, for metrics and tests. */
size_t lru_count(struct lru *lru);
