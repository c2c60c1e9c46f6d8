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

/* A tag as its history shows it: what an interval meant. */
struct tag_entry {
    int64_t id;
    const char *name;
    int64_t start_ms;
    int64_t end_ms; /* TAG_FOREVER: no end */
    bool immutable;
    bool reversion; /* made by restoring an older manifest */
    int64_t manifest_id;
    struct digest digest;
    const char *media_type;
    int64_t layers_size; /* -1: unknown, as of an index */
};

struct tag_filter {
    const char *name; /* this one only; NULL: any */
    const char *like; /* names that contain this; NULL: any */
    bool live;        /* no ended ones */
    int64_t skip, limit;
};

/* What an index among a page of entries lists. */
struct tag_child {
    int64_t parent_id; /* manifest_id of the entry */
    struct digest child;
    bool present; /* it is in the repository */
};

struct manifest_policy {
    int64_t window_ms;   /* time machine: a closed tag can be restored this long */
    int64_t untagged_ms; /* a manifest pushed by digest is kept this long without another reason */
    bool sparse_index;   /* an index may name manifests that are not here */
    int64_t labeled_min_ms;    /* bounds of what the label quay.expires-after asks for; */
    int64_t labeled_max_ms;    /* 0: the label does nothing */
    bool immutable_tags;       /* tags can be immutable, by a label or policy too; else none is */
    bool immutable_can_expire; /* such tags may end all the same */
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

/* A page of the history, newest first: struct tag_entry. */
int tag_history(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                const struct tag_filter *filter, int64_t now_ms, struct list *out, struct err *err);
/* The children of all indexes on that page, in order of parent: struct tag_child,
 * whole. */
int tag_history_children(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                         const struct tag_filter *filter, int64_t now_ms, struct list *out,
                         struct err *err);

/* The live tag of that name: 1, 0, -1. */
int tag_find(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *name,
             int64_t now_ms, struct tag *out, struct err *err);

/* The following stand inside a write transaction. */

/* Close a live tag that was found. ERR_TAG_IMMUTABLE. */
int tag_end(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
            int64_t repository_id, const struct tag *tag, int64_t now_ms, struct err *err);
/* Point `name` at a manifest again that the repository still has: 1, 0 no such manifest, -1;
 * ERR_TAG_IMMUTABLE. */
int tag_restore(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                int64_t repository_id, const char *name, const struct digest *digest,
                int64_t now_ms, struct err *err);
/* Let a live tag end at `end_ms`, or never. */
int tag_set_end(struct db_tx *tx, const struct manifest_policy *policy, int64_t repository_id,
                const struct tag *tag, int64_t end_ms, struct err *err);
int tag_set_immutable(struct db_tx *tx, int64_t id, bool immutable, struct err *err);
/* Make a live tag that was found immutable; its end goes, unless immutable tags may end. */
int tag_protect(struct db_tx *tx, const struct manifest_policy *policy, const struct tag *tag,
                struct err *err);
/* Remove a live tag so that it cannot be restored. ERR_TAG_IMMUTABLE. */
int tag_purge(struct db_tx *tx, const struct manifest_policy *policy, const struct tag *tag,
              int64_t now_ms, struct err *err);
/* Remove from the history that `name` meant a manifest: the number of intervals, or -1. */
int64_t tag_purge_ended(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                        const char *name, const struct digest *digest, int64_t now_ms,
                        struct err *err);
/* Point `name` at a manifest, closing what it pointed at. It is immutable from then on when a
 * policy says so. ERR_TAG_IMMUTABLE. */
int tag_point(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
              int64_t repository_id, const char *name, int64_t manifest_id, int64_t now_ms,
              struct err *err);
/* Keep an untagged manifest for policy->untagged_ms, unless a tag does
 * so already. */
int tag_keep_untagged(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                      int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err);
/* Close every live tag on a manifest. ERR_TAG_IMMUTABLE. */
int tag_close_all(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                  int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err);
