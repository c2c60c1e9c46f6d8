/* SPDX-License-Identifier: Apache-2.0 */
/* Pruning against a database: whose turn it is, what happens in between, what policies may be. */
#include "domain/prune.h"

#include "base/clock.h"
#include "domain/account_delete.h"
#include "domain/immutability_policy.h"
#include "domain/prune_turn.h"
#include "registry_fixture.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static int64_t owner_of(struct fixture *f, const char *name)
{
    struct account account;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_int_equal(account_find_by_name(tx, &f->arena, name, &account, &f->err), 1);
    db_end(&tx);
    return account.id;
}

static struct digest push(struct fixture *f, const char *tag, const char *content, int64_t now)
{
    struct digest digest = fixture_push(f, f->one, content, now);
    struct manifest_info info;
    char text[DIGEST_TEXT_SIZE];
    digest_format(&digest, text);
    struct manifest_put put = {
        .repository_id = f->one, .media_type = STR(MEDIA_OCI_MANIFEST), .tag = tag, .now_ms = now};
    put.content = str_of(arena_printf(
        &f->arena,
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/x\",\"digest\":\"%s\","
        "\"size\":%zu},\"layers\":[]}",
        text, strlen(content)));
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    assert_ok(manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err), &f->err);
    return put.digest;
}

/* t1 is the oldest; an hour between each. */
static void push_series(struct fixture *f, int count, int64_t now)
{
    for (int i = 1; i <= count; i++)
        push(f, arena_printf(&f->arena, "t%d", i), "content", now - (count - i + 1) * HOUR);
}

static const char *live(struct fixture *f)
{
    struct list list = {0};
    struct db_tx *tx = NULL;
    const char *text = "";
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(tag_list(tx, &f->arena, f->one, "", 100, clock_wall_ms(), &list, &f->err), &f->err);
    db_end(&tx);
    const struct tag *tags = list.items;
    for (size_t i = 0; i < list.count; i++)
        text = arena_printf(&f->arena, "%s%s ", text, tags[i].name);
    return text;
}

static int create(struct fixture *f, int64_t repository_id, int64_t method, const char *value,
                  const char *pattern, const char **uuid_out)
{
    struct db_tx *tx = NULL;
    const char *uuid = NULL;
    struct prune_subject subject = {owner_of(f, "alice"), repository_id};
    struct prune_policy policy = {
        .method = method, .value = value, .pattern = pattern, .matches = true};
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    int result = prune_policy_create(tx, &f->arena, &subject, &policy, clock_wall_ms(), &uuid,
                                     &f->err);
    if (result == 0)
        assert_ok(db_commit(&tx, &f->err), &f->err);
    db_end(&tx);
    if (uuid_out)
        *uuid_out = uuid;
    return result;
}

static struct prune pruner(struct fixture *f)
{
    return (struct prune){.db = f->db,
                          .manifests = f->policy,
                          .interval_ms = HOUR,
                          .standard_interval_ms = 24 * HOUR};
}

static int64_t next(struct fixture *f, const struct prune *prune, int64_t now, int want)
{
    struct prune_report report = {0};
    assert_int_equal(prune_next(prune, now, &report, &f->err), want);
    assert_int_equal(report.failed, 0);
    return report.tags;
}

static void test_turns(void **state)
{
    struct fixture *f = *state;
    int64_t now = clock_wall_ms();
    struct prune prune = pruner(f);
    push_series(f, 4, now);
    assert_int_equal(next(f, &prune, now, 0), 0); /* nobody has a policy */
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "2", NULL, NULL), &f->err);
    now = clock_wall_ms();
    assert_int_equal(next(f, &prune, now, 1), 2);
    assert_string_equal(live(f), "t3 t4 ");
    push_series(f, 4, now);
    assert_int_equal(next(f, &prune, clock_wall_ms(), 0), 0); /* its turn was a moment ago */
    assert_int_equal(next(f, &prune, clock_wall_ms() + HOUR, 1), 2);
    assert_int_equal(next(f, &prune, clock_wall_ms() + HOUR, 0), 0);
}

/* While a turn is somebody's nobody else takes it; when he is killed it is taken later. */
static void test_lease(void **state)
{
    struct fixture *f = *state;
    struct prune_turn one, two;
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "2", NULL, NULL), &f->err);
    int64_t now = clock_wall_ms(), far = INT64_C(100) * HOUR;
    assert_int_equal(prune_turn_take(f->db, &f->arena, now, far, &one, &f->err), 1);
    assert_int_equal(prune_turn_take(f->db, &f->arena, now + MINUTE, far, &two, &f->err), 0);
    assert_int_equal(prune_turn_keep(f->db, &one, "somewhere", now + MINUTE, &f->err), 1);
    int64_t later = now + MINUTE + PRUNE_LEASE_MS;
    assert_int_equal(prune_turn_take(f->db, &f->arena, later, far, &two, &f->err), 1);
    assert_string_equal(two.after, "somewhere");
    assert_int_equal(prune_turn_keep(f->db, &one, "elsewhere", later, &f->err), 0);
    assert_ok(prune_turn_end(f->db, &one, later, later, "", &f->err), &f->err); /* not his */
    assert_int_equal(prune_turn_keep(f->db, &two, "", later + 1, &f->err), 1);
    /* Set far ahead, by a clock that was wrong: it is due. */
    assert_ok(prune_turn_end(f->db, &two, now + 2 * far, 0, "", &f->err), &f->err);
    assert_int_equal(prune_turn_take(f->db, &f->arena, now, far, &one, &f->err), 1);
}

static void test_no_policy_left(void **state)
{
    struct fixture *f = *state;
    const char *uuid;
    struct prune prune = pruner(f);
    struct prune_subject subject = {owner_of(f, "alice"), f->one};
    struct db_tx *tx = NULL;
    push_series(f, 3, clock_wall_ms());
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "1", NULL, &uuid), &f->err);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(prune_policy_delete(tx, &f->arena, &subject, uuid, &f->err), 1);
    assert_int_equal(prune_policy_delete(tx, &f->arena, &subject, uuid, &f->err), 0);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    int64_t now = clock_wall_ms();
    assert_int_equal(next(f, &prune, now, 1), 0); /* the turn ends all turns */
    assert_int_equal(next(f, &prune, now + 100 * HOUR, 0), 0);
    assert_string_equal(live(f), "t1 t2 t3 ");
}

/* The registry's own policy is for those too that have none, once in its own time. */
static void test_standard(void **state)
{
    struct fixture *f = *state;
    struct prune prune = pruner(f);
    struct prune_policy standard = {.method = PRUNE_BY_NUMBER, .value = "3", .matches = true};
    int64_t seen = 0, now = clock_wall_ms();
    prune.standard = &standard;
    push_series(f, 4, now);
    assert_int_equal(next(f, &prune, now, 0), 0);
    assert_ok(prune_enlist(&prune, &seen, now, &f->err), &f->err);
    assert_true(seen > 0);
    assert_ok(prune_enlist(&prune, &seen, now, &f->err), &f->err);
    assert_int_equal(next(f, &prune, now, 1), 1);
    assert_string_equal(live(f), "t2 t3 t4 ");
    push(f, "t5", "content", clock_wall_ms());
    assert_int_equal(next(f, &prune, clock_wall_ms() + 2 * HOUR, 0), 0);
    assert_int_equal(next(f, &prune, clock_wall_ms() + 24 * HOUR, 1), 1);
    /* With one of its own the namespace has more turns, in which the registry's rests. */
    standard.value = "1";
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "2", NULL, NULL), &f->err);
    assert_int_equal(next(f, &prune, clock_wall_ms() + 24 * HOUR, 1), 1);
    assert_string_equal(live(f), "t4 t5 ");
}

struct meddler {
    struct fixture *f;
    int64_t repository_id;
    void (*meddle)(struct fixture *f);
};

static int meddle_once(void *context, const struct prune_verdict *verdict)
{
    struct meddler *meddler = context;
    assert_string_equal(verdict->repository, "one");
    if (meddler->meddle)
        meddler->meddle(meddler->f);
    meddler->meddle = NULL;
    return 0;
}

static void move_tag(struct fixture *f)
{
    push(f, "t1", "something else", clock_wall_ms());
}

static void protect_tag(struct fixture *f)
{
    struct db_tx *tx = NULL;
    struct tag tag;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(tag_find(tx, &f->arena, f->one, "t1", clock_wall_ms(), &tag, &f->err), 1);
    assert_ok(tag_set_immutable(tx, tag.id, true, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

static void add_policy(struct fixture *f)
{
    assert_ok(create(f, 0, PRUNE_BY_AGE, "7d", NULL, NULL), &f->err);
}

/* A policy of immutability that has not been applied to the tags that are there yet. */
static void demand_tag(struct fixture *f)
{
    struct db_tx *tx = NULL;
    struct immutability_scope subject = {owner_of(f, "alice"), f->one};
    const char *uuid;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(immutability_policy_create(tx, &f->arena, &subject, "t1", true, &uuid, &f->err),
              &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

static void make_read_only(struct fixture *f)
{
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(repository_set_state(tx, f->one, REPOSITORY_READ_ONLY, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

/* Between the choice and the end of a tag anything may happen. */
static void test_meddling(void **state)
{
    static const struct {
        void (*meddle)(struct fixture *f);
        const char *live;
    } cases[] = {
        {NULL, "t3 "},          {move_tag, "t1 t3 "},      {protect_tag, "t1 t3 "},
        {demand_tag, "t1 t3 "}, {add_policy, "t1 t2 t3 "}, {make_read_only, "t1 t2 t3 "},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        void *own = NULL;
        assert_int_equal(fixture_open(&own), 0);
        struct fixture *f = own;
        f->policy.immutable_tags = true;
        struct meddler meddler = {f, f->one, cases[i].meddle};
        struct prune prune = pruner(f);
        prune.tell = meddle_once;
        prune.context = &meddler;
        push_series(f, 3, clock_wall_ms());
        assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "1", NULL, NULL), &f->err);
        next(f, &prune, clock_wall_ms(), 1);
        assert_string_equal(live(f), cases[i].live);
        assert_int_equal(fixture_close(&own), 0);
    }
}

/* A namespace with very much to do does it in several turns; others come in between. */
static void test_long_turns(void **state)
{
    enum { TAGS = 10500 };
    struct fixture *f = *state;
    struct prune prune = pruner(f);
    struct db_tx *tx = NULL;
    struct tag tag;
    char name[16];
    int64_t now = clock_wall_ms();
    push(f, "newest", "content", now);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(tag_find(tx, &f->arena, f->one, "newest", now, &tag, &f->err), 1);
    for (int i = 0; i < TAGS; i++) {
        snprintf(name, sizeof name, "t%d", i);
        assert_ok(tag_point(tx, &f->arena, &f->policy, f->one, name, tag.manifest_id,
                            now - HOUR + i, &f->err),
                  &f->err);
    }
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "100", NULL, NULL), &f->err);
    assert_int_equal(next(f, &prune, clock_wall_ms(), 1), 10000);
    assert_int_equal(next(f, &prune, clock_wall_ms(), 1), TAGS + 1 - 10000 - 100);
    assert_int_equal(next(f, &prune, clock_wall_ms(), 0), 0);
}

/* What cosign attaches to an image goes when the last other tag of it goes. */
static void test_signatures(void **state)
{
    struct fixture *f = *state;
    int64_t now = clock_wall_ms();
    char text[DIGEST_TEXT_SIZE];
    struct digest old = push(f, "t1", "old", now - 3 * HOUR);
    push(f, "t2", "old", now - 2 * HOUR);
    push(f, "t3", "new", now - HOUR);
    digest_format(&old, text);
    push(f, arena_printf(&f->arena, "sha256-%s.sig", text + 7), "signature", now - 3 * HOUR);
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "2", NULL, NULL), &f->err);
    struct prune prune = pruner(f);
    assert_int_equal(next(f, &prune, clock_wall_ms(), 1), 1);
    assert_string_equal(live(f), arena_printf(&f->arena, "sha256-%s.sig t2 t3 ", text + 7));
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "1", NULL, NULL), &f->err);
    assert_int_equal(next(f, &prune, clock_wall_ms() + HOUR, 1), 2);
    assert_string_equal(live(f), "t3 ");
}

static void test_dry_run(void **state)
{
    struct fixture *f = *state;
    struct prune prune = pruner(f);
    struct prune_report report = {0};
    struct prune_place place = {owner_of(f, "alice"), "alice", NULL};
    prune.dry_run = true;
    push_series(f, 3, clock_wall_ms());
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "1", NULL, NULL), &f->err);
    assert_ok(prune_run(&prune, &place, clock_wall_ms(), &report, &f->err), &f->err);
    assert_int_equal(report.tags, 2);
    assert_ok(prune_run_all(&prune, clock_wall_ms(), &report, &f->err), &f->err);
    assert_int_equal(report.tags, 4);
    assert_string_equal(live(f), "t1 t2 t3 ");
    place.only = "two";
    report = (struct prune_report){0};
    assert_ok(prune_run(&prune, &place, clock_wall_ms(), &report, &f->err), &f->err);
    assert_int_equal(report.tags, 0);
}

static void test_bounds(void **state)
{
    struct fixture *f = *state;
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "5", NULL, NULL), &f->err);
    assert_fails(create(f, f->one, PRUNE_BY_NUMBER, "5", NULL, NULL), &f->err, ERR_INVALID);
    assert_ok(create(f, f->two, PRUNE_BY_NUMBER, "5", NULL, NULL), &f->err);
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "5", NULL, NULL), &f->err);
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "5", "x", NULL), &f->err);
    for (int i = 2; i < PRUNE_POLICIES_MAX; i++)
        assert_ok(
            create(f, f->one, PRUNE_BY_NUMBER, arena_printf(&f->arena, "%d", 10 + i), NULL, NULL),
            &f->err);
    assert_fails(create(f, f->one, PRUNE_BY_NUMBER, "1000", NULL, NULL), &f->err, ERR_INVALID);
    assert_ok(create(f, f->two, PRUNE_BY_NUMBER, "1000", NULL, NULL), &f->err);
}

static void test_update(void **state)
{
    struct fixture *f = *state;
    const char *uuid;
    struct db_tx *tx = NULL;
    struct prune_subject subject = {owner_of(f, "alice"), f->one};
    struct prune_policy policy = {.method = PRUNE_BY_AGE, .value = "2w"}, found;
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "5", NULL, NULL), &f->err);
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "6", "x", &uuid), &f->err);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    policy.uuid = "none";
    assert_int_equal(prune_policy_update(tx, &f->arena, &subject, &policy, &f->err), 0);
    policy.uuid = uuid;
    assert_int_equal(prune_policy_update(tx, &f->arena, &subject, &policy, &f->err), 1);
    assert_int_equal(prune_policy_update(tx, &f->arena, &subject, &policy, &f->err), 1);
    assert_int_equal(prune_policy_find(tx, &f->arena, &subject, uuid, &found, &f->err), 1);
    assert_string_equal(found.value, "2w");
    assert_null(found.pattern);
    policy = (struct prune_policy){
        .uuid = uuid, .method = PRUNE_BY_NUMBER, .value = "5", .matches = true};
    assert_int_equal(prune_policy_update(tx, &f->arena, &subject, &policy, &f->err), -1);
    subject.repository_id = f->two; /* of another repository it is not there */
    assert_int_equal(prune_policy_find(tx, &f->arena, &subject, uuid, &found, &f->err), 0);
    db_end(&tx);
}

/* Accounts that go take their policies along. */
static void test_account_deleted(void **state)
{
    struct fixture *f = *state;
    struct account alice;
    struct db_tx *tx = NULL;
    struct list list = {0};
    struct prune prune = pruner(f);
    assert_ok(create(f, 0, PRUNE_BY_NUMBER, "1", NULL, NULL), &f->err);
    assert_ok(create(f, f->one, PRUNE_BY_NUMBER, "1", NULL, NULL), &f->err);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(account_find_by_name(tx, &f->arena, "alice", &alice, &f->err), 1);
    assert_ok(account_delete(tx, &alice, clock_wall_ms(), &f->err), &f->err);
    struct prune_subject subjects[] = {{alice.id, 0}, {alice.id, f->one}};
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        assert_ok(prune_policy_list(tx, &f->arena, &subjects[i], &list, &f->err), &f->err);
        assert_int_equal(list.count, 0);
    }
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_int_equal(next(f, &prune, clock_wall_ms(), 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_turns),           WITH_REGISTRY(test_lease),
        WITH_REGISTRY(test_standard),        WITH_REGISTRY(test_no_policy_left),
        cmocka_unit_test(test_meddling),     WITH_REGISTRY(test_signatures),
        WITH_REGISTRY(test_long_turns),      WITH_REGISTRY(test_dry_run),
        WITH_REGISTRY(test_bounds),          WITH_REGISTRY(test_update),
        WITH_REGISTRY(test_account_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
