/* SPDX-License-Identifier: Apache-2.0 */
/* What the collector takes and what it leaves, case by case. Several are the bugs that other
 * registries are known for. */
#include "gc_world.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/gc_round.h"

static const char *const app[] = {"config", "base layer", "app layer", NULL};
static const char *const app2[] = {"config 2", "base layer", "app layer 2", NULL};
static const char *const arm[] = {"config arm", "arm layer", NULL};
static const char *const signature[] = {"{}", "signature", NULL};

#define must(call) assert_ok(call, &w.err)

static void assert_image(struct world *w, int64_t repository, const char *const *texts)
{
    for (size_t i = 0; texts[i]; i++) {
        if (!world_has_blob(w, repository, texts[i]))
            fail_msg("%s is lost", texts[i]);
    }
}

static void assert_empty(struct world *w)
{
    assert_int_equal(world_rows(w, IN_BLOB), 0);
    assert_int_equal(world_rows(w, IN_LEASE), 0);
    assert_int_equal(world_rows(w, IN_MANIFEST), 0);
    assert_int_equal(world_rows(w, IN_TAG), 0);
    assert_int_equal(world_rows(w, IN_UPLOAD), 0);
    assert_int_equal(world_rows(w, IN_QUEUE), 0);
    assert_int_equal(world_rows(w, IN_DEAD), 0);
    assert_int_equal(world_objects(w), 0);
}

static int tag_drop(struct world *w, int64_t repository, const char *name)
{
    return tag_delete(w->db, &w->arena, &w->manifests, repository, name, w->now_ms, &w->err);
}

static int drop(struct world *w, int64_t repository, const struct digest *digest)
{
    return manifest_delete(w->db, &w->arena, &w->manifests, repository, digest, w->now_ms, &w->err);
}

static int touch(struct world *w, int64_t repository, const char *text)
{
    struct digest digest = world_digest(text);
    struct blob_row blob;
    return repo_blob_touch(w->db, &w->arena, repository, &digest, w->now_ms, HOUR_MS, &blob,
                           &w->err);
}

static void an_upload_that_no_manifest_follows_goes_after_its_lease(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "layer");
    world_pass(&w, HOUR_MS - 1);
    assert_true(world_has_blob(&w, repository, "layer"));
    w.now_ms += 1;
    struct gc_report report = world_collect(&w);
    assert_int_equal(report.blobs, 1);
    assert_int_equal(world_objects(&w), 1);
    w.now_ms += w.gc.policy.grace_ms - 1;
    assert_int_equal(world_collect(&w).objects, 0);
    w.now_ms += 1;
    report = world_collect(&w);
    assert_int_equal(report.objects, 1);
    assert_int_equal(report.bytes, strlen("layer"));
    assert_empty(&w);
    world_close(&w);
}

static void a_tagged_image_stays(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, "latest", app, NULL);
    world_pass(&w, 3 * DAY_MS);
    w.now_ms += 400 * DAY_MS;
    world_collect(&w);
    assert_image(&w, repository, app);
    assert_int_equal(world_rows(&w, IN_LEASE), 0);
    assert_int_equal(world_rows(&w, IN_QUEUE), 0);
    world_close(&w);
}

static void a_deleted_tag_can_be_restored_in_the_window_and_then_all_goes(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest digest = world_image(&w, repository, "latest", app, NULL);
    world_pass(&w, DAY_MS);
    assert_int_equal(tag_drop(&w, repository, "latest"), 1);
    world_pass(&w, 13 * DAY_MS);
    assert_image(&w, repository, app);
    assert_int_equal(
        tag_move(w.db, &w.arena, &w.manifests, repository, "latest", &digest, w.now_ms, &w.err), 1);
    world_pass(&w, 20 * DAY_MS);
    assert_image(&w, repository, app);
    assert_int_equal(world_rows(&w, IN_TAG), 1); /* the first interval can be restored no more */
    assert_int_equal(tag_drop(&w, repository, "latest"), 1);
    struct gc_report report = world_pass(&w, 15 * DAY_MS);
    assert_int_equal(report.manifests, 1);
    assert_int_equal(report.blobs, 3);
    assert_int_equal(report.objects, 3);
    assert_empty(&w);
    world_close(&w);
}

static void moving_a_tag_lets_go_of_the_old_image_only(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest old = world_image(&w, repository, "latest", app, NULL);
    w.now_ms += HOUR_MS;
    world_image(&w, repository, "latest", app2, NULL);
    struct gc_report report = world_pass(&w, 15 * DAY_MS);
    assert_int_equal(report.manifests, 1);
    assert_int_equal(report.blobs, 2);
    assert_false(world_has_manifest(&w, repository, &old));
    assert_image(&w, repository, app2);
    assert_int_equal(world_objects(&w), 3);
    world_close(&w);
}

static void layers_shared_between_repositories_stay_with_the_last(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t one = world_repository(&w, "one"), two = world_repository(&w, "two");
    world_image(&w, one, "v1", app, NULL);
    world_image(&w, two, "v1", app, NULL);
    assert_int_equal(world_rows(&w, IN_BLOB), 3);
    assert_int_equal(tag_drop(&w, one, "v1"), 1);
    w.now_ms += 14 * DAY_MS;
    world_collect(&w);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 1);
    assert_image(&w, one, app); /* for as long as a client may have been told so */
    world_pass(&w, 2 * HOUR_MS);
    assert_false(world_has_blob(&w, one, "base layer"));
    assert_image(&w, two, app);
    assert_int_equal(world_objects(&w), 3);
    world_close(&w);
}

/* distribution #1609: a push reuses layers that the collector is about to take. */
static void a_push_during_collection_finds_what_it_was_told_is_there(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, "v1", app, NULL);
    w.now_ms += HOUR_MS;
    assert_int_equal(tag_drop(&w, repository, "v1"), 1);
    w.now_ms += 14 * DAY_MS;
    assert_int_equal(touch(&w, repository, "base layer"), 1); /* HEAD: a manifest holds it */
    assert_int_equal(world_collect(&w).manifests, 1);         /* ... which goes */
    world_blob(&w, repository, "config 2");
    world_blob(&w, repository, "app layer 2");
    w.now_ms += HOUR_MS / 2 + 1;
    world_collect(&w);
    assert_int_equal(touch(&w, repository, "base layer"), 1); /* now its lease is extended */
    w.now_ms += HOUR_MS - 1;
    assert_int_equal(touch(&w, repository, "config 2"), 0); /* these came too early */
    world_blob(&w, repository, "config 2");
    world_blob(&w, repository, "app layer 2");
    world_collect(&w);
    must(world_put(&w, repository, "v2", world_image_text(&w, app2, NULL)));
    world_pass(&w, 3 * DAY_MS);
    assert_image(&w, repository, app2);
    assert_int_equal(world_objects(&w), 3);
    world_close(&w);
}

static void a_push_that_comes_too_late_is_refused_and_may_upload_again(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "config");
    world_blob(&w, repository, "base layer");
    world_blob(&w, repository, "app layer");
    w.now_ms += HOUR_MS;
    assert_fails(world_put(&w, repository, "v1", world_image_text(&w, app, NULL)), &w.err,
                 ERR_MANIFEST_BLOB_UNKNOWN);
    world_collect(&w);
    world_image(&w, repository, "v1", app, NULL); /* new rows and new objects */
    assert_int_equal(world_objects(&w), 6);
    world_pass(&w, DAY_MS);
    assert_image(&w, repository, app);
    assert_int_equal(world_objects(&w), 3);
    world_close(&w);
}

static void a_longer_lease_is_not_cut_short(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    w.uploads.policy.lease_ms = 3 * HOUR_MS;
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, NULL, app, NULL);
    assert_int_equal(world_pass(&w, HOUR_MS).manifests, 1);
    world_pass(&w, 2 * HOUR_MS - 1);
    assert_image(&w, repository, app);
    world_pass(&w, 2 * HOUR_MS);
    assert_empty(&w);
    world_close(&w);
}

static void a_second_upload_of_the_same_content_is_kept_once(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, "v1", app, NULL);
    world_blob(&w, repository, "base layer");
    assert_int_equal(world_objects(&w), 4);
    world_pass(&w, HOUR_MS);
    assert_int_equal(world_objects(&w), 3);
    assert_image(&w, repository, app);
    world_close(&w);
}

/* distribution #3178 and #4939: deleting a multi-architecture image. */
static void an_index_takes_its_children_along_but_not_those_with_a_tag(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest children[] = {world_image(&w, repository, NULL, app, NULL),
                                world_image(&w, repository, NULL, arm, NULL)};
    struct digest index = world_index(&w, repository, "multi", children, 2);
    world_pass(&w, 2 * DAY_MS); /* the children's time without a tag is over */
    assert_image(&w, repository, app);
    assert_image(&w, repository, arm);
    assert_int_equal(
        tag_move(w.db, &w.arena, &w.manifests, repository, "arm", &children[1], w.now_ms, &w.err),
        1);
    assert_int_equal(drop(&w, repository, &index), 1);
    world_pass(&w, 13 * DAY_MS);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 3);
    world_pass(&w, 2 * DAY_MS);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 1);
    assert_image(&w, repository, arm);
    assert_int_equal(world_objects(&w), 2);
    assert_int_equal(tag_drop(&w, repository, "arm"), 1);
    world_pass(&w, 15 * DAY_MS);
    assert_empty(&w);
    world_close(&w);
}

static void an_index_in_an_index_keeps_and_drops_everything_below(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest image = world_image(&w, repository, NULL, app, NULL);
    struct digest inner = world_index(&w, repository, NULL, &image, 1);
    world_index(&w, repository, "outer", &inner, 1);
    world_pass(&w, 2 * DAY_MS);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 3);
    assert_image(&w, repository, app);
    assert_int_equal(drop(&w, repository, &image), 1); /* the indexes still need it */
    world_pass(&w, 20 * DAY_MS);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 3);
    assert_int_equal(tag_drop(&w, repository, "outer"), 1);
    world_pass(&w, 15 * DAY_MS);
    assert_empty(&w);
    world_close(&w);
}

static void what_is_attached_goes_with_its_subject(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest image = world_image(&w, repository, "v1", app, NULL);
    struct digest signed_ = world_image(&w, repository, NULL, signature, &image);
    static const char *const note[] = {"{}", "note on the signature", NULL};
    world_image(&w, repository, NULL, note, &signed_);
    world_pass(&w, 5 * DAY_MS);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 3);
    assert_image(&w, repository, note);
    assert_int_equal(tag_drop(&w, repository, "v1"), 1);
    world_pass(&w, 15 * DAY_MS);
    assert_empty(&w);
    world_close(&w);
}

static void what_is_attached_and_deleted_goes_before_its_subject(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest image = world_image(&w, repository, "v1", app, NULL);
    struct digest signed_ = world_image(&w, repository, NULL, signature, &image);
    world_pass(&w, 5 * DAY_MS);
    assert_int_equal(drop(&w, repository, &signed_), 1);
    world_pass(&w, 15 * DAY_MS);
    assert_int_equal(world_rows(&w, IN_MANIFEST), 1);
    assert_int_equal(world_objects(&w), 3);
    world_close(&w);
}

static void a_manifest_without_a_tag_goes_after_an_hour(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, NULL, app, NULL);
    w.now_ms += HOUR_MS - 1;
    world_collect(&w);
    assert_image(&w, repository, app);
    w.now_ms += 1;
    assert_int_equal(world_collect(&w).manifests, 1);
    assert_image(&w, repository, app); /* for as long as somebody may have been told so */
    world_pass(&w, 3 * HOUR_MS);
    assert_empty(&w);
    world_close(&w);
}

static void a_push_by_digest_outlives_a_tag_without_a_window(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    w.manifests.window_ms = w.gc.policy.window_ms = 0;
    int64_t repository = world_repository(&w, "app");
    struct digest image = world_image(&w, repository, "v1", app, NULL);
    must(world_put(&w, repository, NULL, world_image_text(&w, app, NULL)));
    assert_int_equal(tag_drop(&w, repository, "v1"), 1);
    world_collect(&w);
    assert_true(world_has_manifest(&w, repository, &image));
    world_close(&w);
}

static void a_deleted_repository_is_emptied(void **state)
{
    struct world w;
    const char *uuid;
    (void)state;
    world_open(&w);
    int64_t gone = world_repository(&w, "gone"), other = world_repository(&w, "other");
    world_image(&w, gone, "v1", app, NULL);
    world_image(&w, other, "v1", app2, NULL);
    world_blob(&w, gone, "leased");
    must(upload_start(&w.uploads, &w.arena, gone, w.now_ms, &uuid, &w.err));
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    must(repository_delete(tx, gone, w.now_ms, &w.err));
    must(db_commit(&tx, &w.err));
    w.gc.policy.hold_us = 0; /* a step in each transaction */
    struct gc_report report = world_collect(&w);
    assert_int_equal(report.repositories, 1);
    assert_int_equal(report.manifests, 1);
    assert_int_equal(report.uploads, 1);
    assert_int_equal(world_rows(&w, IN_REPO), 1);
    world_pass(&w, 3 * HOUR_MS);
    assert_image(&w, other, app2);
    assert_int_equal(world_rows(&w, IN_BLOB), 3);
    assert_int_equal(world_objects(&w), 3);
    world_close(&w);
}

static void an_abandoned_upload_goes_with_its_bytes(void **state)
{
    struct world w;
    const char *uuid;
    struct upload *upload;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    must(upload_start(&w.uploads, &w.arena, repository, w.now_ms, &uuid, &w.err));
    must(upload_open(&w.uploads, &w.arena, repository, uuid, w.now_ms, &upload, &w.err));
    must(upload_append(upload, "half", 4, &w.err));
    must(upload_save(upload, w.now_ms, &w.err));
    w.now_ms += 2 * HOUR_MS;
    struct gc_report report = world_collect(&w);
    assert_int_equal(report.uploads, 1);
    assert_fails(upload_save(upload, w.now_ms, &w.err), &w.err, ERR_CONFLICT);
    upload_release(upload);
    world_pass(&w, HOUR_MS);
    assert_empty(&w);
    world_close(&w);
}

struct counted {
    int decisions, transactions;
};

static bool count_decision(void *context)
{
    ((struct counted *)context)->decisions++;
    return false;
}

static void count_transaction(void *context, int64_t waited_us, int64_t held_us)
{
    (void)waited_us, (void)held_us;
    ((struct counted *)context)->transactions++;
}

/* Harbor #15807: deleting one manifest with 20,000 tags took hours. */
static void twenty_thousand_tags_go_in_a_few_steps(void **state)
{
    enum { TAGS = 20000 };
    struct world w;
    struct counted counted = {0};
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest image = world_image(&w, repository, "v", app, NULL);
    struct manifest manifest;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    assert_int_equal(manifest_find(tx, &w.arena, repository, &image, &manifest, &w.err), 1);
    for (int i = 1; i < TAGS; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%d", i);
        must(
            tag_point(tx, &w.arena, &w.manifests, repository, name, manifest.id, w.now_ms, &w.err));
    }
    must(db_commit(&tx, &w.err));
    w.now_ms += HOUR_MS;
    world_collect(&w);
    assert_int_equal(world_rows(&w, IN_QUEUE), 0);
    assert_int_equal(drop(&w, repository, &image), 1);
    assert_in_range(world_rows(&w, IN_QUEUE), 1, 2); /* closed by one statement, not one by one */
    w.now_ms += 14 * DAY_MS;
    w.gc.stop = count_decision;
    w.gc.breathe = count_transaction;
    w.gc.context = &counted;
    struct gc_report report = world_collect(&w);
    assert_int_equal(report.tags, TAGS);
    assert_int_equal(report.manifests, 1);
    assert_in_range(counted.transactions, 1, TAGS / 100);
    assert_in_range(counted.decisions, 1, TAGS / 10);
    world_pass(&w, 3 * HOUR_MS);
    assert_empty(&w);
    world_close(&w);
}

/* Two intervals of one name cannot end in the same millisecond: the other is dated back. */
static void tags_that_ended_a_moment_ago_are_closed_too(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    struct digest image = world_image(&w, repository, "v1", app, NULL);
    world_image(&w, repository, "v2", app, NULL);
    w.now_ms += HOUR_MS;
    assert_int_equal(tag_drop(&w, repository, "v1"), 1);
    must(world_put(&w, repository, "v1", world_image_text(&w, app, NULL)));
    assert_int_equal(drop(&w, repository, &image), 1);
    assert_int_equal(tag_drop(&w, repository, "v1"), 0);
    assert_int_equal(tag_drop(&w, repository, "v2"), 0);
    world_pass(&w, 15 * DAY_MS);
    assert_empty(&w);
    world_close(&w);
}

static void an_object_that_cannot_be_removed_holds_up_no_other(void **state)
{
    struct world w;
    char key[BLOB_KEY_SIZE], path[160];
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "layer");
    blob_key_new(key);
    snprintf(path, sizeof path, "%s/blobs/%s", w.root, key);
    assert_int_equal(mkdir(path, 0700), 0); /* unlink refuses a folder, also for root */
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    assert_int_equal(db_exec(tx, &Q_GC_DEAD_OBJECT_INSERT, &w.err, key, w.now_ms, INT64_C(1)), 1);
    must(db_commit(&tx, &w.err));
    w.now_ms += HOUR_MS;
    world_collect(&w);
    w.now_ms += HOUR_MS;
    struct gc_report report = world_collect(&w);
    assert_int_equal(report.objects, 1);
    assert_int_equal(report.failed, 1);
    assert_int_equal(report.last_failure.code, ERR_IO);
    assert_int_equal(world_rows(&w, IN_DEAD), 1);
    assert_int_equal(rmdir(path), 0);
    world_pass(&w, 2 * HOUR_MS);
    assert_empty(&w);
    world_close(&w);
}

/* A decision that ran into a push is rolled back and made again, with what was decided before. */
static int conflict_twice(struct gc_round *round, const void *items, size_t index, struct err *err)
{
    int *left = *(int *const *)items;
    round->report->kept++;
    if (index == 2 && (*left)-- > 0)
        return err_set(err, ERR_CONFLICT, "lost");
    return 0;
}

static void a_lost_race_is_decided_again(void **state)
{
    static const struct {
        int conflicts, rc, kept;
    } cases[] = {{0, 0, 5}, {2, 0, 5}, {10, 0, 5}, {11, -1, 0}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w;
        struct gc_report report = {0};
        bool more = false;
        world_open(&w);
        w.gc.policy.hold_us = INT64_MAX / 2;
        int left = cases[i].conflicts;
        int *pointer = &left;
        struct gc_work work = {conflict_twice, &pointer, 5};
        assert_int_equal(gc_round_each(&w.gc, w.now_ms, &work, &report, &more, &w.err),
                         cases[i].rc);
        assert_int_equal(report.kept, cases[i].kept);
        assert_int_equal(report.conflicts, cases[i].conflicts < 10 ? cases[i].conflicts : 10);
        world_close(&w);
    }
}

/* How much fits into more time than none depends on the machine. */
static void transactions_are_cut_by_time(void **state)
{
    struct world w;
    struct counted counted = {0};
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "one");
    world_blob(&w, repository, "two");
    world_blob(&w, repository, "three");
    w.now_ms += HOUR_MS;
    w.gc.policy.hold_us = 0;
    w.gc.breathe = count_transaction;
    w.gc.context = &counted;
    assert_int_equal(world_collect(&w).blobs, 3);
    assert_int_equal(counted.transactions, 3);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_that_no_manifest_follows_goes_after_its_lease),
        cmocka_unit_test(a_tagged_image_stays),
        cmocka_unit_test(a_deleted_tag_can_be_restored_in_the_window_and_then_all_goes),
        cmocka_unit_test(moving_a_tag_lets_go_of_the_old_image_only),
        cmocka_unit_test(layers_shared_between_repositories_stay_with_the_last),
        cmocka_unit_test(a_push_during_collection_finds_what_it_was_told_is_there),
        cmocka_unit_test(a_push_that_comes_too_late_is_refused_and_may_upload_again),
        cmocka_unit_test(a_longer_lease_is_not_cut_short),
        cmocka_unit_test(a_second_upload_of_the_same_content_is_kept_once),
        cmocka_unit_test(an_index_takes_its_children_along_but_not_those_with_a_tag),
        cmocka_unit_test(an_index_in_an_index_keeps_and_drops_everything_below),
        cmocka_unit_test(what_is_attached_goes_with_its_subject),
        cmocka_unit_test(what_is_attached_and_deleted_goes_before_its_subject),
        cmocka_unit_test(a_manifest_without_a_tag_goes_after_an_hour),
        cmocka_unit_test(a_push_by_digest_outlives_a_tag_without_a_window),
        cmocka_unit_test(a_deleted_repository_is_emptied),
        cmocka_unit_test(an_abandoned_upload_goes_with_its_bytes),
        cmocka_unit_test(twenty_thousand_tags_go_in_a_few_steps),
        cmocka_unit_test(tags_that_ended_a_moment_ago_are_closed_too),
        cmocka_unit_test(an_object_that_cannot_be_removed_holds_up_no_other),
        cmocka_unit_test(a_lost_race_is_decided_again),
        cmocka_unit_test(transactions_are_cut_by_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
