/* SPDX-License-Identifier: Apache-2.0 */
/* The dry run. It asks the very functions that the collector decides by, and puts their answer into
 * a sentence; it reads page by page, so that it never keeps a snapshot open for long. */
#include "base/clock.h"
#include "domain/gc_explain_sql.h"
#include "domain/gc_round.h"

enum { PAGE = 500 };

struct explain {
    const struct gc *gc;
    int64_t now_ms;
    struct db_tx *tx;
    struct arena *arena; /* of the page */
    int (*each)(void *context, const struct gc_verdict *verdict);
    void *context;
};

static const char *time_text(struct arena *arena, int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(ms, text);
    return arena_strdup(arena, text);
}

static const char *digest_text(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return arena_strdup(arena, text);
}

static const char *place_text(struct arena *arena, const struct gc_place_row *place)
{
    if (place->deleted)
        return arena_printf(arena, "a deleted repository of %s", place->namespace_name);
    return arena_printf(arena, "%s/%s", place->namespace_name, place->repository);
}

static int tell(const struct explain *in, struct gc_verdict *verdict, bool goes, const char *reason)
{
    verdict->goes = goes;
    verdict->reason = reason;
    return in->each(in->context, verdict);
}

/* What a row refers to is there as long as the row is. */
static int get_place(const struct explain *in, const struct query *query, int64_t id,
                     struct gc_place_row *out, struct err *err)
{
    int found = db_one(in->tx, query, in->arena, out, err, id);
    if (found == 0)
        return err_set(err, ERR_INTERNAL, "the database names a row that is missing");
    return found < 0 ? -1 : 0;
}

static int explain_kept_blob(const struct explain *in, struct gc_verdict *verdict,
                             const struct gc_blob_row *blob, struct err *err)
{
    struct gc_place_row place = {0};
    const struct query *query = blob->used ? &Q_GC_PLACE_USE : &Q_GC_PLACE_LEASE;
    if (get_place(in, query, verdict->id, &place, err) != 0)
        return -1;
    const char *where = place_text(in->arena, &place);
    if (blob->used)
        return tell(in, verdict, false,
                    arena_printf(in->arena, "manifest %s of %s refers to it",
                                 digest_text(in->arena, &place.digest), where));
    if (place.deleted)
        return tell(in, verdict, false, arena_printf(in->arena, "%s is not emptied yet", where));
    return tell(in, verdict, false,
                arena_printf(in->arena, "%s may push a manifest with it until %s", where,
                             time_text(in->arena, place.when_ms)));
}

static int explain_blob(const struct explain *in, struct gc_verdict *verdict, struct err *err)
{
    struct gc_blob_row blob = {0};
    int found = db_one(in->tx, &Q_GC_BLOB, in->arena, &blob, err, verdict->id);
    if (found <= 0)
        return found;
    verdict->subject = GC_OF_BLOB;
    verdict->name = digest_text(in->arena, &blob.digest);
    verdict->size = blob.size;
    if (gc_blob_kept(&blob, in->now_ms))
        return explain_kept_blob(in, verdict, &blob, err);
    struct gc_place_row place = {0};
    found = db_one(in->tx, &Q_GC_PLACE_LEASE, in->arena, &place, err, verdict->id);
    if (found < 0)
        return -1;
    if (found == 0)
        return tell(in, verdict, true, "no manifest in any repository refers to it");
    return tell(in, verdict, true,
                arena_printf(in->arena,
                             "no manifest in any repository refers to it; the last to use it was"
                             " %s, until %s",
                             place_text(in->arena, &place), time_text(in->arena, place.when_ms)));
}

static const char *tag_reason(const struct explain *in, const struct gc_tag_row *tag,
                              int64_t window_ms, const char *where)
{
    if (tag->hidden)
        return arena_printf(in->arena, "it was pushed to %s without a tag and is kept until %s",
                            where, time_text(in->arena, tag->end_ms));
    if (tag->end_ms > in->now_ms)
        return arena_printf(in->arena, "tag %s:%s points at it", where, tag->name);
    return arena_printf(in->arena, "tag %s:%s pointed at it until %s and can be restored until %s",
                        where, tag->name, time_text(in->arena, tag->end_ms),
                        time_text(in->arena, gc_tag_until(tag, window_ms)));
}

static const char *keeper_reason(const struct explain *in, const struct gc_manifest_row *manifest,
                                 const struct gc_manifest_keeper *keeper, const char *where)
{
    switch (keeper->keeper) {
    case GC_KEPT_BY_TAG:
        return tag_reason(in, &keeper->tag, manifest->window_ms, where);
    case GC_KEPT_BY_INDEX:
        return arena_printf(in->arena, "index %s of %s lists it",
                            digest_text(in->arena, &keeper->digest), where);
    case GC_KEPT_BY_SUBJECT:
        return arena_printf(in->arena, "it is attached to %s of %s",
                            digest_text(in->arena, &manifest->subject), where);
    case GC_KEPT_BY_NOTHING:
        break;
    }
    return arena_printf(in->arena, "no tag, index or subject in %s needs it", where);
}

static int explain_manifest(const struct explain *in, struct gc_verdict *verdict, struct err *err)
{
    struct gc_manifest_row manifest = {0};
    struct gc_manifest_keeper keeper;
    struct gc_place_row place = {0};
    int found = db_one(in->tx, &Q_GC_MANIFEST, in->arena, &manifest, err, verdict->id,
                       in->gc->policy.window_ms);
    if (found <= 0)
        return found;
    if (gc_manifest_keeper(in->tx, in->arena, in->now_ms, &manifest, &keeper, err) != 0 ||
        get_place(in, &Q_GC_PLACE_REPOSITORY, manifest.repository_id, &place, err) != 0)
        return -1;
    verdict->subject = GC_OF_MANIFEST;
    verdict->name = digest_text(in->arena, &manifest.digest);
    verdict->size = manifest.size;
    return tell(in, verdict, keeper.keeper == GC_KEPT_BY_NOTHING,
                keeper_reason(in, &manifest, &keeper, place_text(in->arena, &place)));
}

static int explain_repository(const struct explain *in, struct gc_verdict *verdict, struct err *err)
{
    struct gc_place_row place = {0};
    int found = db_one(in->tx, &Q_GC_PLACE_REPOSITORY, in->arena, &place, err, verdict->id);
    if (found <= 0)
        return found;
    verdict->subject = GC_OF_REPOSITORY;
    verdict->name = place_text(in->arena, &place);
    return tell(in, verdict, place.deleted,
                place.deleted ? "the repository was deleted" : "the repository is in use");
}

static int explain_candidate(const struct explain *in, const struct gc_queue_row *row,
                             struct err *err)
{
    struct gc_verdict verdict = {.id = row->object_id, .due_ms = row->due_ms};
    switch (row->kind) {
    case GC_MANIFEST:
        return explain_manifest(in, &verdict, err);
    case GC_BLOB:
        return explain_blob(in, &verdict, err);
    default:
        return explain_repository(in, &verdict, err);
    }
}

static int explain_objects(const struct explain *in, enum gc_subject subject, const char *reason,
                           const struct list *list)
{
    const struct gc_object_row *rows = list->items;
    for (size_t i = 0; i < list->count; i++) {
        struct gc_verdict verdict = {
            .subject = subject,
            .id = rows[i].id,
            .name = subject == GC_OF_UPLOAD ? rows[i].name : rows[i].object_key,
            .size = rows[i].size,
            .due_ms = rows[i].due_ms,
        };
        int rc = tell(in, &verdict, true, reason);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* One page behind *last; 1 when there may be another. */
static int candidates_page(struct explain *in, enum gc_kind kind, int64_t *last, bool *more,
                           struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct list list = {0};
    if (db_begin(in->gc->db, DB_READ, &tx, err) != 0 ||
        db_list(tx, &Q_GC_CANDIDATES, &arena, &list, err, (int64_t)kind, *last, (int64_t)PAGE) != 0)
        return -1;
    in->tx = tx;
    in->arena = &arena;
    const struct gc_queue_row *rows = list.items;
    int rc = 0;
    for (size_t i = 0; i < list.count && rc == 0; i++) {
        rc = explain_candidate(in, &rows[i], err);
        *last = rows[i].object_id;
    }
    in->tx = NULL;
    in->arena = NULL;
    *more = list.count == PAGE;
    return rc;
}

static int explain_kind(struct explain *in, enum gc_kind kind, struct err *err)
{
    int64_t last = 0;
    bool more = true;
    while (more) {
        int rc = candidates_page(in, kind, &last, &more, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* What waits for nothing but its turn: the first batch tells enough. */
static int explain_waiting(struct explain *in, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct list uploads = {0}, objects = {0};
    int64_t batch = in->gc->policy.batch;
    if (db_begin(in->gc->db, DB_READ, &tx, err) != 0 ||
        db_list(tx, &Q_GC_UPLOADS_EXPIRED, &arena, &uploads, err, in->now_ms, batch) != 0 ||
        db_list(tx, &Q_GC_DEAD_OBJECTS, &arena, &objects, err, in->now_ms, batch) != 0)
        return -1;
    int rc = explain_objects(in, GC_OF_UPLOAD, "nobody went on with the upload in time", &uploads);
    if (rc != 0)
        return rc;
    return explain_objects(in, GC_OF_OBJECT, "no row names it any more", &objects);
}

int gc_explain(const struct gc *gc, int64_t now_ms,
               int (*each)(void *context, const struct gc_verdict *verdict), void *context,
               struct err *err)
{
    static const enum gc_kind kinds[] = {GC_REPOSITORY, GC_MANIFEST, GC_BLOB};
    struct explain in = {.gc = gc, .now_ms = now_ms, .each = each, .context = context};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        int rc = explain_kind(&in, kinds[i], err);
        if (rc != 0)
            return rc;
    }
    return explain_waiting(&in, err);
}
