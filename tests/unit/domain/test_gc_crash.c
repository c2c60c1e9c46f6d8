/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's process dies at one of its decisions after the other (every third), inside of
 * transactions too. What is promised must be there afterwards, and another collector must end where
 * the first would have. */
#include "gc_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const kept[] = {"config", "shared layer", "kept layer", NULL};
static const char *const moved[] = {"config 2", "shared layer", "lost layer", NULL};
static const char *const arm[] = {"config arm", "shared layer", NULL};
static const char *const attached[] = {"{}", "signature", NULL};

/* Something of each kind that is due, next to what must stay. */
static int64_t set_the_scene(struct world *w)
{
    const char *uuid;
    int64_t app = world_repository(w, "app"), gone = world_repository(w, "gone");
    world_image(w, app, "kept", kept, NULL);
    struct digest image = world_image(w, app, "moved", moved, NULL);
    world_image(w, app, NULL, attached, &image);
    struct digest child = world_image(w, app, NULL, arm, NULL);
    world_index(w, app, "multi", &child, 1);
    world_image(w, gone, "v1", kept, NULL);
    w->now_ms += HOUR_MS;
    world_image(w, app, "moved", kept, NULL);
    assert_int_equal(tag_delete(w->db, &w->arena, &w->manifests, app, "multi", w->now_ms, &w->err),
                     1);
    assert_ok(upload_start(&w->uploads, &w->arena, gone, w->now_ms, &uuid, &w->err), &w->err);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(w->db, DB_WRITE, &tx, &w->err), &w->err);
    assert_ok(repository_delete(tx, gone, w->now_ms, &w->err), &w->err);
    assert_ok(db_commit(&tx, &w->err), &w->err);
    w->now_ms += 14 * DAY_MS;
    return app;
}

struct fate {
    int decisions; /* until death; negative: die never */
};

static bool die(void *context)
{
    struct fate *fate = context;
    if (fate->decisions-- == 0)
        _exit(7);
    return false;
}

/* In a process of its own: collect, hour by hour, until all is done or death comes. */
static bool collect_and_die(struct world *w, int decisions, int64_t hold_us)
{
    int status;
    fflush(NULL);
    world_let_go(w);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct fate fate = {decisions};
        world_take_up(w);
        w->gc.stop = die;
        w->gc.context = &fate;
        w->gc.policy.hold_us = hold_us;
        world_pass(w, 4 * HOUR_MS);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    world_take_up(w);
    assert_true(WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 0);
    return WEXITSTATUS(status) == 7;
}

static void assert_kept(struct world *w, int64_t repository)
{
    for (size_t i = 0; kept[i]; i++) {
        if (!world_has_blob(w, repository, kept[i]))
            fail_msg("%s is lost", kept[i]);
    }
}

static void assert_end(struct world *w)
{
    assert_int_equal(world_rows(w, IN_MANIFEST), 1);
    assert_int_equal(world_rows(w, IN_BLOB), 3);
    assert_int_equal(world_objects(w), 3);
    assert_int_equal(world_rows(w, IN_LEASE), 0);
    assert_int_equal(world_rows(w, IN_UPLOAD), 0);
    assert_int_equal(world_rows(w, IN_QUEUE), 0);
    assert_int_equal(world_rows(w, IN_DEAD), 0);
    assert_int_equal(world_rows(w, IN_REPO), 1);
}

static void death_at_any_decision_loses_nothing_and_leaves_nothing(void **state)
{
    static const int64_t hold_us[] = {0, 1000000};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hold_us); i++) {
        bool died = true;
        int deaths = 0;
        for (int decisions = 0; died; decisions += 3, deaths++) {
            struct world w;
            world_open(&w);
            int64_t repository = set_the_scene(&w);
            died = collect_and_die(&w, decisions, hold_us[i]);
            assert_kept(&w, repository);
            world_pass(&w, 6 * HOUR_MS);
            assert_kept(&w, repository);
            assert_end(&w);
            world_close(&w);
        }
        print_message("%d deaths\n", deaths);
        assert_true(deaths > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_at_any_decision_loses_nothing_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
