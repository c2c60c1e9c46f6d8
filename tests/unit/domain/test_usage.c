/* SPDX-License-Identifier: Apache-2.0 */
/* The sums that are kept against sums made from scratch by a statement of the test's own: after
 * pushes, mounts, deletions, collections, restarts and half-finished counting in random order. */
#include "domain/usage.h"

#include "gc_world.h"

#include <stdio.h>

#include "domain/account.h"
#include "domain/account_delete.h"
#include "domain/fsck.h"
#include "domain/quota_gate.h"

#define must(call) assert_ok(call, &w->err)

struct sum_row {
    int64_t id;
    int64_t bytes;
    int64_t kept;
};
static const struct field sum_fields[] = {
    F_INT(struct sum_row, id, "id", 0),
    F_INT(struct sum_row, bytes, "bytes", 0),
    F_INT(struct sum_row, kept, "kept", 0),
};
static const struct schema sum_schema = SCHEMA(struct sum_row, sum_fields);

static const struct query Q_REPOSITORIES = {
    .sql = "SELECT k.id AS id, COALESCE((SELECT SUM(b.size) FROM blob b WHERE b.id IN (SELECT"
           " blob_id FROM manifest_blob mb WHERE mb.repository_id = k.id)), 0) AS bytes,"
           " COALESCE((SELECT bytes FROM usage_repository u WHERE u.repository_id = k.id), 0)"
           " AS kept FROM (SELECT id FROM repository UNION SELECT repository_id FROM"
           " usage_repository) k",
    .row = &sum_schema,
};
static const struct query Q_NAMESPACES = {
    .sql = "SELECT k.id AS id, COALESCE((SELECT SUM(b.size) FROM blob b WHERE b.id IN (SELECT"
           " mb.blob_id FROM manifest_blob mb JOIN repository r ON r.id = mb.repository_id"
           " WHERE r.namespace_id = k.id)), 0) AS bytes, COALESCE((SELECT bytes FROM"
           " usage_namespace u WHERE u.namespace_id = k.id), 0) AS kept FROM (SELECT id FROM"
           " account UNION SELECT namespace_id FROM usage_namespace) k",
    .row = &sum_schema,
};
static const struct query Q_BLOBS_GONE = {
    .sql = "SELECT u.repository_id AS id, u.size AS bytes, 0 AS kept FROM usage_blob u"
           " WHERE NOT EXISTS (SELECT 1 FROM manifest_blob mb WHERE mb.blob_id = u.blob_id"
           " AND mb.repository_id = u.repository_id)",
    .row = &sum_schema,
};

static void fold(struct world *w)
{
    int more;
    while ((more = usage_fold(w->db, &w->err)) == 1)
        continue;
    assert_int_equal(more, 0);
}

static void assert_sums(struct world *w, const struct query *query)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_READ, &tx, &w->err));
    must(db_list(tx, query, &w->arena, &list, &w->err));
    const struct sum_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].bytes != rows[i].kept)
            fail_msg("%lld: %lld are kept, but it is %lld", (long long)rows[i].id,
                     (long long)rows[i].kept, (long long)rows[i].bytes);
    }
}

static void assert_right(struct world *w)
{
    struct list list = {0};
    assert_sums(w, &Q_REPOSITORIES);
    assert_sums(w, &Q_NAMESPACES);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_READ, &tx, &w->err));
    must(db_list(tx, &Q_BLOBS_GONE, &w->arena, &list, &w->err));
    assert_int_equal(list.count, 0);
}

static int64_t used(struct world *w, int64_t namespace_id)
{
    int64_t bytes = -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_READ, &tx, &w->err));
    must(usage_of_namespace(tx, &w->arena, namespace_id, &bytes, &w->err));
    return bytes;
}

static int64_t used_now(struct world *w, int64_t namespace_id)
{
    int64_t bytes = -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_READ, &tx, &w->err));
    must(usage_now(tx, &w->arena, namespace_id, &bytes, &w->err));
    return bytes;
}

static enum usage_state state_of(struct world *w)
{
    enum usage_state state;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_READ, &tx, &w->err));
    must(usage_state_get(tx, &w->arena, &state, &w->err));
    return state;
}

static struct world *begin(struct world *w)
{
    world_open(w);
    must(usage_begin(w->db, w->now_ms, &w->err));
    return w;
}

static int64_t make_account(struct world *w, const char *name)
{
    struct account account;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    must(account_create_user(tx, &w->arena, &(struct account_new){.name = name}, w->now_ms,
                             &account, &w->err));
    must(db_commit(&tx, &w->err));
    return account.id;
}

static void delete_repository(struct world *w, int64_t id)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    must(repository_delete(tx, id, w->now_ms, &w->err));
    must(db_commit(&tx, &w->err));
}

static const char *const app[] = {"12", "base layer", "app", NULL};   /* 2 + 10 + 3 */
static const char *const tool[] = {"1", "base layer", "tool!", NULL}; /* 1 + 10 + 5 */

static void blobs_that_are_shared_count_once_in_the_namespace(void **state)
{
    struct world world, *w = begin(&world);
    (void)state;
    int64_t one = world_repository(w, "one"), two = world_repository(w, "two");
    world_image(w, one, "v1", app, NULL);
    world_image(w, one, "v2", tool, NULL);
    world_image(w, two, "v1", tool, NULL);
    assert_int_equal(used(w, w->account_id), 0);
    assert_int_equal(used_now(w, w->account_id), 2 + 10 + 3 + 1 + 5);
    fold(w);
    assert_int_equal(used(w, w->account_id), 2 + 10 + 3 + 1 + 5);
    assert_int_equal(used_now(w, w->account_id), 2 + 10 + 3 + 1 + 5);
    assert_right(w);
    world_image(w, one, "v3", app, NULL); /* again: nothing is new */
    fold(w);
    assert_int_equal(used(w, w->account_id), 21);
    world_close(w);
}

static void what_is_let_go_of_is_used_until_it_is_collected(void **state)
{
    struct world world, *w = begin(&world);
    (void)state;
    int64_t one = world_repository(w, "one"), two = world_repository(w, "two");
    world_image(w, one, "v1", app, NULL);
    world_image(w, two, "v1", tool, NULL);
    fold(w);
    must(tag_delete(w->db, &w->arena, &w->manifests, one, "v1", w->now_ms, &w->err) == 1 ? 0 : -1);
    world_collect(w);
    fold(w);
    assert_int_equal(used(w, w->account_id), 21); /* it can be restored */
    world_pass(w, 15 * DAY_MS);
    fold(w);
    assert_int_equal(used(w, w->account_id), 16);
    delete_repository(w, two);
    world_collect(w);
    fold(w);
    assert_int_equal(used(w, w->account_id), 0);
    assert_right(w);
    world_close(w);
}

static void nothing_is_noted_before_accounting_begins(void **state)
{
    struct world world, *w = &world;
    (void)state;
    world_open(w);
    int64_t one = world_repository(w, "one");
    world_image(w, one, "v1", app, NULL);
    fold(w);
    assert_int_equal(state_of(w), USAGE_WAITING);
    assert_int_equal(used_now(w, w->account_id), 0);
    must(usage_begin(w->db, w->now_ms, &w->err));
    must(usage_begin(w->db, w->now_ms + 5, &w->err)); /* by another node */
    assert_int_equal(usage_backfill(w->db, w->now_ms + 9, 10, &w->err), 0);
    assert_int_equal(state_of(w), USAGE_WAITING);
    world_image(w, one, "v2", tool, NULL);
    fold(w);
    assert_int_equal(used(w, w->account_id), 16); /* of what is new */
    assert_int_equal(usage_backfill(w->db, w->now_ms + 10, 10, &w->err), 1);
    assert_int_equal(state_of(w), USAGE_RUNNING);
    assert_int_equal(usage_backfill(w->db, w->now_ms + 10, 10, &w->err), 0);
    assert_int_equal(state_of(w), USAGE_COMPLETE);
    assert_int_equal(used(w, w->account_id), 21);
    assert_right(w);
    world_close(w);
}

static void an_empty_registry_has_nothing_to_count_later(void **state)
{
    struct world world, *w = begin(&world);
    (void)state;
    assert_int_equal(state_of(w), USAGE_COMPLETE);
    world_close(w);
}

/* ---- at random ---- */

enum { REPOSITORIES = 4, TEXTS = 12, STEPS = 400, SEEDS = 12 };

struct chaos {
    struct world *w;
    uint64_t random;
    int64_t repositories[REPOSITORIES];
    int64_t owners[2];
    int made;
};

static uint64_t draw(struct chaos *c, uint64_t bound)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return (c->random * 0x2545f4914f6cdd1dU >> 11) % bound;
}

static void new_repository(struct chaos *c, size_t slot)
{
    struct world *w = c->w;
    char name[32];
    snprintf(name, sizeof name, "r%d", c->made++);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    c->repositories[slot] = repository_create(tx, c->owners[slot % 2], name, false, w->now_ms,
                                              &w->err);
    assert_true(c->repositories[slot] > 0);
    must(db_commit(&tx, &w->err));
}

static const char *text_of(uint64_t i)
{
    static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static char text[TEXTS][40];
    snprintf(text[i], sizeof text[i], "%.*s", (int)(i * 3 + 1), all);
    return text[i];
}

static void push(struct chaos *c)
{
    const char *texts[6] = {0};
    size_t count = 1 + draw(c, 4);
    char tag[8];
    for (size_t i = 0; i < count; i++)
        texts[i] = text_of(draw(c, TEXTS)); /* perhaps the same blob twice */
    snprintf(tag, sizeof tag, "t%d", (int)draw(c, 5));
    world_image(c->w, c->repositories[draw(c, REPOSITORIES)], tag, texts, NULL);
}

static void mount(struct chaos *c)
{
    struct world *w = c->w;
    struct digest digest = world_digest(text_of(draw(c, TEXTS)));
    struct blob_row blob;
    assert_true(repo_blob_mount(w->db, &w->arena, c->repositories[draw(c, REPOSITORIES)],
                                c->repositories[draw(c, REPOSITORIES)], &digest, w->now_ms, HOUR_MS,
                                &blob, &w->err) >= 0);
}

static void untag(struct chaos *c)
{
    struct world *w = c->w;
    char tag[8];
    snprintf(tag, sizeof tag, "t%d", (int)draw(c, 5));
    assert_true(tag_delete(w->db, &w->arena, &w->manifests, c->repositories[draw(c, REPOSITORIES)],
                           tag, w->now_ms, &w->err) >= 0);
}

static void replace(struct chaos *c)
{
    size_t slot = draw(c, REPOSITORIES);
    delete_repository(c->w, c->repositories[slot]);
    new_repository(c, slot);
}

static void pass(struct chaos *c)
{
    c->w->now_ms += (int64_t)draw(c, 10) * DAY_MS;
    world_collect(c->w);
}

static void step(struct chaos *c)
{
    struct world *w = c->w;
    uint64_t what = draw(c, 100);
    if (what < 45)
        push(c);
    else if (what < 55)
        mount(c);
    else if (what < 70)
        untag(c);
    else if (what < 74)
        replace(c);
    else if (what < 88)
        pass(c);
    else if (what < 91)
        world_reopen(w);
    else
        assert_true(usage_fold(w->db, &w->err) >= 0);
}

static void run(uint64_t seed, bool late)
{
    struct world world, *w = &world;
    world_open(w);
    struct chaos c = {.w = w, .random = seed * 0x9e3779b97f4a7c15U | 1};
    c.owners[0] = w->account_id;
    c.owners[1] = make_account(w, "bob");
    for (size_t i = 0; i < REPOSITORIES; i++)
        new_repository(&c, i);
    for (int i = 0; i < STEPS; i++) {
        if (i == (late ? STEPS / 2 : 0))
            must(usage_begin(w->db, w->now_ms, &w->err));
        step(&c);
        if (late && i > STEPS / 2 && draw(&c, 4) == 0)
            assert_true(usage_backfill(w->db, w->now_ms, 0, &w->err) >= 0);
        if (!late && i % 50 == 49) {
            fold(w);
            assert_right(w);
        }
    }
    while (usage_backfill(w->db, w->now_ms, 0, &w->err) == 1)
        continue;
    assert_int_equal(state_of(w), USAGE_COMPLETE);
    fold(w);
    assert_right(w);
    for (size_t i = 0; i < REPOSITORIES; i++)
        delete_repository(w, c.repositories[i]);
    world_collect(w);
    fold(w);
    assert_right(w);
    assert_int_equal(used(w, c.owners[0]) + used(w, c.owners[1]), 0);
    world_close(w);
}

static void sums_are_right_whatever_happens(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run(seed, false);
}

static void sums_are_right_when_accounting_begins_late(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run(seed, true);
}

/* ---- fsck ---- */

static int count_finding(void *context, const struct fsck_finding *finding)
{
    int *count = context;
    *count += finding->kind == FSCK_USAGE;
    return 0;
}

static int check(struct world *w, bool repair)
{
    int count = 0;
    struct fsck_report report = {0};
    struct fsck fsck = {
        .db = w->db,
        .store = w->blobs,
        .policy = w->gc.policy,
        .repair = repair,
        .orphan_age_ms = DAY_MS,
        .each = count_finding,
        .context = &count,
    };
    must(fsck_run(&fsck, w->now_ms, &report, &w->err));
    return count;
}

static void damage_is_found_and_repaired(void **state)
{
    static const struct query damages[] = {
        {.sql = "UPDATE usage_repository SET bytes = bytes + 1"},
        {.sql = "DELETE FROM usage_repository"},
        {.sql = "UPDATE usage_namespace SET bytes = 7"},
        {.sql = "DELETE FROM usage_namespace"},
        {.sql = "DELETE FROM usage_blob WHERE size = 10"},
        {.sql = "DELETE FROM usage_blob"},
        {.sql = "INSERT INTO usage_blob (repository_id, blob_id, namespace_id, size)"
                " SELECT id, 999999, namespace_id, 5 FROM repository"},
        {.sql = "INSERT INTO usage_repository (repository_id, bytes) VALUES (777777, 5)"},
    };
    struct world world, *w = begin(&world);
    (void)state;
    int64_t one = world_repository(w, "one"), two = world_repository(w, "two");
    world_image(w, one, "v1", app, NULL);
    world_image(w, two, "v1", tool, NULL);
    assert_int_equal(check(w, false), 0); /* noted, though not counted */
    fold(w);
    assert_int_equal(check(w, false), 0);
    for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
        struct db_tx *tx = NULL;
        must(db_begin(w->db, DB_WRITE, &tx, &w->err));
        assert_true(db_exec(tx, &damages[i], &w->err) > 0);
        must(db_commit(&tx, &w->err));
        assert_true(check(w, false) > 0);
        assert_true(check(w, true) > 0);
        assert_int_equal(check(w, false), 0);
        assert_right(w);
    }
    world_close(w);
}

/* ---- limits ---- */

static int put(struct world *w, int64_t repository, const char *tag, const char *const *texts,
               struct quota_gate *gate)
{
    struct manifest_info info;
    const char *manifest = world_image_text(w, texts, NULL);
    struct manifest_put in = {
        .repository_id = repository,
        .content = str_of(manifest),
        .digest = world_digest(manifest),
        .tag = tag,
        .now_ms = w->now_ms,
        .quota = gate,
    };
    for (size_t i = 0; texts[i]; i++)
        world_blob(w, repository, texts[i]);
    w->err = (struct err){0};
    return manifest_store(&w->uploads, &w->arena, &w->manifests, &in, &info, &w->err);
}

static void limits(struct world *w, int64_t bytes, int64_t warning, int64_t reject)
{
    struct quota quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    must(quota_create(tx, &w->arena, w->account_id, bytes, &w->err));
    assert_int_equal(quota_find(tx, &w->arena, w->account_id, &quota, &w->err), 1);
    if (warning)
        must(quota_limit_create(tx, &quota, QUOTA_WARNING, warning, &w->err));
    if (reject)
        must(quota_limit_create(tx, &quota, QUOTA_REJECT, reject, &w->err));
    must(db_commit(&tx, &w->err));
}

static void a_push_that_reaches_a_reject_limit_leaves_nothing(void **state)
{
    struct world world, *w = begin(&world);
    (void)state;
    struct quota_gate gate = {.namespace_id = w->account_id};
    int64_t one = world_repository(w, "one"), two = world_repository(w, "two");
    limits(w, 40, 40, 50); /* 16 and 20 bytes */
    must(put(w, one, "v1", app, &gate));
    assert_int_equal(gate.reached, QUOTA_NOTHING);
    assert_int_equal(gate.used, 15);
    assert_int_equal(put(w, two, "v1", tool, &gate), -1); /* nothing was folded yet */
    assert_int_equal(w->err.code, ERR_DENIED);
    assert_int_equal(gate.reached, QUOTA_REJECT);
    assert_int_equal(gate.used, 21);
    fold(w);
    assert_int_equal(used(w, w->account_id), 15);
    assert_int_equal(put(w, two, "v1", tool, &gate), -1);
    static const char *const small[] = {"1", "base layer", NULL};
    must(put(w, two, "v1", small, &gate)); /* 16: what is shared is not new */
    assert_int_equal(gate.reached, QUOTA_WARNING);
    fold(w);
    assert_right(w);
    world_close(w);
}

static void the_systems_limit_is_for_namespaces_without_a_quota(void **state)
{
    struct world world, *w = begin(&world);
    (void)state;
    struct quota_gate gate = {.namespace_id = w->account_id, .system_bytes = 15};
    int64_t one = world_repository(w, "one");
    assert_int_equal(put(w, one, "v1", app, &gate), -1); /* 15 is 15 */
    gate.system_bytes = 16;
    must(put(w, one, "v1", app, &gate));
    limits(w, 1, 0, 0); /* a quota of its own, without limits */
    gate.system_bytes = 15;
    must(put(w, one, "v2", tool, &gate));
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blobs_that_are_shared_count_once_in_the_namespace),
        cmocka_unit_test(what_is_let_go_of_is_used_until_it_is_collected),
        cmocka_unit_test(nothing_is_noted_before_accounting_begins),
        cmocka_unit_test(an_empty_registry_has_nothing_to_count_later),
        cmocka_unit_test(sums_are_right_whatever_happens),
        cmocka_unit_test(sums_are_right_when_accounting_begins_late),
        cmocka_unit_test(damage_is_found_and_repaired),
        cmocka_unit_test(a_push_that_reaches_a_reject_limit_leaves_nothing),
        cmocka_unit_test(the_systems_limit_is_for_namespaces_without_a_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
