/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests that were served lately, so that most pulls need no database.
 *
 * An entry is used only while nothing at all has been committed to the database since it was
 * loaded, by whatever process: exact, and cheap, because each reactor looks at the database's
 * version once for each batch of events rather than for each request. */
#pragma once

#include "base/digest.h"
#include "base/lru.h"
#include "domain/media_type.h"
#include "http/request.h"
#include "store/db/db.h"

struct manifest_cache;

struct cached_manifest {
    struct cached cached;
    uint64_t version; /* of the reactor's view when it was loaded */
    int64_t repository_id;
    int64_t namespace_id;
    struct digest packed; /* as below, for the database */
    enum manifest_kind kind;
    const char *media_type;
    char digest[DIGEST_TEXT_SIZE];
    char etag[DIGEST_TEXT_SIZE + 2];
    struct str content;
};

/* `reactors` caches of at most max_bytes each. */
struct manifest_cache *manifest_cache_new(struct db *db, unsigned reactors, size_t max_bytes);
void manifest_cache_free(struct manifest_cache *cache);
DEFINE_CLEANUP(struct manifest_cache, manifest_cache_free)

/* On the reactor's thread: a new batch of events begins. */
void manifest_cache_tick(struct manifest_cache *cache, unsigned reactor);
/* On the reactor's thread, before manifest_cache_get: the version that a load started now may be
 * labelled with. Asks the database the first time in a batch. */
uint64_t manifest_cache_version(struct manifest_cache *cache, unsigned reactor);

/* A current entry for (repository, tag or digest), with a reference for the caller, or NULL. */
struct cached_manifest *manifest_cache_get(struct manifest_cache *cache, unsigned reactor,
                                           const char *repository, const char *reference,
                                           int64_t now_ms);
/* A value to be served and, with manifest_cache_put, kept; everything is copied. The caller sets
 * the repository. */
struct cached_manifest *cached_manifest_new(const char *media_type, const struct digest *digest,
                                            struct str content);
/* Keep what was loaded after `version` was read, until the tag that names it ends. */
void manifest_cache_put(struct manifest_cache *cache, unsigned reactor, uint64_t version,
                        const char *repository, const char *reference,
                        struct cached_manifest *manifest, int64_t until_ms);
