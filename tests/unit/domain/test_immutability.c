/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of immutability: their rules, tags that are made under them, and the sweep over those
 * that are there. */
#include "domain/account_delete.h"
#include "domain/immutability_policy.h"
#include "domain/immutability_rule.h"
#include "domain/immutability_sweep.h"

#include "registry_fixture.h"

enum { MANY = 3 * IMMUTABILITY_SWEEP_TAGS + 10 };

struct number_row {
    int64_t number;
};
static const struct field number_fields[] = {F_INT(struct number_row, number, "number", 0)};
static const struct schema number_row = SCHEMA(struct number_row, number_fields);

static const struct query Q_IMMUTABLE = {
    .sql = "SELECT COUNT(*) AS number FROM tag WHERE repository_id = $1 AND immutable = 1",
    .params = "i",
    .row = &number_row,
};
static const struct query Q_ENDING = {
    .sql = "SELECT COUNT(*) AS number FROM tag WHERE repository_id = $1"
           " AND end_ms < 9223372036854775807",
    .params = "i",
    .row = &number_row,
};
static const struct query Q_POLICIES = {
    .sql = "SELECT COUNT(*) AS number FROM immutability_policy WHERE namespace_id = $1",
    .params = "i",
    .row = &number_row,
};
static const struct query Q_ENTRIES = {
    .sql = "SELECT COUNT(*) AS number FROM audit_log WHERE kind = $1",
    .params = "i",
    .row = &number_row,
};

static int64_t number(struct fixture *f, const struct query *query, int64_t of)
{
    struct number_row row;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_int_equal(db_one(tx, query, &f->arena, &row, &f->err, of), 1);
    db_end(&tx);
    return row.number;
}

static struct db_tx *begin(struct fixture *f)
{
    struct db_tx *tx = NULL;
    f->policy.immutable_tags = true;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    return tx;
}

static void commit(struct fixture *f, struct db_tx **tx)
{
    assert_ok(db_commit(tx, &f->err), &f->err);
}

static struct immutability_scope of_one(struct fixture *f)
{
    struct account alice;
    struct db_tx *tx = begin(f);
    assert_int_equal(account_find_by_name(tx, &f->arena, "alice", &alice, &f->err), 1);
    commit(f, &tx);
    return (struct immutability_scope){alice.id, f->one};
}

static struct immutability_scope of_all(struct fixture *f)
{
    return (struct immutability_scope){of_one(f).namespace_id, 0};
}

static const char *create(struct fixture *f, struct immutability_scope scope, const char *pattern,
                          bool matches)
{
    const char *uuid = NULL;
    struct db_tx *tx = begin(f);
    assert_ok(immutability_policy_create(tx, &f->arena, &scope, pattern, matches, &uuid, &f->err),
              &f->err);
    commit(f, &tx);
    return uuid;
}

static int update(struct fixture *f, struct immutability_scope scope, const char *uuid,
                  const char *pattern)
{
    struct db_tx *tx = begin(f);
    int done = immutability_policy_update(tx, &f->arena, &scope, uuid, pattern, true, &f->err);
    if (done == 1)
        commit(f, &tx);
    db_end(&tx);
    return done;
}

static int drop(struct fixture *f, struct immutability_scope scope, const char *uuid)
{
    struct db_tx *tx = begin(f);
    int done = immutability_policy_delete(tx, &f->arena, &scope, uuid, &f->err);
    commit(f, &tx);
    return done;
}

/* "pattern[!] ...": ! for tags that do not match. */
static const char *policies(struct fixture *f, struct immutability_scope scope)
{
    struct list list = {0};
    const char *text = "";
    struct db_tx *tx = begin(f);
    assert_ok(immutability_policy_list(tx, &f->arena, &scope, &list, &f->err), &f->err);
    commit(f, &tx);
    const struct immutability_policy *rows = list.items;
    for (size_t i = 0; i < list.count; i++)
        text = arena_printf(&f->arena, "%s%s%s ", text, rows[i].tag_pattern,
                            rows[i].matches ? "" : "!");
    return text;
}

/* A manifest without any content of its own. */
static struct digest push(struct fixture *f, int64_t repository, const char *tag, const char *text)
{
    struct manifest_info info;
    struct digest config = fixture_push(f, repository, text, NOW);
    char digest[DIGEST_TEXT_SIZE];
    digest_format(&config, digest);
    struct manifest_put put = {.repository_id = repository,
                               .media_type = STR(MEDIA_OCI_MANIFEST),
                               .tag = tag,
                               .now_ms = NOW};
    put.content = str_of(arena_printf(
        &f->arena,
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/x\",\"digest\":\"%s\","
        "\"size\":%zu},\"layers\":[]}",
        digest, strlen(text)));
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    f->err = (struct err){0};
    if (manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err) != 0)
        return (struct digest){0};
    return put.digest;
}

static struct tag find(struct fixture *f, int64_t repository, const char *name)
{
    struct tag tag = {0};
    struct db_tx *tx = begin(f);
    assert_int_equal(tag_find(tx, &f->arena, repository, name, NOW, &tag, &f->err), 1);
    commit(f, &tx);
    return tag;
}

static bool is_immutable(struct fixture *f, int64_t repository, const char *name)
{
    return find(f, repository, name).immutable;
}

static void test_holds(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *tag;
        bool matches, want;
    } cases[] = {
        {"v1", "v1", true, true},
        {"v1", "v10", true, false}, /* the whole tag, not a part */
        {"v1", "xv1", true, false},
        {"v1", "v10", false, true},
        {"v1", "v1", false, false},
        {"v.*|release", "release", true, true},
        {"a|ab", "ab", true, true},
        {"^v[0-9]+$", "v12", true, true},
        {"(", "v1", true, false}, /* cannot be stored; an old one matches nothing */
        {"(", "v1", false, true},
        /* takes too long: that is no match */
        {"(a+)+[^a]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true,
         false},
        {"(a+)+[^a]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false,
         true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_(pattern_freep) struct pattern *pattern = immutability_rule_compile(
            cases[i].pattern);
        assert_int_equal(immutability_rule_holds(pattern, cases[i].matches, cases[i].tag),
                         cases[i].want);
    }
}

static void test_check(void **state)
{
    struct fixture *f = *state;
    const char *text = NULL;
    static const char *const bad[] = {"", " \t\n", "(", "[a", "*"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_fails(immutability_policy_check(&f->arena, bad[i], &text, &f->err), &f->err,
                     ERR_INVALID);
    assert_ok(immutability_policy_check(&f->arena, "  v.* \n", &text, &f->err), &f->err);
    assert_string_equal(text, "v.*");
}

static void test_rules_of_policies(void **state)
{
    struct fixture *f = *state;
    struct immutability_scope one = of_one(f), all = of_all(f);
    const char *uuid = create(f, one, "v.*", true), *more;
    const char *other = create(f, one, "release", false);
    create(f, all, "v.*", true); /* the same pattern, of the namespace */
    assert_string_equal(policies(f, one), "v.* release! ");
    assert_string_equal(policies(f, all), "v.* ");
    struct db_tx *tx = begin(f);
    assert_fails(immutability_policy_create(tx, &f->arena, &one, "v.*", false, &more, &f->err),
                 &f->err, ERR_INVALID);
    db_end(&tx);
    assert_int_equal(update(f, one, other, "v.*"), -1);
    assert_int_equal(f->err.code, ERR_INVALID);
    assert_int_equal(update(f, one, uuid, "v.*"), 1); /* as it is */
    assert_int_equal(update(f, all, uuid, "x"), 0);
    assert_int_equal(update(f, one, "nothing", "x"), 0);
    assert_int_equal(update(f, one, other, "r.*"), 1);
    assert_string_equal(policies(f, one), "v.* r.* ");
    assert_int_equal(drop(f, all, uuid), 0);
    assert_int_equal(drop(f, one, uuid), 1);
    assert_int_equal(drop(f, one, uuid), 0);
    assert_string_equal(policies(f, one), "r.* ");
}

static void test_limit(void **state)
{
    struct fixture *f = *state;
    struct immutability_scope scopes[] = {of_one(f), of_all(f)};
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        const char *uuid;
        for (int k = 0; k < IMMUTABILITY_POLICIES_MAX; k++)
            uuid = create(f, scopes[i], arena_printf(&f->arena, "v%d", k), true);
        struct db_tx *tx = begin(f);
        assert_fails(
            immutability_policy_create(tx, &f->arena, &scopes[i], "more", true, &uuid, &f->err),
            &f->err, ERR_INVALID);
        db_end(&tx);
        assert_int_equal(update(f, scopes[i], uuid, "more"), 1);
    }
    push(f, f->one, "more", "1"); /* the last of all is looked at */
    assert_true(is_immutable(f, f->one, "more"));
}

static void test_new_tags(void **state)
{
    struct fixture *f = *state;
    create(f, of_one(f), "v.*", true);
    create(f, of_all(f), "all-.*", true);
    push(f, f->one, "v1", "1");
    push(f, f->one, "latest", "1");
    push(f, f->one, "all-1", "1");
    push(f, f->two, "v1", "1");
    push(f, f->two, "all-1", "1");
    assert_true(is_immutable(f, f->one, "v1"));
    assert_false(is_immutable(f, f->one, "latest"));
    assert_true(is_immutable(f, f->one, "all-1"));
    assert_false(is_immutable(f, f->two, "v1"));
    assert_true(is_immutable(f, f->two, "all-1"));
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAG_MADE_IMMUTABLE_BY_POLICY), 3);
    push(f, f->one, "v1", "2");
    assert_int_equal(f->err.code, ERR_TAG_IMMUTABLE);
    push(f, f->one, "v1", "1"); /* what it means already */
    assert_int_equal(f->err.code, 0);
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAG_MADE_IMMUTABLE_BY_POLICY), 3);
    push(f, f->one, "latest", "2");
    assert_int_equal(f->err.code, 0);
}

static void test_new_tags_that_do_not_match(void **state)
{
    struct fixture *f = *state;
    create(f, of_one(f), "latest|nightly-.*", false);
    push(f, f->one, "v1", "1");
    push(f, f->one, "latest", "1");
    assert_true(is_immutable(f, f->one, "v1"));
    assert_false(is_immutable(f, f->one, "latest"));
}

static void test_moved_and_restored_tags(void **state)
{
    struct fixture *f = *state;
    struct immutability_scope one = of_one(f);
    struct digest first = push(f, f->one, "v1", "1");
    push(f, f->one, "v1", "2");
    const char *uuid = create(f, one, "v.*", true);
    assert_false(is_immutable(f, f->one, "v1")); /* nobody has swept */
    struct db_tx *tx = begin(f);
    assert_int_equal(tag_restore(tx, &f->arena, &f->policy, f->one, "v1", &first, NOW + 1, &f->err),
                     1);
    commit(f, &tx);
    assert_true(is_immutable(f, f->one, "v1"));
    assert_int_equal(tag_move(f->db, &f->arena, &f->policy, f->one, "v2", &first, NOW + 1, &f->err),
                     1);
    assert_true(is_immutable(f, f->one, "v2"));
    assert_int_equal(drop(f, one, uuid), 1);
    assert_true(is_immutable(f, f->one, "v1")); /* stays so */
    push(f, f->one, "v3", "3");
    assert_false(is_immutable(f, f->one, "v3"));
}

static void test_pushed_again(void **state)
{
    struct fixture *f = *state;
    push(f, f->one, "v1", "1");
    create(f, of_one(f), "v.*", true);
    push(f, f->one, "v1", "1");
    assert_true(is_immutable(f, f->one, "v1"));
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAG_MADE_IMMUTABLE_BY_POLICY), 1);
}

static void test_without_the_feature(void **state)
{
    struct fixture *f = *state;
    create(f, of_one(f), ".*", true);
    f->policy.immutable_tags = false;
    push(f, f->one, "v1", "1");
    assert_false(is_immutable(f, f->one, "v1"));
}

/* `count` tags "<prefix>00000" that end at `end_ms`. */
static void make_tags(struct fixture *f, int64_t repository, const char *prefix, int count,
                      int64_t end_ms)
{
    struct manifest manifest;
    struct tag tag;
    struct digest digest = push(f, repository, NULL, "content");
    struct db_tx *tx = begin(f);
    assert_int_equal(manifest_find(tx, &f->arena, repository, &digest, &manifest, &f->err), 1);
    for (int i = 0; i < count; i++) {
        const char *name = arena_printf(&f->arena, "%s%05d", prefix, i);
        assert_ok(tag_point(tx, &f->arena, &f->policy, repository, name, manifest.id, NOW, &f->err),
                  &f->err);
        assert_int_equal(tag_find(tx, &f->arena, repository, name, NOW, &tag, &f->err), 1);
        assert_ok(tag_set_end(tx, &f->policy, repository, &tag, end_ms, &f->err), &f->err);
    }
    commit(f, &tx);
}

/* Steps until nothing is pending. */
static int sweep(struct fixture *f, const char *uuid)
{
    int steps = 0, more;
    while ((more = immutability_sweep_step(f->db, &f->policy, uuid, &f->err)) > 0)
        steps++;
    assert_int_equal(more, 0);
    return steps;
}

static void test_sweep_of_a_repository(void **state)
{
    struct fixture *f = *state;
    make_tags(f, f->one, "v", MANY, TAG_FOREVER);
    make_tags(f, f->one, "w", 5, TAG_FOREVER);
    make_tags(f, f->two, "v", 5, TAG_FOREVER);
    const char *uuid = create(f, of_one(f), "v.*", true);
    assert_int_equal(sweep(f, uuid), 4);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->one), MANY);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->two), 0);
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAGS_MADE_IMMUTABLE_BY_POLICY), 1);
    assert_int_equal(sweep(f, NULL), 0); /* it is done */
}

static void test_sweep_of_a_namespace(void **state)
{
    struct fixture *f = *state;
    struct immutability_scope all = of_all(f);
    for (int i = 0; i < 5; i++)
        fixture_repository(f, all.namespace_id, arena_printf(&f->arena, "r%d", i)); /* empty */
    make_tags(f, f->one, "v", IMMUTABILITY_SWEEP_TAGS, TAG_FOREVER);
    make_tags(f, f->two, "v", MANY, TAG_FOREVER);
    create(f, all, "x.*", false);
    sweep(f, NULL);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->one), IMMUTABILITY_SWEEP_TAGS);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->two), MANY);
}

static void test_sweep_that_finds_nothing(void **state)
{
    struct fixture *f = *state;
    const char *uuid = create(f, of_one(f), "x", true);
    assert_int_equal(sweep(f, uuid), 1); /* no tags at all */
    make_tags(f, f->one, "v", MANY, TAG_FOREVER);
    assert_int_equal(update(f, of_one(f), uuid, "y"), 1);
    assert_int_equal(sweep(f, uuid), 1); /* many in one step, as none has to be changed */
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAGS_MADE_IMMUTABLE_BY_POLICY), 0);
}

/* Where a sweep was cut off it goes on, also when its policy has changed by then. */
static void test_sweep_cut_off(void **state)
{
    struct fixture *f = *state;
    make_tags(f, f->one, "v", MANY, TAG_FOREVER);
    const char *uuid = create(f, of_one(f), "v.*", true);
    assert_int_equal(immutability_sweep_step(f->db, &f->policy, uuid, &f->err), 1);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->one), IMMUTABILITY_SWEEP_TAGS);
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAGS_MADE_IMMUTABLE_BY_POLICY), 0);
    assert_int_equal(update(f, of_one(f), uuid, "v0000.*"), 1);
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAGS_MADE_IMMUTABLE_BY_POLICY), 1);
    sweep(f, NULL);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->one), IMMUTABILITY_SWEEP_TAGS); /* had them */
    assert_int_equal(update(f, of_one(f), uuid, "v.*"), 1);
    assert_int_equal(immutability_sweep_step(f->db, &f->policy, NULL, &f->err), 1);
    assert_int_equal(drop(f, of_one(f), uuid), 1);
    assert_int_equal(number(f, &Q_ENTRIES, AUDIT_TAGS_MADE_IMMUTABLE_BY_POLICY), 2);
    assert_int_equal(sweep(f, NULL), 0);
}

static void test_sweep_and_expiry(void **state)
{
    struct fixture *f = *state;
    make_tags(f, f->one, "v", 3, NOW + 1000);
    make_tags(f, f->two, "v", 3, NOW + 1000);
    int64_t hidden = number(f, &Q_ENDING, f->one) - 3;
    create(f, of_one(f), "v.*", true);
    sweep(f, NULL);
    assert_int_equal(find(f, f->one, "v00000").end_ms, TAG_FOREVER);
    assert_int_equal(number(f, &Q_ENDING, f->one), hidden);
    f->policy.immutable_can_expire = true;
    create(f, of_all(f), "v.*", true);
    sweep(f, NULL);
    assert_int_equal(number(f, &Q_IMMUTABLE, f->two), 3);
    assert_int_equal(find(f, f->two, "v00000").end_ms, NOW + 1000);
}

static void test_account_takes_them_along(void **state)
{
    struct fixture *f = *state;
    struct immutability_scope all = of_all(f);
    struct account alice;
    create(f, of_one(f), "v.*", true);
    create(f, all, "v.*", true);
    struct db_tx *tx = begin(f);
    assert_int_equal(account_find_by_name(tx, &f->arena, "alice", &alice, &f->err), 1);
    assert_ok(account_delete(tx, &alice, NOW, &f->err), &f->err);
    commit(f, &tx);
    assert_int_equal(number(f, &Q_POLICIES, all.namespace_id), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),
        WITH_REGISTRY(test_check),
        WITH_REGISTRY(test_rules_of_policies),
        WITH_REGISTRY(test_limit),
        WITH_REGISTRY(test_new_tags),
        WITH_REGISTRY(test_new_tags_that_do_not_match),
        WITH_REGISTRY(test_moved_and_restored_tags),
        WITH_REGISTRY(test_pushed_again),
        WITH_REGISTRY(test_without_the_feature),
        WITH_REGISTRY(test_sweep_of_a_repository),
        WITH_REGISTRY(test_sweep_of_a_namespace),
        WITH_REGISTRY(test_sweep_that_finds_nothing),
        WITH_REGISTRY(test_sweep_cut_off),
        WITH_REGISTRY(test_sweep_and_expiry),
        WITH_REGISTRY(test_account_takes_them_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
