/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of the dry run, and that it says what the collector then does. */
#include "gc_world.h"

#include <stdio.h>

static const char *const app[] = {"config", "layer", NULL};
static const char *const other[] = {"config 2", "layer 2", NULL};
static const char *const attached[] = {"{}", "signature", NULL};

#define must(call) assert_ok(call, &w->err)

enum { VERDICTS_MAX = 32 };

struct heard {
    struct world *world;
    struct gc_verdict verdicts[VERDICTS_MAX];
    int count;
};

static int hear(void *context, const struct gc_verdict *verdict)
{
    struct heard *heard = context;
    assert_true(heard->count < VERDICTS_MAX);
    struct gc_verdict *kept = &heard->verdicts[heard->count++];
    *kept = *verdict;
    kept->name = arena_strdup(&heard->world->arena, verdict->name);
    kept->reason = arena_strdup(&heard->world->arena, verdict->reason);
    return 0;
}

static struct heard explain(struct world *w)
{
    struct heard heard = {.world = w};
    must(gc_explain(&w->gc, w->now_ms, hear, &heard, &w->err));
    return heard;
}

static const char *digest_text(struct world *w, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return arena_strdup(&w->arena, text);
}

/* The verdict on a digest (or any name). */
static void assert_verdict(struct world *w, const char *name, bool goes, const char *reason)
{
    struct heard heard = explain(w);
    for (int i = 0; i < heard.count; i++) {
        if (strcmp(heard.verdicts[i].name, name) != 0)
            continue;
        assert_string_equal(heard.verdicts[i].reason, reason);
        assert_int_equal(heard.verdicts[i].goes, goes);
        return;
    }
    fail_msg("nothing was said about %s", name);
}

static void assert_of(struct world *w, const struct digest *digest, bool goes, const char *reason)
{
    assert_verdict(w, digest_text(w, digest), goes, reason);
}

/* The world begins on 1971-02-05. */

static void blobs(struct world *w, int64_t repository)
{
    struct digest layer = world_blob(w, repository, "layer");
    assert_of(w, &layer, false, "alice/app may push a manifest with it until 1971-02-05T01:00:00Z");
    w->now_ms += HOUR_MS;
    assert_of(w, &layer, true,
              "no manifest in any repository refers to it; the last to use it was alice/app, until"
              " 1971-02-05T01:00:00Z");
    struct digest image = world_image(w, repository, "v1", app, NULL);
    assert_of(
        w, &layer, false,
        arena_printf(&w->arena, "manifest %s of alice/app refers to it", digest_text(w, &image)));
}

static void an_unleased_blob(struct world *w, int64_t repository)
{
    struct digest layer = world_blob(w, repository, "layer");
    assert_int_equal(repo_blob_release(w->db, &w->arena, repository, &layer, w->now_ms, &w->err),
                     1);
    assert_of(w, &layer, true, "no manifest in any repository refers to it");
}

static void tags(struct world *w, int64_t repository)
{
    struct digest image = world_image(w, repository, "v1", app, NULL);
    w->now_ms += HOUR_MS;
    must(tag_delete(w->db, &w->arena, &w->manifests, repository, "v1", w->now_ms, &w->err) - 1);
    assert_of(w, &image, false,
              "tag alice/app:v1 pointed at it until 1971-02-05T01:00:00Z and can be restored until"
              " 1971-02-19T01:00:00Z");
    must(tag_move(w->db, &w->arena, &w->manifests, repository, "v2", &image, w->now_ms, &w->err) -
         1);
    assert_of(w, &image, false, "tag alice/app:v2 points at it");
    must(tag_delete(w->db, &w->arena, &w->manifests, repository, "v2", w->now_ms, &w->err) - 1);
    w->now_ms += 14 * DAY_MS;
    assert_of(w, &image, true, "no tag, index or subject in alice/app needs it");
}

static void untagged(struct world *w, int64_t repository)
{
    struct digest image = world_image(w, repository, NULL, app, NULL);
    assert_of(w, &image, false,
              "it was pushed to alice/app without a tag and is kept until 1971-02-05T01:00:00Z");
    struct digest index = world_index(w, repository, "multi", &image, 1);
    struct digest signature = world_image(w, repository, NULL, attached, &index);
    w->now_ms += 2 * HOUR_MS;
    assert_of(w, &image, false,
              arena_printf(&w->arena, "index %s of alice/app lists it", digest_text(w, &index)));
    assert_of(w, &signature, false,
              arena_printf(&w->arena, "it is attached to %s of alice/app", digest_text(w, &index)));
}

static void repositories(struct world *w, int64_t repository)
{
    struct digest layer = world_blob(w, repository, "layer");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    must(gc_enqueue(tx, GC_REPOSITORY, repository, w->now_ms, &w->err));
    must(db_commit(&tx, &w->err));
    assert_verdict(w, "alice/app", false, "the repository is in use");
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    must(repository_delete(tx, repository, w->now_ms, &w->err));
    must(db_commit(&tx, &w->err));
    assert_verdict(w, "a deleted repository of alice", true, "the repository was deleted");
    assert_of(w, &layer, false, "a deleted repository of alice is not emptied yet");
}

static void uploads(struct world *w, int64_t repository)
{
    const char *uuid;
    must(upload_start(&w->uploads, &w->arena, repository, w->now_ms, &uuid, &w->err));
    assert_int_equal(explain(w).count, 0);
    w->now_ms += 2 * HOUR_MS;
    assert_verdict(w, uuid, true, "nobody went on with the upload in time");
    world_collect(w);
    w->now_ms += HOUR_MS;
    struct heard heard = explain(w);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.verdicts[0].subject, GC_OF_OBJECT);
    assert_string_equal(heard.verdicts[0].reason, "no row names it any more");
}

static void a_sentence_for_each(void **state)
{
    static void (*const cases[])(struct world *, int64_t) = {
        blobs, an_unleased_blob, tags, untagged, repositories, uploads,
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w;
        world_open(&w);
        cases[i](&w, world_repository(&w, "app"));
        world_close(&w);
    }
}

/* More than a page of candidates: each is told once, and the callback's word ends the walk. */
static int stop_at_700(void *context, const struct gc_verdict *verdict)
{
    (void)verdict;
    return ++*(int *)context == 700 ? 42 : 0;
}

static int count(void *context, const struct gc_verdict *verdict)
{
    *(int64_t *)context += verdict->id;
    return 0;
}

static void all_pages_once_and_until_told_to_stop(void **state)
{
    enum { MANY = 1234 };
    struct world w;
    int told = 0;
    int64_t sum = 0;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    for (int i = 1; i <= MANY; i++)
        world_blob(&w, repository, arena_printf(&w.arena, "blob %d", i));
    assert_ok(gc_explain(&w.gc, w.now_ms, count, &sum, &w.err), &w.err);
    assert_int_equal(sum, MANY * (MANY + 1) / 2);
    assert_int_equal(gc_explain(&w.gc, w.now_ms, stop_at_700, &told, &w.err), 42);
    assert_int_equal(told, 700);
    world_close(&w);
}

/* The dry run changes nothing, and the collector takes exactly what it said. */
static void the_collector_does_what_was_said(void **state)
{
    struct world w;
    int64_t goes = 0;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, "v1", app, NULL);
    world_image(&w, repository, NULL, other, NULL);
    world_blob(&w, repository, "alone");
    w.now_ms += HOUR_MS;
    int64_t queued = world_rows(&w, IN_QUEUE);
    struct heard heard = explain(&w);
    assert_int_equal(world_rows(&w, IN_QUEUE), queued);
    for (int i = 0; i < heard.count; i++)
        goes += heard.verdicts[i].goes;
    struct gc_report report = world_collect(&w);
    assert_int_equal(goes, 2);
    assert_int_equal(report.manifests, 1);
    assert_int_equal(report.blobs, 1);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_for_each),
        cmocka_unit_test(all_pages_once_and_until_told_to_stop),
        cmocka_unit_test(the_collector_does_what_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
