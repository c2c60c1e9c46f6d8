/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting a manifest. Its repository's row is locked meanwhile (where the engine has such
 * locks): storing a manifest inserts a row that refers to it, and looks for children and blobs
 * after that, so that the two never pass each other unseen. */
#include "domain/gc_round.h"
#include "domain/usage.h"

enum { BUSY_MS = 5 * 1000 }; /* look again after this at a repository that was pushed to */

int64_t gc_tag_until(const struct gc_tag_row *tag, int64_t window_ms)
{
    int64_t window = tag->hidden ? 0 : window_ms;
    return tag->end_ms > INT64_MAX - window ? INT64_MAX : tag->end_ms + window;
}

int gc_manifest_keeper(struct db_tx *tx, struct arena *arena, int64_t now_ms,
                       const struct gc_manifest_row *manifest, struct gc_manifest_keeper *out,
                       struct err *err)
{
    struct gc_manifest_keeper keeper = {.keeper = GC_KEPT_BY_TAG};
    int found = db_one(tx, &Q_GC_TAG_LASTING, arena, &keeper.tag, err, manifest->id,
                       now_ms - manifest->window_ms, now_ms);
    if (found == 0) {
        struct gc_digest_row parent;
        keeper.keeper = GC_KEPT_BY_INDEX;
        found = db_one(tx, &Q_GC_PARENT, arena, &parent, err, manifest->repository_id,
                       &manifest->digest);
        if (found == 1)
            keeper.digest = parent.digest;
    }
    /* Deleting an attached manifest by digest is meant: its subject keeps it no longer. */
    if (found == 0 && manifest->subject.len > 0 && !manifest->deleted) {
        struct gc_id_row subject;
        keeper.keeper = GC_KEPT_BY_SUBJECT;
        found = db_one(tx, &Q_GC_MANIFEST_BY_DIGEST, arena, &subject, err, manifest->repository_id,
                       &manifest->subject);
    }
    if (found < 0)
        return -1;
    if (found == 0)
        keeper.keeper = GC_KEPT_BY_NOTHING;
    *out = keeper;
    return 0;
}

int gc_manifest_drop(struct gc_round *round, const struct gc_manifest_row *manifest, bool lease,
                     struct err *err)
{
    struct db_tx *tx = round->tx;
    int64_t id = manifest->id, now = round->now_ms, until = now + round->gc->policy.lease_ms;
    if (lease && (db_exec(tx, &Q_GC_LEASE_BLOBS, err, id, until) < 0 ||
                  db_exec(tx, &Q_GC_QUEUE_LEASED_BLOBS, err, id, until) < 0 ||
                  db_exec(tx, &Q_GC_QUEUE_CHILDREN, err, id, now) < 0 ||
                  db_exec(tx, &Q_GC_QUEUE_REFERRERS, err, manifest->repository_id,
                          &manifest->digest, now) < 0))
        return -1;
    if (!lease && db_exec(tx, &Q_GC_QUEUE_BLOBS, err, id, now) < 0)
        return -1;
    if (usage_note_drop(tx, id, err) != 0 ||
        db_exec(tx, &Q_GC_MANIFEST_BLOBS_DELETE, err, id) < 0 ||
        db_exec(tx, &Q_GC_MANIFEST_CHILDREN_DELETE, err, id) < 0 ||
        db_exec(tx, &Q_GC_MANIFEST_LABELS_DELETE, err, id) < 0 ||
        db_exec(tx, &Q_GC_MANIFEST_PULLS_DELETE, err, manifest->repository_id, &manifest->digest) <
            0 ||
        db_exec(tx, &Q_GC_MANIFEST_DELETE, err, id) < 0)
        return -1;
    round->report->manifests++;
    round->more = true; /* what it held on to */
    return 0;
}

static int keep(struct gc_round *round, const struct gc_manifest_row *manifest,
                const struct gc_manifest_keeper *keeper, struct err *err)
{
    round->report->kept++;
    if (keeper->keeper != GC_KEPT_BY_TAG)
        return 0; /* queued when the index or the subject goes */
    int64_t until = gc_tag_until(&keeper->tag, manifest->window_ms);
    if (until == INT64_MAX)
        return 0; /* queued when the tag is closed */
    return gc_round_again(round, GC_MANIFEST, manifest->id, until, err);
}

int gc_manifest_collect(struct gc_round *round, int64_t id, struct err *err)
{
    struct gc_manifest_row manifest = {0};
    struct gc_manifest_keeper keeper;
    struct gc_id_row lock;
    int found = db_one(round->tx, &Q_GC_MANIFEST, round->arena, &manifest, err, id,
                       round->gc->policy.window_ms);
    if (found <= 0)
        return found;
    int locked = db_one(round->tx, &Q_GC_REPOSITORY_LOCK, round->arena, &lock, err,
                        manifest.repository_id);
    if (locked <= 0)
        return locked < 0 ? -1
                          : gc_round_again(round, GC_MANIFEST, id, round->now_ms + BUSY_MS, err);
    int64_t tags = db_exec(round->tx, &Q_GC_TAGS_DELETE, err, id,
                           round->now_ms - manifest.window_ms, round->now_ms, (int64_t)GC_ROWS);
    if (tags < 0)
        return -1;
    round->report->tags += tags;
    if (tags == GC_ROWS)
        return gc_round_again(round, GC_MANIFEST, id, round->now_ms, err);
    if (gc_manifest_keeper(round->tx, round->arena, round->now_ms, &manifest, &keeper, err) != 0)
        return -1;
    if (keeper.keeper != GC_KEPT_BY_NOTHING)
        return keep(round, &manifest, &keeper, err);
    return gc_manifest_drop(round, &manifest, true, err);
}
