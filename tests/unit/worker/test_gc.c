/* SPDX-License-Identifier: Apache-2.0 */
/* The collector as a thread, next to threads that push: what is pushed stays whole, what is not
 * needed goes, and it ends when told to. */
#include "worker/gc.h"

#include "gc_world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static struct gc_worker *start(struct world *w, int64_t interval_ms)
{
    struct gc_worker *worker = NULL;
    struct gc_worker_config config = {
        .db = w->db, .store = w->blobs, .policy = w->gc.policy, .interval_ms = interval_ms};
    assert_ok(gc_worker_start(&config, &worker, &w->err), &w->err);
    return worker;
}

/* Everything is long due by the real clock, which the worker goes by. */
static void it_collects_and_counts(void **state)
{
    struct world w;
    _cleanup_buf_ struct buf text;
    const struct metric_set *const sets[] = {&gc_metrics};
    (void)state;
    buf_init(&text, 65536);
    metrics_init(&gc_metrics);
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "one");
    world_blob(&w, repository, "three");
    w.gc.policy.grace_ms = 0;
    struct gc_worker *worker = start(&w, 1);
    while (world_objects(&w) > 0 || world_rows(&w, IN_DEAD) > 0)
        nap();
    gc_worker_stop(worker);
    metrics_write(&text, sets, 1);
    assert_non_null(strstr(text.ptr, "wharf_gc_collected_total{kind=\"blob\"} 2\n"));
    assert_non_null(strstr(text.ptr, "wharf_gc_collected_total{kind=\"object\"} 2\n"));
    assert_non_null(strstr(text.ptr, "wharf_gc_reclaimed_bytes_total 8\n"));
    metrics_done(&gc_metrics);
    world_close(&w);
}

static void it_ends_at_once_though_the_next_look_is_far(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "one");
    gc_worker_stop(start(&w, 24 * HOUR_MS));
    gc_worker_stop(NULL);
    assert_int_equal(world_rows(&w, IN_BLOB), 1); /* no look was due */
    world_close(&w);
}

/* A clock that is set ten days ahead between the first round of a pass and the second: the third
 * time that the worker looks, after once at its start. */
enum { LEAP_AT = 3 };
static atomic_llong leaping_now;
static atomic_int looks;

static int64_t leaping_clock(void)
{
    return leaping_now + (atomic_fetch_add(&looks, 1) + 1 < LEAP_AT ? 0 : 10 * DAY_MS);
}

static void a_leap_within_a_pass_stops_it(void **state)
{
    struct world w;
    (void)state;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_blob(&w, repository, "old");
    w.now_ms += 2 * HOUR_MS;
    world_blob(&w, repository, "new");
    leaping_now = w.now_ms;
    w.gc.policy.batch = 1; /* a round has one candidate, and there may be more */
    struct gc_worker *worker = NULL;
    struct gc_worker_config config = {.db = w.db,
                                      .store = w.blobs,
                                      .policy = w.gc.policy,
                                      .interval_ms = 1,
                                      .wall_ms = leaping_clock};
    assert_ok(gc_worker_start(&config, &worker, &w.err), &w.err);
    while (atomic_load(&looks) < LEAP_AT + 3)
        nap();
    gc_worker_stop(worker);
    assert_false(world_has_blob(&w, repository, "old"));
    assert_true(world_has_blob(&w, repository, "new"));
    world_close(&w);
}

enum { PUSHERS = 3, ROUNDS = 40 };

struct pusher {
    struct world *world; /* shared: only its database, store and policies are used */
    int64_t repository;
    int number;
    atomic_int *left;
    struct err err;
    const char *failed;
};

/* Shared layers come and go under one tag; each push must be whole when it has been told so. */
static int push_one(struct pusher *pusher, struct arena *arena, int round)
{
    struct world mine = *pusher->world;
    mine.arena = *arena;
    mine.now_ms = clock_wall_ms();
    const char *texts[] = {
        arena_printf(&mine.arena, "config %d of %d", round, pusher->number),
        arena_printf(&mine.arena, "layer %d", round % 3),
        arena_printf(&mine.arena, "layer %d", round % 5),
        NULL,
    };
    int rc = 0;
    for (int i = 0; rc == 0 && texts[i]; i++) {
        struct digest digest = world_digest(texts[i]);
        rc = upload_bytes(&mine.uploads, &mine.arena, pusher->repository, str_of(texts[i]), &digest,
                          mine.now_ms, &mine.err);
    }
    if (rc == 0)
        rc = world_put(&mine, pusher->repository, "latest", world_image_text(&mine, texts, NULL));
    if (rc == 0 && round % 7 == 6 &&
        tag_delete(mine.db, &mine.arena, &mine.manifests, pusher->repository, "latest",
                   clock_wall_ms(), &mine.err) < 0)
        rc = -1;
    for (int i = 0; rc == 0 && texts[i]; i++)
        rc = world_has_blob(&mine, pusher->repository, texts[i]) ? 0 : -1;
    *arena = mine.arena;
    if (rc != 0)
        pusher->err = mine.err;
    return rc;
}

static void *push_many(void *context)
{
    struct pusher *pusher = context;
    _cleanup_(arena_done) struct arena arena = {0};
    for (int round = 0; round < ROUNDS; round++) {
        if (push_one(pusher, &arena, round) != 0) {
            pusher->failed = "a push";
            break;
        }
        arena_reset(&arena);
    }
    atomic_fetch_sub(pusher->left, 1);
    return NULL;
}

static void pushes_next_to_it_stay_whole(void **state)
{
    struct world w;
    struct pusher pushers[PUSHERS];
    pthread_t threads[PUSHERS];
    atomic_int left = PUSHERS;
    (void)state;
    world_open(&w);
    /* No window and no grace; leases for as long as a push takes here, on a loaded machine. */
    w.manifests.window_ms = w.gc.policy.window_ms = 0;
    w.gc.policy.grace_ms = 0;
    w.gc.policy.lease_ms = w.uploads.policy.lease_ms = HOUR_MS;
    int64_t shared = world_repository(&w, "shared");
    struct gc_worker *worker = start(&w, 1);
    for (int i = 0; i < PUSHERS; i++) {
        pushers[i] = (struct pusher){&w, shared, i, &left, {0}, NULL};
        assert_int_equal(pthread_create(&threads[i], NULL, push_many, &pushers[i]), 0);
    }
    for (int i = 0; i < PUSHERS; i++) {
        pthread_join(threads[i], NULL);
        if (pushers[i].failed)
            fail_msg("%s: %s (%s)", pushers[i].failed, pushers[i].err.msg, pushers[i].err.detail);
    }
    gc_worker_stop(worker);
    world_close(&w);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_collects_and_counts),
        cmocka_unit_test(it_ends_at_once_though_the_next_look_is_far),
        cmocka_unit_test(a_leap_within_a_pass_stops_it),
        cmocka_unit_test(pushes_next_to_it_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
