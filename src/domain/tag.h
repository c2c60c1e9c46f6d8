/* SPDX-License-Identifier: Apache-2.0 */
/* Tags. A tag is an interval of time: moving it closes one interval and opens the next, so that
 * history, expiry and the time machine are the same mechanism. A live tag's end lies in the future.
 */
#pragma once

#include "base/arena.h"
#include "base/digest.h"
#include "store/db/db.h"

#define TAG_FOREVER INT64_MAX

struct tag {
    int64_t id;
    const char *name;
    int64_t manifest_id;
    int64_t start_ms;
    int64_t end_ms; /* TAG_FOREVER: no end */
    bool immutable;
    struct digest digest; /* of the manifest */
};

struct manifest_policy {
    int64_t window_ms;   /* time machine: a closed tag can be restored this long */
    int64_t untagged_ms; /* a manifest pushed by digest is kept this long without another reason */
    bool sparse_index;   /* an index may name manifests that are not here */
};

/* True when the name was a tag once: TAG_EXPIRED rather than MANIFEST_UNKNOWN. 1, 0, -1. */
int tag_existed(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *tag,
                struct err *err);

/* Close a live tag: 1 done, 0 no such tag, -1. ERR_TAG_IMMUTABLE. */
int tag_delete(struct db *db, struct arena *arena, const struct manifest_policy *policy,
               int64_t repository_id, const char *name, int64_t now_ms, struct err *err);
/* The same inside a write transaction. */
int tag_close(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
              int64_t repository_id, const char *name, int64_t now_ms, struct err *err);
/* Point a tag at a manifest that the repository has. 1, 0 no such manifest, -1. */
int tag_move(struct db *db, struct arena *arena, const struct manifest_policy *policy,
             int64_t repository_id, const char *name, const struct digest *digest, int64_t now_ms,
             struct err *err);
/* A page of live tags in order of name, after `last` ("" for the first). List of struct tag. */
int tag_list(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *last,
             int64_t limit, int64_t now_ms, struct list *out, struct err *err);

/* As tag_list, names only (struct tag_name_row of tag_sql.h): read from one index, so that a page
 * costs the same however many tags and however long a history there is. */
int tag_names(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *last,
              int64_t limit, int64_t now_ms, struct list *out, struct err *err);

/* Inside a write transaction: point `name` at a manifest, closing what it pointed at. */
int tag_point(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
              int64_t repository_id, const char *name, int64_t manifest_id, int64_t now_ms,
              struct err *err);
/* Inside a write transaction: keep an untagged manifest for policy->untagged_ms, unless a tag does
 * so already. */
int tag_keep_untagged(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                      int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err);
/* Inside a write transaction: close every live tag on a manifest. ERR_TAG_IMMUTABLE. */
int tag_close_all(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                  int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err);
