/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a manifest is one transaction: everything it refers to is checked and tied to it in the
 * same snapshot in which its tag moves, so that a tag can never name an image with a part missing.
 */
#include "manifest.h"

#include <stdlib.h>

#include "base/hex.h"
#include "domain/activity.h"
#include "domain/gc_queue.h"
#include "domain/image_config.h"
#include "domain/label.h"
#include "domain/manifest_sql.h"
#include "domain/tag.h"
#include "domain/usage.h"

int manifest_find(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                  const struct digest *digest, struct manifest *out, struct err *err)
{
    return db_one(tx, &Q_MANIFEST_FIND, arena, out, err, repository_id, digest);
}

int manifest_find_by_tag(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                         const char *tag, int64_t now_ms, struct manifest *out, struct err *err)
{
    return db_one(tx, &Q_MANIFEST_FIND_BY_TAG, arena, out, err, repository_id, tag, now_ms);
}

static int refuse_missing(enum err_code code, const char *what, const struct digest *digest,
                          struct err *err)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return err_set(err, code, "%s %s is not in this repository; push it first", what, text);
}

/* A descriptor may carry its content ("data" of OCI Image 1.1): take it in when it is not here. */
static int take_embedded(const struct upload_store *store, struct arena *arena,
                         const struct manifest_put *put, const struct descriptor *descriptor,
                         struct err *err)
{
    struct blob_row blob;
    int found = repo_blob_touch(store->db, arena, put->repository_id, &descriptor->digest,
                                put->now_ms, store->policy.lease_ms, &blob, err);
    if (found != 0)
        return found < 0 ? -1 : 0;
    _cleanup_buf_ struct buf content;
    buf_init(&content, MANIFEST_BYTES_MAX);
    if (!base64_decode(&content, str_of(descriptor->data)) ||
        (int64_t)content.len != descriptor->size)
        return err_set(err, ERR_MANIFEST_INVALID,
                       "data: is not base64 of content of the descriptor's size");
    return upload_bytes(store, arena, put->repository_id, buf_str(&content), &descriptor->digest,
                        put->now_ms, err);
}

static int take_all_embedded(const struct upload_store *store, struct arena *arena,
                             const struct manifest_put *put, const struct manifest_info *info,
                             struct err *err)
{
    const struct descriptor *blobs = info->blobs.items;
    for (size_t i = 0; i < info->blobs.count; i++) {
        if (blobs[i].data && take_embedded(store, arena, put, &blobs[i], err) != 0)
            return -1;
    }
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int tie_blobs(struct db_tx *tx, struct arena *arena, const struct manifest_put *put,
                     const struct manifest_info *info, int64_t manifest_id, struct err *err)
{
    const struct descriptor *blobs = info->blobs.items;
    int64_t *ids = arena_array(arena, info->blobs.count, sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; i < info->blobs.count; i++) {
        struct blob_row blob;
        int found = repo_blob_find(tx, arena, put->repository_id, &blobs[i].digest, put->now_ms,
                                   &blob, err);
        if (found < 0)
            return -1;
        if (found == 0 && descriptor_is_foreign(&blobs[i]))
            continue;
        if (found == 0)
            return refuse_missing(ERR_MANIFEST_BLOB_UNKNOWN, "blob", &blobs[i].digest, err);
        if (blob.size != blobs[i].size)
            return err_set(err, ERR_MANIFEST_INVALID,
                           "a descriptor says %lld bytes of a blob of %lld",
                           (long long)blobs[i].size, (long long)blob.size);
        ids[count++] = blob.id;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    for (size_t i = 0; i < count; i++) {
        bool repeated = i > 0 && ids[i] == ids[i - 1];
        if (!repeated &&
            db_exec(tx, &Q_MANIFEST_BLOB_INSERT, err, manifest_id, ids[i], put->repository_id) < 0)
            return -1;
    }
    return 0;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct digest));
}

static int tie_children(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                        const struct manifest_put *put, const struct manifest_info *info,
                        int64_t manifest_id, struct err *err)
{
    const struct descriptor *children = info->children.items;
    struct digest *digests = arena_array(arena, info->children.count, sizeof *digests);
    for (size_t i = 0; i < info->children.count; i++) {
        struct manifest_id_row row;
        int found = db_one(tx, &Q_MANIFEST_ID, arena, &row, err, put->repository_id,
                           &children[i].digest);
        if (found < 0)
            return -1;
        if (found == 0 && !policy->sparse_index)
            return refuse_missing(ERR_MANIFEST_BLOB_UNKNOWN, "manifest", &children[i].digest, err);
        digests[i] = children[i].digest;
    }
    qsort(digests, info->children.count, sizeof *digests, compare_digests);
    for (size_t i = 0; i < info->children.count; i++) {
        bool repeated = i > 0 && digest_eq(&digests[i], &digests[i - 1]);
        if (!repeated && db_exec(tx, &Q_MANIFEST_CHILD_INSERT, err, manifest_id, &digests[i],
                                 put->repository_id) < 0)
            return -1;
    }
    return 0;
}

/* The bytes of an image's layers as its descriptors say; -1 where there are none. */
static int64_t layers_size(const struct manifest_info *info)
{
    const struct descriptor *blobs = info->blobs.items;
    int64_t sum = 0;
    if (info->kind != MANIFEST_IMAGE)
        return -1;
    for (size_t i = 1; i < info->blobs.count; i++) {
        if (blobs[i].size > INT64_MAX - sum)
            return -1;
        sum += blobs[i].size;
    }
    return sum;
}

/* What is being stored. */
struct storing {
    const struct manifest_policy *policy;
    const struct manifest_put *put;
    struct manifest_info info;
    struct list labels; /* struct image_label: only of a manifest that is new */
    bool is_new;
};

static int insert_manifest(struct db_tx *tx, struct arena *arena, const struct storing *in,
                           int64_t *id_out, struct err *err)
{
    const struct manifest_put *put = in->put;
    const struct manifest_info *info = &in->info;
    int64_t layers = layers_size(info);
    int64_t id = db_insert(
        tx, &Q_MANIFEST_INSERT, err, put->repository_id, &put->digest, info->media_type,
        info->artifact_type, info->subject.len ? &info->subject : NULL, info->annotations,
        put->content, (int64_t)put->content.len, layers < 0 ? NULL : &layers, put->now_ms);
    if (id < 0 || tie_blobs(tx, arena, put, info, id, err) != 0 ||
        (info->blobs.count > 0 && usage_note_push(tx, put->repository_id, id, err) != 0) ||
        tie_children(tx, arena, in->policy, put, info, id, err) != 0 ||
        label_add_pushed(tx, arena, put->repository_id, id, &in->labels, err) != 0)
        return -1;
    *id_out = id;
    return 0;
}

/* The manifest's id: an existing row is shown again, a new one tied to what it refers to. */
static int settle_manifest(struct db_tx *tx, struct arena *arena, struct storing *in,
                           int64_t *id_out, struct err *err)
{
    struct manifest_id_row existing;
    int found = db_one(tx, &Q_MANIFEST_ID, arena, &existing, err, in->put->repository_id,
                       &in->put->digest);
    if (found < 0)
        return -1;
    in->is_new = found == 0;
    if (in->is_new)
        return insert_manifest(tx, arena, in, id_out, err);
    *id_out = existing.id;
    return db_exec(tx, &Q_MANIFEST_SET_DELETED, err, existing.id, (int64_t)0) < 0 ? -1 : 0;
}

/* The object with the configuration of an image that is new here: 1, 0 none to be read, -1. */
static int find_config(const struct upload_store *store, struct arena *arena,
                       const struct storing *in, const char **key_out, struct err *err)
{
    const struct manifest_put *put = in->put;
    const struct descriptor *config = in->info.blobs.items;
    struct manifest_id_row known;
    struct blob_row blob;
    if (in->info.kind != MANIFEST_IMAGE || !image_config_is(config->media_type))
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(store->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_MANIFEST_ID, arena, &known, err, put->repository_id, &put->digest);
    if (found != 0)
        return found < 0 ? -1 : 0;
    found = repo_blob_find(tx, arena, put->repository_id, &config->digest, put->now_ms, &blob, err);
    if (found == 1)
        *key_out = blob.object_key;
    return found;
}

/* Read before the transaction, so that nobody waits for the storage in it. */
static int collect_labels(const struct upload_store *store, struct arena *arena, struct storing *in,
                          struct err *err)
{
    const char *key = NULL;
    struct image_config config = {0};
    int found = find_config(store, arena, in, &key, err);
    if (found < 0)
        return -1;
    /* An object that is missing is fsck's business, not this push's. */
    if (found == 1 && image_config_load(store->blobs, arena, key, &config, err) != 0 &&
        err->code != ERR_NOT_FOUND)
        return -1;
    in->labels = config.labels;
    if (in->info.annotations)
        image_config_add_labels(arena, str_of(in->info.annotations), &in->labels);
    return 0;
}

/* What the labels ask for happens at each push that names a tag. */
static int have_effect(struct db_tx *tx, struct arena *arena, const struct storing *in, int64_t id,
                       struct err *err)
{
    const struct manifest_put *put = in->put;
    const struct image_label *labels = in->labels.items;
    struct label_effect effect = {0};
    struct tag tag;
    for (size_t i = 0; in->is_new && i < in->labels.count; i++)
        label_effect_add(in->policy, labels[i].key, labels[i].value, &effect);
    if (!in->is_new && label_effect_load(tx, arena, in->policy, id, &effect, err) != 0)
        return -1;
    if (!effect.lifetime_ms && !effect.immutable)
        return 0;
    int found = tag_find(tx, arena, put->repository_id, put->tag, put->now_ms, &tag, err);
    if (found <= 0)
        return found;
    return label_effect_on_tag(tx, in->policy, put->repository_id, &effect, &tag, put->now_ms, err);
}

static int settle_tag(struct db_tx *tx, struct arena *arena, const struct storing *in, int64_t id,
                      struct err *err)
{
    const struct manifest_put *put = in->put;
    if (!put->tag)
        return tag_keep_untagged(tx, arena, in->policy, put->repository_id, id, put->now_ms, err);
    if (tag_point(tx, arena, in->policy, put->repository_id, put->tag, id, put->now_ms, err) != 0)
        return -1;
    return have_effect(tx, arena, in, id, err);
}

static int record_push(struct db_tx *tx, const struct manifest_put *put, struct err *err)
{
    if (!put->audit)
        return 0;
    return audit_write(tx, put->audit, put->now_ms, err) != 0
               ? -1
               : activity_count(tx, put->repository_id, 1, put->now_ms, err);
}

int manifest_store(const struct upload_store *store, struct arena *arena,
                   const struct manifest_policy *policy, const struct manifest_put *put,
                   struct manifest_info *info_out, struct err *err)
{
    struct storing in = {.policy = policy, .put = put};
    int64_t id;
    if (manifest_parse(arena, put->media_type, put->content, &in.info, err) != 0 ||
        take_all_embedded(store, arena, put, &in.info, err) != 0 ||
        collect_labels(store, arena, &in, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(store->db, DB_WRITE, &tx, err) != 0)
        return -1;
    if (settle_manifest(tx, arena, &in, &id, err) != 0 ||
        (put->quota && quota_gate_check(tx, arena, put->quota, err) != 0) ||
        settle_tag(tx, arena, &in, id, err) != 0 || record_push(tx, put, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    *info_out = in.info;
    return 0;
}

int manifest_hide(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                  int64_t repository_id, const struct digest *digest, int64_t now_ms,
                  struct err *err)
{
    struct manifest manifest;
    int found = manifest_find(tx, arena, repository_id, digest, &manifest, err);
    if (found <= 0)
        return found;
    if (tag_close_all(tx, arena, policy, repository_id, manifest.id, now_ms, err) != 0 ||
        db_exec(tx, &Q_MANIFEST_SET_DELETED, err, manifest.id, (int64_t)1) < 0 ||
        gc_enqueue(tx, GC_MANIFEST, manifest.id, now_ms, err) != 0) /* it may have had no tag */
        return -1;
    return 1;
}

int manifest_delete(struct db *db, struct arena *arena, const struct manifest_policy *policy,
                    int64_t repository_id, const struct digest *digest, int64_t now_ms,
                    struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int done = manifest_hide(tx, arena, policy, repository_id, digest, now_ms, err);
    return done <= 0 || db_commit(&tx, err) == 0 ? done : -1;
}
