/* SPDX-License-Identifier: Apache-2.0 */
/* Tags as intervals. Whatever ends an interval queues the manifest for the collector, due when the
 * time machine lets go of it; restoring within the window needs no more than a new interval. */
#include "tag.h"

#include "base/rand.h"
#include "domain/gc_queue.h"
#include "domain/immutability_rule.h"
#include "domain/manifest_sql.h"
#include "domain/name.h"
#include "domain/tag_sql.h"

enum { TAGS_CLOSED_AT_ONCE = 500 };

int tag_existed(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *tag,
                struct err *err)
{
    struct tag_name_row row;
    return db_one(tx, &Q_TAG_EXISTED, arena, &row, err, repository_id, tag);
}

int tag_list(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *last,
             int64_t limit, int64_t now_ms, struct list *out, struct err *err)
{
    return db_list(tx, &Q_TAG_LIST, arena, out, err, repository_id, last, now_ms, limit);
}

int tag_names(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *last,
              int64_t limit, int64_t now_ms, struct list *out, struct err *err)
{
    return db_list(tx, &Q_TAG_NAMES, arena, out, err, repository_id, last, now_ms, limit);
}

/* End an interval. Two intervals of one name may not end in the same millisecond, so that a second
 * one in that millisecond is dated back: an end must never lie in the future. */
static int close_interval(struct db_tx *tx, struct arena *arena,
                          const struct manifest_policy *policy, int64_t repository_id,
                          const struct tag *tag, int64_t now_ms, struct err *err)
{
    struct tag_end_row taken;
    int64_t end = now_ms;
    for (;; end--) {
        int found = db_one(tx, &Q_TAG_CLOSED_AT, arena, &taken, err, repository_id, tag->name, end);
        if (found < 0)
            return -1;
        if (found == 0)
            break;
    }
    if (db_exec(tx, &Q_TAG_CLOSE, err, tag->id, end) < 0)
        return -1;
    return gc_enqueue_ended(tx, repository_id, tag->manifest_id, now_ms, policy->window_ms, err);
}

static bool is_fixed(const struct manifest_policy *policy, const struct tag *tag)
{
    return policy->immutable_tags && tag->immutable;
}

static int refuse_immutable(const char *tag, struct err *err)
{
    return err_set(err, ERR_TAG_IMMUTABLE,
                   "tag %.128s is immutable: it can be neither moved nor deleted", tag);
}

int tag_find(struct db_tx *tx, struct arena *arena, int64_t repository_id, const char *name,
             int64_t now_ms, struct tag *out, struct err *err)
{
    return db_one(tx, &Q_TAG_FIND, arena, out, err, repository_id, name, now_ms);
}

int tag_end(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
            int64_t repository_id, const struct tag *tag, int64_t now_ms, struct err *err)
{
    if (is_fixed(policy, tag))
        return refuse_immutable(tag->name, err);
    return close_interval(tx, arena, policy, repository_id, tag, now_ms, err);
}

int tag_protect(struct db_tx *tx, const struct manifest_policy *policy, const struct tag *tag,
                struct err *err)
{
    int64_t end_ms = policy->immutable_can_expire ? tag->end_ms : TAG_FOREVER;
    return db_exec(tx, &Q_TAG_PROTECT, err, tag->id, end_ms) < 0 ? -1 : 0;
}

/* The tag means this manifest already. One that would have ended goes on, as a clock that was ahead
 * may have ended it; one that was there before a policy is protected from now on. */
static int point_again(struct db_tx *tx, const struct tag *tag, bool immutable, struct err *err)
{
    if (immutable)
        return db_exec(tx, &Q_TAG_PROTECT, err, tag->id, TAG_FOREVER) < 0 ? -1 : 0;
    if (tag->end_ms == TAG_FOREVER)
        return 0;
    return db_exec(tx, &Q_TAG_CLOSE, err, tag->id, TAG_FOREVER) < 0 ? -1 : 0;
}

/* Whether there are policies comes with the tag itself, so that they cost nothing where there are
 * none. */
static int point(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                 int64_t repository_id, const char *name, int64_t manifest_id, bool reversion,
                 int64_t now_ms, struct err *err)
{
    struct tag_target_row target = {0};
    if (db_one(tx, &Q_TAG_TARGET, arena, &target, err, repository_id, name, now_ms) < 0)
        return -1;
    struct tag old = {.id = target.id,
                      .name = name,
                      .manifest_id = target.manifest_id,
                      .end_ms = target.end_ms,
                      .immutable = target.immutable};
    bool again = old.id && old.manifest_id == manifest_id;
    if (old.id && !again && tag_end(tx, arena, policy, repository_id, &old, now_ms, err) != 0)
        return -1;
    int immutable = 0;
    if (policy->immutable_tags && target.ruled && !old.immutable)
        immutable = immutability_rule_demands(tx, arena, repository_id, name, now_ms, err);
    if (immutable < 0)
        return -1;
    if (again)
        return point_again(tx, &old, immutable, err);
    int64_t id = db_insert(tx, &Q_TAG_INSERT, err, repository_id, name, manifest_id, now_ms,
                           TAG_FOREVER, (int64_t)0, (int64_t)reversion, (int64_t)immutable);
    return id < 0 ? -1 : 0;
}

int tag_point(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
              int64_t repository_id, const char *name, int64_t manifest_id, int64_t now_ms,
              struct err *err)
{
    return point(tx, arena, policy, repository_id, name, manifest_id, false, now_ms, err);
}

int tag_keep_untagged(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                      int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err)
{
    struct tag_end_row last = {0};
    int64_t until = now_ms + policy->untagged_ms;
    if (db_one(tx, &Q_TAG_KEPT_UNTIL, arena, &last, err, manifest_id) < 0)
        return -1;
    /* A tag that lasts may be closed a moment later: then only the window keeps the manifest. */
    if (last.end_ms >= until && policy->window_ms >= policy->untagged_ms)
        return 0;
    char name[UUID_SIZE + 8] = "$temp-";
    rand_uuid(name + 6);
    if (db_insert(tx, &Q_TAG_INSERT, err, repository_id, name, manifest_id, now_ms, until,
                  (int64_t)1, (int64_t)0, (int64_t)0) < 0)
        return -1;
    return gc_enqueue(tx, GC_MANIFEST, manifest_id, until, err);
}

/* Those whose name has another interval that ended in this very millisecond or ends behind it, one
 * by one. */
static int close_rest(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                      int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err)
{
    for (;;) {
        struct list page = {0};
        if (db_list(tx, &Q_TAG_LIVE_OF_MANIFEST, arena, &page, err, manifest_id, now_ms,
                    (int64_t)TAGS_CLOSED_AT_ONCE) != 0)
            return -1;
        const struct tag *tags = page.items;
        for (size_t i = 0; i < page.count; i++) {
            if (close_interval(tx, arena, policy, repository_id, &tags[i], now_ms, err) != 0)
                return -1;
        }
        if (page.count < TAGS_CLOSED_AT_ONCE)
            return 0;
    }
}

/* There may be thousands: one statement closes them, one queue row stands for all. */
int tag_close_all(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                  int64_t repository_id, int64_t manifest_id, int64_t now_ms, struct err *err)
{
    struct tag_name_row immutable;
    int found = 0;
    if (policy->immutable_tags)
        found = db_one(tx, &Q_TAG_IMMUTABLE_OF_MANIFEST, arena, &immutable, err, manifest_id,
                       now_ms);
    if (found != 0)
        return found < 0 ? -1 : refuse_immutable(immutable.name, err);
    int64_t closed = db_exec(tx, &Q_TAG_CLOSE_ALL, err, manifest_id, now_ms);
    if (closed < 0 || (closed > 0 && gc_enqueue_ended(tx, repository_id, manifest_id, now_ms,
                                                      policy->window_ms, err) != 0))
        return -1;
    return close_rest(tx, arena, policy, repository_id, manifest_id, now_ms, err);
}

int tag_close(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
              int64_t repository_id, const char *name, int64_t now_ms, struct err *err)
{
    struct tag tag;
    int found = tag_find(tx, arena, repository_id, name, now_ms, &tag, err);
    if (found <= 0)
        return found;
    return tag_end(tx, arena, policy, repository_id, &tag, now_ms, err) == 0 ? 1 : -1;
}

int tag_delete(struct db *db, struct arena *arena, const struct manifest_policy *policy,
               int64_t repository_id, const char *name, int64_t now_ms, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int closed = 0, done;
    while ((done = tag_close(tx, arena, policy, repository_id, name, now_ms, err)) > 0)
        closed++; /* a clock that was ahead may have left more than one */
    if (done < 0 || closed == 0)
        return done;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

int tag_move(struct db *db, struct arena *arena, const struct manifest_policy *policy,
             int64_t repository_id, const char *name, const struct digest *digest, int64_t now_ms,
             struct err *err)
{
    struct manifest_id_row manifest;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_MANIFEST_ID, arena, &manifest, err, repository_id, digest);
    if (found <= 0)
        return found;
    if (db_exec(tx, &Q_MANIFEST_SET_DELETED, err, manifest.id, (int64_t)0) < 0 ||
        tag_point(tx, arena, policy, repository_id, name, manifest.id, now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

int tag_restore(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                int64_t repository_id, const char *name, const struct digest *digest,
                int64_t now_ms, struct err *err)
{
    struct manifest_id_row manifest;
    int found = db_one(tx, &Q_MANIFEST_ID, arena, &manifest, err, repository_id, digest);
    if (found <= 0)
        return found;
    if (db_exec(tx, &Q_MANIFEST_SET_DELETED, err, manifest.id, (int64_t)0) < 0 ||
        point(tx, arena, policy, repository_id, name, manifest.id, true, now_ms, err) != 0)
        return -1;
    return 1;
}

int tag_set_end(struct db_tx *tx, const struct manifest_policy *policy, int64_t repository_id,
                const struct tag *tag, int64_t end_ms, struct err *err)
{
    if (db_exec(tx, &Q_TAG_CLOSE, err, tag->id, end_ms) < 0)
        return -1;
    if (end_ms == TAG_FOREVER)
        return 0;
    return gc_enqueue_ended(tx, repository_id, tag->manifest_id, end_ms, policy->window_ms, err);
}

int tag_set_immutable(struct db_tx *tx, int64_t id, bool immutable, struct err *err)
{
    return db_exec(tx, &Q_TAG_SET_IMMUTABLE, err, id, (int64_t)immutable) < 0 ? -1 : 0;
}

int tag_purge(struct db_tx *tx, const struct manifest_policy *policy, const struct tag *tag,
              int64_t now_ms, struct err *err)
{
    if (is_fixed(policy, tag))
        return refuse_immutable(tag->name, err);
    if (db_exec(tx, &Q_TAG_DELETE, err, tag->id) < 0)
        return -1;
    return gc_enqueue(tx, GC_MANIFEST, tag->manifest_id, now_ms, err);
}

int64_t tag_purge_ended(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                        const char *name, const struct digest *digest, int64_t now_ms,
                        struct err *err)
{
    struct manifest_id_row manifest;
    int found = db_one(tx, &Q_MANIFEST_ID, arena, &manifest, err, repository_id, digest);
    if (found <= 0)
        return found;
    int64_t rows = db_exec(tx, &Q_TAG_DELETE_ENDED, err, repository_id, name, now_ms, manifest.id);
    if (rows > 0 && gc_enqueue(tx, GC_MANIFEST, manifest.id, now_ms, err) != 0)
        return -1;
    return rows;
}

/* The two lists of a page take the same parameters. */
static int list_history(struct db_tx *tx, struct arena *arena, const struct query *any,
                        const struct query *named, int64_t repository_id,
                        const struct tag_filter *filter, int64_t now_ms, struct list *out,
                        struct err *err)
{
    const char *pattern = filter->name ? filter->name
                          : filter->like
                              ? arena_printf(arena, "%%%s%%", name_like_escape(arena, filter->like))
                              : "";
    return db_list_whole(tx, filter->name ? named : any, arena, out, err, repository_id, pattern,
                         (int64_t)filter->live, now_ms, filter->limit, filter->skip);
}

int tag_history(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                const struct tag_filter *filter, int64_t now_ms, struct list *out, struct err *err)
{
    return list_history(tx, arena, &Q_TAG_HISTORY, &Q_TAG_HISTORY_OF_NAME, repository_id, filter,
                        now_ms, out, err);
}

int tag_history_children(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                         const struct tag_filter *filter, int64_t now_ms, struct list *out,
                         struct err *err)
{
    return list_history(tx, arena, &Q_TAG_CHILDREN, &Q_TAG_CHILDREN_OF_NAME, repository_id, filter,
                        now_ms, out, err);
}
