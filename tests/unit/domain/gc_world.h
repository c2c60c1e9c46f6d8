/* SPDX-License-Identifier: Apache-2.0 */
/* A registry small enough to know everything about: a real database and real files in a folder of
 * their own, and a clock that only the test moves. */
#pragma once

#include "unit.h"

#include "domain/gc.h"
#include "domain/manifest.h"
#include "domain/repository.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

struct world {
    char root[64];
    struct db *db;
    struct blob_store *blobs;
    struct upload_store uploads;
    struct manifest_policy manifests;
    struct gc gc;
    int64_t now_ms;
    int64_t account_id;
    struct arena arena; /* of the whole test */
    struct err err;
};

/* Leases and untagged manifests last an hour, the window is 14 days, the grace time 10 minutes. */
void world_open(struct world *world);
/* As a new process would find it. */
void world_reopen(struct world *world);
/* The two halves of that, for tests that let another process work in between. */
void world_let_go(struct world *world);
void world_take_up(struct world *world);
/* Removes the folder. */
void world_close(struct world *world);

int64_t world_repository(struct world *world, const char *name);
struct digest world_digest(const char *text);
/* Upload the text as a blob. */
struct digest world_blob(struct world *world, int64_t repository, const char *text);

/* The text of a manifest. `texts` are the contents of config and layers, NULL-ended. */
const char *world_image_text(struct world *world, const char *const *texts,
                             const struct digest *subject);
const char *world_index_text(struct world *world, const struct digest *children, size_t count);
/* Store it: 0 or -1 with world->err. `tag` may be NULL. */
int world_put(struct world *world, int64_t repository, const char *tag, const char *manifest);
/* Upload the blobs, then store the image; must succeed. */
struct digest world_image(struct world *world, int64_t repository, const char *tag,
                          const char *const *texts, const struct digest *subject);
struct digest world_index(struct world *world, int64_t repository, const char *tag,
                          const struct digest *children, size_t count);

bool world_has_manifest(struct world *world, int64_t repository, const struct digest *digest);
/* The repository may use it, and its object holds this text. */
bool world_has_blob(struct world *world, int64_t repository, const char *text);
/* ... because of a lease, not of a manifest. */
bool world_has_lease(struct world *world, int64_t repository, const char *text);
/* A blob row exists, used by anybody or nobody. */
bool world_knows_blob(struct world *world, const char *text);
size_t world_objects(struct world *world);

/* Rows of a table. */
enum world_table { IN_BLOB, IN_LEASE, IN_MANIFEST, IN_TAG, IN_UPLOAD, IN_QUEUE, IN_DEAD, IN_REPO };
int64_t world_rows(struct world *world, enum world_table table);

/* Rounds until nothing more is due. */
struct gc_report world_collect(struct world *world);
/* Move the clock in steps of an hour, collecting at each. */
struct gc_report world_pass(struct world *world, int64_t ms);
