/* SPDX-License-Identifier: Apache-2.0 */
/* What a namespace and the API have to say about collection: a time machine of its own, tags that
 * end in the future, history that was purged, and all that belongs to a repository. */
#include "domain/activity.h"
#include "domain/grant.h"
#include "domain/label.h"
#include "domain/star.h"
#include "gc_world.h"

static const char *const app[] = {"{\"config\":{\"Labels\":{\"a\":\"b\"}}}", "layer", NULL};
static const char *const other[] = {"{\"other\":1}", "other layer", NULL};

#define must(call) assert_ok(call, &w.err)

static const struct query set_window = {
    .sql = "UPDATE account SET tag_expiration_ms = $2 WHERE id = $1",
    .params = "iI",
};

/* window NULL: as the registry says. */
static void set_time_machine(struct world *world, const int64_t *window_ms)
{
    struct db_tx *tx = NULL;
    assert_ok(db_begin(world->db, DB_WRITE, &tx, &world->err), &world->err);
    assert_int_equal(db_exec(tx, &set_window, &world->err, world->account_id, window_ms), 1);
    assert_ok(db_commit(&tx, &world->err), &world->err);
}

static struct tag get_tag(struct world *world, struct db_tx *tx, int64_t repository,
                          const char *name)
{
    struct tag tag;
    assert_int_equal(
        tag_find(tx, &world->arena, repository, name, world->now_ms, &tag, &world->err), 1);
    return tag;
}

static void a_namespace_keeps_closed_tags_as_long_as_it_says(void **state)
{
    (void)state;
    static const struct {
        int64_t window_days; /* -1: as the registry, which keeps them 14 days */
        int64_t kept_days, gone_days;
    } cases[] = {{-1, 13, 15}, {2, 1, 3}, {30, 29, 31}, {0, -1, 1}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w;
        world_open(&w);
        int64_t window = cases[i].window_days * DAY_MS, repo = world_repository(&w, "app");
        set_time_machine(&w, cases[i].window_days < 0 ? NULL : &window);
        struct digest digest = world_image(&w, repo, "v1", app, NULL);
        assert_int_equal(tag_delete(w.db, &w.arena, &w.manifests, repo, "v1", w.now_ms, &w.err), 1);
        if (cases[i].kept_days > 0) {
            world_pass(&w, cases[i].kept_days * DAY_MS);
            assert_true(world_has_manifest(&w, repo, &digest));
        }
        world_pass(&w, (cases[i].gone_days - (cases[i].kept_days > 0 ? cases[i].kept_days : 0)) *
                           DAY_MS);
        assert_false(world_has_manifest(&w, repo, &digest));
        assert_int_equal(world_rows(&w, IN_BLOB), 0);
        world_close(&w);
    }
}

static void a_tag_that_ends_is_collected_after_its_window(void **state)
{
    (void)state;
    struct world w;
    struct db_tx *tx = NULL;
    world_open(&w);
    int64_t repo = world_repository(&w, "app");
    struct digest digest = world_image(&w, repo, "v1", app, NULL);
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    struct tag tag = get_tag(&w, tx, repo, "v1");
    must(tag_set_end(tx, &w.manifests, repo, &tag, w.now_ms + DAY_MS, &w.err));
    must(db_commit(&tx, &w.err));
    world_pass(&w, 14 * DAY_MS);
    assert_true(world_has_manifest(&w, repo, &digest));
    world_pass(&w, 2 * DAY_MS);
    assert_false(world_has_manifest(&w, repo, &digest));
    world_close(&w);
}

static void an_end_that_was_taken_back_keeps_the_tag(void **state)
{
    (void)state;
    struct world w;
    struct db_tx *tx = NULL;
    world_open(&w);
    int64_t repo = world_repository(&w, "app");
    struct digest digest = world_image(&w, repo, "v1", app, NULL);
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    struct tag tag = get_tag(&w, tx, repo, "v1");
    must(tag_set_end(tx, &w.manifests, repo, &tag, w.now_ms + DAY_MS, &w.err));
    must(tag_set_end(tx, &w.manifests, repo, &tag, TAG_FOREVER, &w.err));
    must(db_commit(&tx, &w.err));
    world_pass(&w, 40 * DAY_MS);
    assert_true(world_has_manifest(&w, repo, &digest));
    assert_int_equal(world_rows(&w, IN_QUEUE), 0);
    world_close(&w);
}

static void what_was_purged_goes_at_once(void **state)
{
    (void)state;
    struct world w;
    struct db_tx *tx = NULL;
    world_open(&w);
    int64_t repo = world_repository(&w, "app");
    struct digest first = world_image(&w, repo, "v1", app, NULL);
    struct digest second = world_image(&w, repo, "v1", other, NULL);
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    assert_int_equal(tag_purge_ended(tx, &w.arena, repo, "v1", &second, w.now_ms, &w.err),
                     0); /* it is live */
    assert_int_equal(tag_purge_ended(tx, &w.arena, repo, "v1", &first, w.now_ms, &w.err), 1);
    must(db_commit(&tx, &w.err));
    world_collect(&w);
    assert_false(world_has_manifest(&w, repo, &first));
    assert_true(world_has_manifest(&w, repo, &second));
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    struct tag tag = get_tag(&w, tx, repo, "v1");
    must(tag_purge(tx, &w.manifests, &tag, w.now_ms, &w.err));
    must(db_commit(&tx, &w.err));
    world_collect(&w);
    assert_false(world_has_manifest(&w, repo, &second));
    assert_int_equal(world_rows(&w, IN_TAG), 0);
    world_close(&w);
}

static const struct query count_around = {
    .sql = "SELECT (SELECT COUNT(*) FROM repository_permission) + (SELECT COUNT(*) FROM star)"
           " + (SELECT COUNT(*) FROM access_token) + (SELECT COUNT(*) FROM label)"
           " + (SELECT COUNT(*) FROM tag_pull) + (SELECT COUNT(*) FROM manifest_pull)"
           " + (SELECT COUNT(*) FROM repository_activity) + (SELECT COUNT(*) FROM mail_code)"
           " + (SELECT COUNT(*) FROM immutability_policy) AS id",
    .row =
        &(const struct schema){
            .fields = &(const struct field){.name = "id", .kind = FIELD_INT},
            .count = 1,
            .size = sizeof(int64_t),
        },
};
static const struct query insert_token = {
    .sql = "INSERT INTO access_token (uuid, repository_id, name, lookup, secret_hash, role,"
           " created_ms) VALUES ('u', $1, 'n', 'l', 'h', 1, 0)",
    .params = "i",
};
static const struct query insert_mail = {
    .sql = "INSERT INTO mail_code (code_hash, purpose, repository_id, created_ms, expires_ms)"
           " VALUES ('h', 4, $1, 0, 0)",
    .params = "i",
};

static const struct query insert_policy = {
    .sql = "INSERT INTO immutability_policy (uuid, namespace_id, repository_id, tag_pattern,"
           " matches, pending, swept_repo, swept_tag, swept) SELECT 'u', namespace_id, id, 'v', 1,"
           " 0, '', '', 0 FROM repository WHERE id = $1",
    .params = "i",
};

static int64_t rows_around(struct world *world)
{
    int64_t count;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(world->db, DB_READ, &tx, &world->err), &world->err);
    assert_int_equal(db_one(tx, &count_around, &world->arena, &count, &world->err), 1);
    db_end(&tx);
    return count;
}

static void surround(struct world *world, int64_t repo, const struct digest *digest)
{
    struct db_tx *tx = NULL;
    struct err *err = &world->err;
    assert_ok(db_begin(world->db, DB_WRITE, &tx, err), err);
    assert_ok(grant_put_account(tx, repo, world->account_id, ROLE_READ, err), err);
    assert_ok(star_put(tx, world->account_id, repo, world->now_ms, err), err);
    assert_ok(activity_count(tx, repo, 2, world->now_ms, err), err);
    assert_ok(activity_count_pull(tx, repo, digest, "v1", 1, world->now_ms, err), err);
    assert_int_equal(db_exec(tx, &insert_token, err, repo), 1);
    assert_int_equal(db_exec(tx, &insert_mail, err, repo), 1);
    assert_int_equal(db_exec(tx, &insert_policy, err, repo), 1);
    assert_ok(db_commit(&tx, err), err);
}

static void nothing_of_a_deleted_repository_stays(void **state)
{
    (void)state;
    struct world w;
    struct db_tx *tx = NULL;
    world_open(&w);
    int64_t repo = world_repository(&w, "app");
    struct digest digest = world_image(&w, repo, "v1", app, NULL);
    surround(&w, repo, &digest);
    assert_int_equal(rows_around(&w), 9);
    must(db_begin(w.db, DB_WRITE, &tx, &w.err));
    must(repository_delete(tx, repo, w.now_ms, &w.err));
    must(activity_count(tx, repo, 1, w.now_ms, &w.err)); /* a pull that was counted late */
    must(db_commit(&tx, &w.err));
    world_collect(&w);
    assert_int_equal(world_rows(&w, IN_REPO), 0);
    assert_int_equal(rows_around(&w), 0);
    world_close(&w);
}

static void labels_and_pulls_go_with_their_manifest(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    int64_t repo = world_repository(&w, "app");
    struct digest digest = world_image(&w, repo, "v1", app, NULL);
    surround(&w, repo, &digest);
    assert_int_equal(tag_delete(w.db, &w.arena, &w.manifests, repo, "v1", w.now_ms, &w.err), 1);
    world_pass(&w, 15 * DAY_MS);
    assert_false(world_has_manifest(&w, repo, &digest));
    assert_int_equal(rows_around(&w), 7); /* all but the label and the pulls of the manifest */
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_namespace_keeps_closed_tags_as_long_as_it_says),
        cmocka_unit_test(a_tag_that_ends_is_collected_after_its_window),
        cmocka_unit_test(an_end_that_was_taken_back_keeps_the_tag),
        cmocka_unit_test(what_was_purged_goes_at_once),
        cmocka_unit_test(nothing_of_a_deleted_repository_stays),
        cmocka_unit_test(labels_and_pulls_go_with_their_manifest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
