/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest cache. One for each reactor, because the versions that two database connections
 * report cannot be compared with each other. */
#include "manifest_cache.h"

#include <stdio.h>
#include <stdlib.h>

enum { ENTRIES_MAX = 8192, KEY_MAX = 512 };

/* Touched by its reactor's thread only, but for the lru. */
struct view {
    struct lru *lru;
    uint64_t version;
    bool checked; /* the version is of this batch of events */
    bool usable;  /* it could be read */
};

struct manifest_cache {
    struct db *db;
    unsigned reactors;
    struct view views[];
};

struct manifest_cache *manifest_cache_new(struct db *db, unsigned reactors, size_t max_bytes)
{
    struct manifest_cache *cache = calloc(1, sizeof *cache + reactors * sizeof(struct view));
    if (!cache)
        abort();
    cache->db = db;
    cache->reactors = reactors;
    for (unsigned i = 0; i < reactors; i++)
        cache->views[i].lru = lru_new(ENTRIES_MAX, max_bytes);
    return cache;
}

void manifest_cache_free(struct manifest_cache *cache)
{
    if (!cache)
        return;
    for (unsigned i = 0; i < cache->reactors; i++)
        lru_free(cache->views[i].lru);
    free(cache);
}

void manifest_cache_tick(struct manifest_cache *cache, unsigned reactor)
{
    cache->views[reactor].checked = false;
}

uint64_t manifest_cache_version(struct manifest_cache *cache, unsigned reactor)
{
    struct view *view = &cache->views[reactor];
    uint64_t version;
    struct err ignored; /* without a version the cache is not used; requests report the trouble */
    if (view->checked)
        return view->version;
    view->checked = true;
    view->usable = db_version(cache->db, reactor, &version, &ignored) == 0;
    if (view->usable && version != view->version) {
        lru_clear(view->lru);
        view->version = version;
    }
    return view->version;
}

static struct str make_key(char out[KEY_MAX], const char *repository, const char *reference)
{
    size_t a = strlen(repository), b = strlen(reference);
    if (a + 1 + b > KEY_MAX)
        return (struct str){NULL, 0};
    memcpy(out, repository, a);
    out[a] = '\n'; /* in neither part */
    memcpy(out + a + 1, reference, b);
    return (struct str){out, a + 1 + b};
}

struct cached_manifest *manifest_cache_get(struct manifest_cache *cache, unsigned reactor,
                                           const char *repository, const char *reference,
                                           int64_t now_ms)
{
    char text[KEY_MAX];
    struct view *view = &cache->views[reactor];
    struct str key = make_key(text, repository, reference);
    if (!view->usable || !key.ptr)
        return NULL;
    struct cached *value = lru_get(view->lru, key, now_ms);
    struct cached_manifest *manifest = value ? CONTAINER_OF(value, struct cached_manifest, cached)
                                             : NULL;
    if (manifest && manifest->version != view->version) {
        cached_unref(value);
        return NULL;
    }
    return manifest;
}

static void destroy(struct cached *value)
{
    free(CONTAINER_OF(value, struct cached_manifest, cached));
}

struct cached_manifest *cached_manifest_new(const char *media_type, const struct digest *digest,
                                            struct str content)
{
    size_t type_len = strlen(media_type) + 1;
    struct cached_manifest *manifest = calloc(1, sizeof *manifest + type_len + content.len);
    if (!manifest)
        abort();
    char *behind = (char *)(manifest + 1);
    memcpy(behind, media_type, type_len);
    memcpy(behind + type_len, content.ptr, content.len);
    cached_init(&manifest->cached, destroy);
    manifest->kind = media_type_kind(str_of(media_type));
    manifest->media_type = behind;
    manifest->content = (struct str){behind + type_len, content.len};
    manifest->packed = *digest;
    digest_format(digest, manifest->digest);
    snprintf(manifest->etag, sizeof manifest->etag, "\"%s\"", manifest->digest);
    return manifest;
}

void manifest_cache_put(struct manifest_cache *cache, unsigned reactor, uint64_t version,
                        const char *repository, const char *reference,
                        struct cached_manifest *manifest, int64_t until_ms)
{
    char text[KEY_MAX];
    struct str key = make_key(text, repository, reference);
    if (!key.ptr)
        return;
    manifest->version = version;
    lru_put(cache->views[reactor].lru, key, &manifest->cached,
            sizeof *manifest + manifest->content.len, until_ms);
}
