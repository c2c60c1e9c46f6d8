/* SPDX-License-Identifier: Apache-2.0 */
/* Pushes, deletions, restores, time and the collector, mixed at random from a seed, against a list
 * of what clients were told. After every step all of that must be there, bit by bit; when all is
 * quiet, nothing else may be. The collector is cut short anywhere, and other steps run between its
 * transactions.
 *
 * WHARF_SIM_SEED=n WHARF_SIM_STEPS=n run another story. */
#include "gc_cast.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "domain/fsck.h"

enum { REPOSITORIES = 3, TAGS = 4, INTERVALS = 400, CLIENTS = 4 };

struct interval {
    int tag, item;
    int64_t end_ms;
};

/* What clients of a repository were told. */
struct told {
    int64_t id;
    struct interval intervals[INTERVALS];
    int interval_count;
    int64_t untagged_until[ITEMS];
    bool attached[ITEMS];  /* stored while the subject was there, which it has been since */
    bool dismissed[ITEMS]; /* deleted by digest since */
    int64_t blob_until[BLOBS];
    bool reached[ITEMS]; /* computed: must be there */
};

/* A push in progress: manifests in order, each after its blobs. */
struct client {
    int repository, tag;
    int items[8], item_count;
    int item, blob; /* next */
};

struct story {
    struct world world;
    uint64_t random;
    int step;
    const char *doing;
    struct cast cast;
    struct told told[REPOSITORIES];
    struct client clients[CLIENTS];
    int generation;
    int budget;  /* decisions left to the collector; negative: no end */
    bool inside; /* a collector is running */
    int refused;
};

static uint64_t below(struct story *s, uint64_t bound)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (s->random * 0x2545f4914f6cdd1dU >> 11) % bound;
}

#define broken(s, ...)                                                                             \
    do {                                                                                           \
        print_error("step %d, %s: ", (s)->step, (s)->doing);                                       \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

static void new_repository(struct story *s, int at)
{
    char name[32];
    snprintf(name, sizeof name, "repository%d-%d", at, s->generation++);
    s->told[at] = (struct told){.id = world_repository(&s->world, name)};
}

/* ---- what must be there ---- */

static void reach(struct told *told, const struct item *items, int at)
{
    if (told->reached[at])
        return;
    told->reached[at] = true;
    for (int i = 0; i < items[at].child_count; i++)
        reach(told, items, items[at].children[i]);
}

static void compute_reached(struct story *s, struct told *told)
{
    int64_t now = s->world.now_ms, window = s->world.manifests.window_ms;
    int kept = 0;
    memset(told->reached, 0, sizeof told->reached);
    for (int i = 0; i < told->interval_count; i++) {
        struct interval *interval = &told->intervals[i];
        if (interval->end_ms != TAG_FOREVER && interval->end_ms + window <= now)
            continue;
        reach(told, s->cast.items, interval->item);
        told->intervals[kept++] = *interval;
    }
    told->interval_count = kept;
    for (int i = 0; i < ITEMS; i++) {
        if (told->untagged_until[i] > now)
            reach(told, s->cast.items, i);
    }
    for (int i = IMAGES + INDEXES; i < ITEMS; i++) { /* subjects come before what is attached */
        told->attached[i] = told->attached[i] && told->reached[s->cast.items[i].subject];
        if (told->attached[i])
            reach(told, s->cast.items, i);
    }
}

static void check_repository(struct story *s, struct told *told)
{
    bool wanted[BLOBS];
    compute_reached(s, told);
    for (int i = 0; i < BLOBS; i++)
        wanted[i] = told->blob_until[i] > s->world.now_ms;
    for (int i = 0; i < ITEMS; i++) {
        if (!told->reached[i])
            continue;
        if (!world_has_manifest(&s->world, told->id, &s->cast.items[i].digest))
            broken(s, "manifest %d is lost", i);
        for (int j = 0; j < s->cast.items[i].blob_count; j++)
            wanted[s->cast.items[i].blobs[j]] = true;
    }
    for (int i = 0; i < BLOBS; i++) {
        if (wanted[i] && !world_has_blob(&s->world, told->id, s->cast.contents[i]))
            broken(s, "blob %d is lost", i);
    }
}

static void check(struct story *s)
{
    for (int i = 0; i < REPOSITORIES; i++)
        check_repository(s, &s->told[i]);
}

/* ---- tags ---- */

static struct interval *live(struct told *told, int tag)
{
    for (int i = 0; i < told->interval_count; i++) {
        if (told->intervals[i].tag == tag && told->intervals[i].end_ms == TAG_FOREVER)
            return &told->intervals[i];
    }
    return NULL;
}

static void told_tag(struct story *s, struct told *told, int tag, int item)
{
    struct interval *old = live(told, tag);
    if (old && old->item == item)
        return;
    if (old)
        old->end_ms = s->world.now_ms;
    assert_true(told->interval_count < INTERVALS);
    told->intervals[told->interval_count++] = (struct interval){tag, item, TAG_FOREVER};
}

static const char *tag_name(int tag)
{
    static const char *const names[TAGS] = {"latest", "v1", "v2", "edge"};
    return names[tag];
}

static void delete_tag(struct story *s)
{
    struct told *told = &s->told[below(s, REPOSITORIES)];
    int tag = (int)below(s, TAGS);
    struct interval *interval = live(told, tag);
    s->doing = "deleting a tag";
    int done = tag_delete(s->world.db, &s->world.arena, &s->world.manifests, told->id,
                          tag_name(tag), s->world.now_ms, &s->world.err);
    if (done != (interval ? 1 : 0))
        broken(s, "gave %d", done);
    if (interval)
        interval->end_ms = s->world.now_ms;
}

/* Any manifest that must be there can be tagged, also one that the time machine brings back. */
static void move_tag(struct story *s)
{
    struct told *told = &s->told[below(s, REPOSITORIES)];
    int item = (int)below(s, ITEMS), tag = (int)below(s, TAGS);
    s->doing = "moving a tag";
    compute_reached(s, told);
    if (!told->reached[item])
        return;
    int done = tag_move(s->world.db, &s->world.arena, &s->world.manifests, told->id, tag_name(tag),
                        &s->cast.items[item].digest, s->world.now_ms, &s->world.err);
    if (done != 1)
        broken(s, "manifest %d: %d %s", item, done, s->world.err.msg);
    told_tag(s, told, tag, item);
    told->attached[item] = s->cast.items[item].subject != NONE;
    told->dismissed[item] = false;
}

static void delete_manifest(struct story *s)
{
    struct told *told = &s->told[below(s, REPOSITORIES)];
    int item = (int)below(s, ITEMS);
    s->doing = "deleting a manifest";
    int done = manifest_delete(s->world.db, &s->world.arena, &s->world.manifests, told->id,
                               &s->cast.items[item].digest, s->world.now_ms, &s->world.err);
    if (done < 0)
        broken(s, "%s", s->world.err.msg);
    if (done == 0)
        return;
    for (int i = 0; i < told->interval_count; i++) {
        if (told->intervals[i].item == item && told->intervals[i].end_ms == TAG_FOREVER)
            told->intervals[i].end_ms = s->world.now_ms;
    }
    told->untagged_until[item] = 0;
    told->attached[item] = false;
    told->dismissed[item] = true;
}

/* ---- pushes ---- */

static void plan(struct client *client, const struct item *items, int at)
{
    for (int i = 0; i < items[at].child_count; i++)
        plan(client, items, items[at].children[i]);
    assert_true(client->item_count < (int)ARRAY_LEN(client->items));
    client->items[client->item_count++] = at;
}

static void start_push(struct story *s, struct client *client)
{
    *client = (struct client){
        .repository = (int)below(s, REPOSITORIES),
        .tag = (int)below(s, TAGS + 1) - 1, /* NONE: by digest */
    };
    plan(client, s->cast.items, (int)below(s, ITEMS));
}

static void upload_in_parts(struct story *s, int64_t repository, const char *text)
{
    struct world *w = &s->world;
    struct digest digest = world_digest(text);
    struct blob_row blob;
    const char *uuid;
    for (size_t at = 0; at < strlen(text); at += 10) {
        _cleanup_(upload_releasep) struct upload *upload = NULL;
        size_t part = size_min(10, strlen(text) - at);
        if (at == 0)
            assert_ok(upload_start(&w->uploads, &w->arena, repository, w->now_ms, &uuid, &w->err),
                      &w->err);
        assert_ok(
            upload_open(&w->uploads, &w->arena, repository, uuid, w->now_ms, &upload, &w->err),
            &w->err);
        assert_ok(upload_append(upload, text + at, part, &w->err), &w->err);
        if (below(s, 12) == 0)
            return; /* given up; what was written and not saved stays behind */
        if (at + part < strlen(text))
            assert_ok(upload_save(upload, w->now_ms, &w->err), &w->err);
        else
            assert_ok(upload_commit(upload, &digest, w->now_ms, &blob, &w->err), &w->err);
    }
}

static void push_blob(struct story *s, struct client *client, int at)
{
    struct world *w = &s->world;
    struct told *told = &s->told[client->repository];
    struct digest digest = world_digest(s->cast.contents[at]);
    struct blob_row blob;
    int64_t other = s->told[below(s, REPOSITORIES)].id;
    s->doing = "pushing a blob";
    int found = below(s, 8) == 0 ? 0
                                 : repo_blob_touch(w->db, &w->arena, told->id, &digest, w->now_ms,
                                                   HOUR_MS, &blob, &w->err);
    int64_t until = w->now_ms + HOUR_MS / 2;
    if (found == 0 && below(s, 2) == 0) {
        found = repo_blob_mount(w->db, &w->arena, other, told->id, &digest, w->now_ms, HOUR_MS,
                                &blob, &w->err);
        until = w->now_ms + HOUR_MS;
    }
    if (found < 0)
        broken(s, "%s", w->err.msg);
    if (found == 1)
        told->blob_until[at] = until > told->blob_until[at] ? until : told->blob_until[at];
    else if (below(s, 3) == 0)
        upload_in_parts(s, told->id, s->cast.contents[at]);
    else {
        world_blob(w, told->id, s->cast.contents[at]);
        told->blob_until[at] = w->now_ms + HOUR_MS;
    }
}

/* Everything that the manifest refers to must be there by what clients were told. */
static bool must_be_accepted(struct story *s, struct told *told, const struct item *item)
{
    compute_reached(s, told);
    for (int i = 0; i < item->child_count; i++) {
        if (!told->reached[item->children[i]])
            return false;
    }
    for (int i = 0; i < item->blob_count; i++) {
        if (told->blob_until[item->blobs[i]] <= s->world.now_ms)
            return false;
    }
    return true;
}

static void put_manifest(struct story *s, struct client *client, int at)
{
    struct told *told = &s->told[client->repository];
    const struct item *item = &s->cast.items[at];
    bool last = client->item == client->item_count - 1;
    bool certain = must_be_accepted(s, told, item);
    const char *tag = last && client->tag != NONE ? tag_name(client->tag) : NULL;
    s->doing = "pushing a manifest";
    if (world_put(&s->world, told->id, tag, item->text) != 0) {
        if (certain || s->world.err.code != ERR_MANIFEST_BLOB_UNKNOWN)
            broken(s, "manifest %d: %s", at, s->world.err.msg);
        s->refused++;
        *client = (struct client){0};
        return;
    }
    if (tag)
        told_tag(s, told, client->tag, at);
    else
        told->untagged_until[at] = s->world.now_ms + s->world.manifests.untagged_ms;
    compute_reached(s, told);
    told->attached[at] = item->subject != NONE && told->reached[item->subject];
    told->dismissed[at] = false;
    client->item++;
    client->blob = 0;
}

static void push(struct story *s)
{
    struct client *client = &s->clients[below(s, CLIENTS)];
    if (client->item == client->item_count) {
        start_push(s, client);
        return;
    }
    int at = client->items[client->item];
    if (client->blob < s->cast.items[at].blob_count)
        push_blob(s, client, s->cast.items[at].blobs[client->blob++]);
    else
        put_manifest(s, client, at);
}

/* ---- other steps ---- */

static void release_blob(struct story *s)
{
    struct told *told = &s->told[below(s, REPOSITORIES)];
    int at = (int)below(s, BLOBS);
    struct digest digest = world_digest(s->cast.contents[at]);
    s->doing = "deleting a blob";
    int done = repo_blob_release(s->world.db, &s->world.arena, told->id, &digest, s->world.now_ms,
                                 &s->world.err);
    if (done < 0 && s->world.err.code != ERR_UNSUPPORTED)
        broken(s, "%s", s->world.err.msg);
    if (done == 1)
        told->blob_until[at] = 0;
}

static void delete_repository(struct story *s)
{
    int at = (int)below(s, REPOSITORIES);
    s->doing = "deleting a repository";
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(s->world.db, DB_WRITE, &tx, &s->world.err), &s->world.err);
    assert_ok(repository_delete(tx, s->told[at].id, s->world.now_ms, &s->world.err), &s->world.err);
    assert_ok(db_commit(&tx, &s->world.err), &s->world.err);
    new_repository(s, at);
    for (int i = 0; i < CLIENTS; i++) {
        if (s->clients[i].repository == at)
            s->clients[i] = (struct client){0};
    }
}

static void pass_time(struct story *s)
{
    s->doing = "passing time";
    uint64_t how = below(s, 40);
    s->world.now_ms += (int64_t)below(s, how == 0  ? 10 * DAY_MS
                                         : how < 4 ? 6 * HOUR_MS
                                                   : HOUR_MS / 12);
}

static void collect(struct story *s)
{
    struct gc_report report = {0};
    struct gc *gc = &s->world.gc;
    s->doing = "collecting";
    s->budget = below(s, 3) == 0 ? -1 : (int)below(s, 40);
    gc->policy.hold_us = below(s, 2) == 0 ? 0 : INT64_MAX / 2; /* no clock in the story */
    gc->policy.batch = 1 + (int64_t)below(s, 30);
    s->inside = true;
    if (gc_run(gc, s->world.now_ms, &report, &s->world.err) < 0)
        broken(s, "%s (%s)", s->world.err.msg, s->world.err.detail);
    s->inside = false;
}

static int expect_nothing(void *context, const struct fsck_finding *finding)
{
    broken((struct story *)context, "%s: %s", finding->name, fsck_kind_text(finding->kind));
    return 0;
}

/* Rows and objects agree at every moment, and whatever can die is queued. Files are of today, so
 * that is when this looks. */
static void inspect(struct story *s)
{
    struct fsck_report report = {0};
    struct fsck fsck = {
        .db = s->world.db,
        .store = s->world.blobs,
        .policy = s->world.gc.policy,
        .repair = true,
        .verify = true,
        .each = expect_nothing,
        .context = s,
    };
    s->doing = "inspecting";
    assert_ok(fsck_run(&fsck, clock_wall_ms() + DAY_MS, &report, &s->world.err), &s->world.err);
}

static void reopen(struct story *s)
{
    s->doing = "starting anew";
    world_reopen(&s->world);
}

static const struct {
    unsigned weight;
    bool alone; /* not between the collector's transactions */
    void (*run)(struct story *s);
} steps[] = {
    {300, false, push},           {30, false, delete_tag},      {30, false, move_tag},
    {12, false, delete_manifest}, {10, false, release_blob},    {120, true, pass_time},
    {120, true, collect},         {2, true, delete_repository}, {3, true, reopen},
    {10, false, inspect},
};

static void step(struct story *s, bool alone)
{
    unsigned total = 0;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        total += alone || !steps[i].alone ? steps[i].weight : 0;
    int64_t chosen = (int64_t)below(s, total);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (!alone && steps[i].alone)
            continue;
        chosen -= steps[i].weight;
        if (chosen < 0) {
            s->world.now_ms++; /* no two things happen in one millisecond */
            steps[i].run(s);
            return;
        }
    }
}

static bool out_of_budget(void *context)
{
    struct story *s = context;
    if (s->budget > 0)
        s->budget--;
    return s->budget == 0;
}

static void interrupt(void *context, int64_t waited_us, int64_t held_us)
{
    struct story *s = context;
    (void)waited_us, (void)held_us;
    if (!s->inside || below(s, 4) != 0)
        return;
    for (uint64_t i = below(s, 4); i > 0; i--)
        step(s, false);
    s->doing = "collecting";
}

/* ---- when all is quiet ---- */

static int expect_known(void *context, const struct gc_verdict *verdict)
{
    struct story *s = context;
    if (verdict->goes && verdict->due_ms <= s->world.now_ms)
        broken(s, "%s is left: %s", verdict->name, verdict->reason);
    return 0;
}

/* What is there must be reached. What is attached may also have outlived a moment in which its
 * subject was not, and then it goes with that. */
static bool justified(struct story *s, const struct told *told, int at)
{
    int subject = s->cast.items[at].subject;
    return told->reached[at] ||
           (subject != NONE &&
            world_has_manifest(&s->world, told->id, &s->cast.items[subject].digest));
}

static void check_nothing_else(struct story *s)
{
    int64_t manifests = 0, blobs = 0;
    bool wanted[BLOBS] = {false};
    for (int r = 0; r < REPOSITORIES; r++) {
        struct told *told = &s->told[r];
        compute_reached(s, told);
        for (int i = 0; i < ITEMS; i++) {
            if (!world_has_manifest(&s->world, told->id, &s->cast.items[i].digest))
                continue;
            if (!justified(s, told, i))
                broken(s, "manifest %d is left over", i);
            manifests++;
            for (int j = 0; j < s->cast.items[i].blob_count; j++)
                wanted[s->cast.items[i].blobs[j]] = true;
        }
        for (int i = 0; i < BLOBS; i++) /* of manifests collected in the last hour */
            wanted[i] = wanted[i] || world_has_lease(&s->world, told->id, s->cast.contents[i]);
    }
    for (int i = 0; i < BLOBS; i++)
        blobs += wanted[i];
    assert_int_equal(world_rows(&s->world, IN_MANIFEST), manifests);
    assert_int_equal(world_rows(&s->world, IN_BLOB), blobs);
    assert_int_equal(world_objects(&s->world), blobs + world_rows(&s->world, IN_DEAD));
    assert_int_equal(world_rows(&s->world, IN_UPLOAD), 0);
    assert_int_equal(world_rows(&s->world, IN_REPO), REPOSITORIES);
}

/* Nobody pushes for some hours; clients then start again. */
static void quiet(struct story *s)
{
    s->doing = "in the quiet";
    s->budget = -1;
    memset(s->clients, 0, sizeof s->clients);
    s->world.gc.policy.batch = 100;
    for (int i = 0; i < 8; i++) {
        s->world.now_ms += HOUR_MS;
        world_collect(&s->world);
        check(s);
    }
    assert_int_equal(gc_explain(&s->world.gc, s->world.now_ms, expect_known, s, &s->world.err), 0);
    check_nothing_else(s);
}

static void tell_story(uint64_t seed, int length)
{
    struct story *s = calloc(1, sizeof *s);
    assert_non_null(s);
    world_open(&s->world);
    s->random = seed * 0x9e3779b97f4a7c15U | 1;
    cast_make(&s->world, &s->cast);
    for (int i = 0; i < REPOSITORIES; i++)
        new_repository(s, i);
    s->world.gc.stop = out_of_budget;
    s->world.gc.breathe = interrupt;
    s->world.gc.context = s;
    for (s->step = 0; s->step < length; s->step++) {
        step(s, true);
        check(s);
        if (s->step % 300 == 299)
            quiet(s);
    }
    world_close(&s->world);
    free(s);
}

static int from_environment(const char *name, int otherwise)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && str_to_u64(str_of(text), 1000000000, &value) ? (int)value : otherwise;
}

static void nothing_promised_is_lost_and_nothing_else_stays(void **state)
{
    (void)state;
    int seed = from_environment("WHARF_SIM_SEED", 0);
    int length = from_environment("WHARF_SIM_STEPS", 1500);
    for (int i = seed ? seed : 1; i <= (seed ? seed : 4); i++) {
        print_message("story %d\n", i);
        tell_story((uint64_t)i, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_promised_is_lost_and_nothing_else_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
