/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/token.h"

#include <pthread.h>
#include <stdio.h>

#include "auth/claims.h"
#include "fixture.h"

static int open_with_key(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    struct fixture *f = *state;
    int64_t next;
    fixture_add_key(f, "quay", 0, true);
    return keys_renew(f->auth->keys, NOW, &next, &f->err);
}

static const struct token_access pull_push[] = {
    {SCOPE_REPOSITORY, "alice/app", SCOPE_PULL | SCOPE_PUSH, NULL},
    {SCOPE_REPOSITORY, HOST "/bob/lib", SCOPE_PULL, NULL},
    {SCOPE_CATALOG, "catalog", SCOPE_ALL, NULL},
};

static struct str issue(struct fixture *f, const struct identity *who, const char *audience)
{
    char *token;
    assert_ok(token_issue(f->auth, &f->arena, who, pull_push, ARRAY_LEN(pull_push), audience, NOW,
                          &token, &f->err),
              &f->err);
    return str_of(token);
}

static struct identity identity_of(struct fixture *f, const struct account *account)
{
    return identity_of_account(auth_rules(f->auth), account);
}

static int verify(struct fixture *f, struct str token, int64_t now_ms)
{
    struct bearer *bearer = NULL;
    f->err = (struct err){0};
    int result = token_verify(f->auth, token, now_ms, &bearer, &f->err);
    token_unref(bearer);
    return result;
}

static void test_round_trip(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str token = issue(f, &who, HOST);
    struct bearer *bearer, *again;
    assert_null(token_cached(f->auth, token, NOW));
    assert_ok(token_verify(f->auth, token, NOW, &bearer, &f->err), &f->err);
    const struct identity *got = &bearer->identity;
    assert_int_equal(got->kind, IDENTITY_USER);
    assert_int_equal(got->account_id, alice.id);
    assert_string_equal(got->name, "alice");
    assert_string_equal(got->uuid, alice.uuid);
    assert_true(got->bearer);
    assert_int_equal(got->grant_count, 2);
    assert_int_equal(identity_granted(got, STR("alice/app")), ACCESS_READ | ACCESS_WRITE);
    assert_int_equal(identity_granted(got, STR("bob/lib")), ACCESS_READ);
    assert_int_equal(identity_granted(got, STR("bob/other")), 0);
    again = token_cached(f->auth, token, NOW);
    assert_ptr_equal(again, bearer);
    token_unref(again);
    token_unref(bearer);
    token_unref(NULL);
}

static void test_anonymous(void **state)
{
    struct fixture *f = *state;
    struct str token = issue(f, &identity_anonymous, HOST);
    struct bearer *bearer;
    assert_ok(token_verify(f->auth, token, NOW, &bearer, &f->err), &f->err);
    assert_int_equal(bearer->identity.kind, IDENTITY_ANONYMOUS);
    assert_int_equal(bearer->identity.account_id, 0);
    assert_string_equal(bearer->identity.name, "(anonymous)");
    assert_int_equal(identity_granted(&bearer->identity, STR("alice/app")),
                     ACCESS_READ | ACCESS_WRITE);
    token_unref(bearer);
    f->auth->rules.anonymous_access = false;
    assert_int_equal(verify(f, token, NOW), -1);
    assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
}

static void test_times(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str token = issue(f, &who, HOST);
    static const struct {
        int64_t after_s;
        int want;
    } cases[] = {{-31, -1}, {-30, 0}, {0, 0}, {3599, 0}, {3629, 0}, {3630, -1}, {100000, -1}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(verify(f, token, NOW + cases[i].after_s * 1000), cases[i].want);
        assert_int_equal(f->err.code, cases[i].want ? ERR_UNAUTHORIZED : ERR_NONE);
    }
}

/* Nothing is remembered for longer than TOKEN_REMEMBER_MS, nor beyond the token's own end. */
static void test_cache_times(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str token = issue(f, &who, HOST);
    static const struct {
        int64_t verified_ms, asked_ms;
        bool want;
    } cases[] = {
        {0, 0, true},
        {0, TOKEN_REMEMBER_MS - 1, true},
        {0, TOKEN_REMEMBER_MS, false},
        {3620000, 3629999, true},
        {3620000, 3630000, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(verify(f, token, NOW + cases[i].verified_ms), 0);
        struct bearer *bearer = token_cached(f->auth, token, NOW + cases[i].asked_ms);
        assert_int_equal(bearer != NULL, cases[i].want);
        token_unref(bearer);
    }
}

static void test_refused(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str good = issue(f, &who, HOST);
    char *bent = arena_text(&f->arena, good);
    bent[good.len / 2] = bent[good.len / 2] == 'A' ? 'B' : 'A';
    struct identity odd = {.kind = IDENTITY_APP_TOKEN, .name = "alice", .uuid = alice.uuid};
    struct identity stranger = {.kind = IDENTITY_USER, .name = "alice", .uuid = "nobody's"};
    struct identity robot = {.kind = IDENTITY_ROBOT, .name = "alice", .uuid = alice.uuid};
    const struct str cases[] = {
        {"", 0},
        {"a.b.c", 5},
        str_of(bent),
        str_of(test_token), /* a good signature of ours, but other claims */
        str_sub(good, 0, good.len - 1),
        issue(f, &who, "other.example"),
        issue(f, &who, ""),
        issue(f, &odd, HOST),
        issue(f, &stranger, HOST),
        issue(f, &robot, HOST), /* alice is none */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(verify(f, cases[i], NOW), -1);
        if (f->err.code != ERR_UNAUTHORIZED)
            fail_msg("case %zu: %s (%s)", i, err_code_name(f->err.code), f->err.msg);
        assert_null(token_cached(f->auth, cases[i], NOW));
    }
    assert_int_equal(verify(f, good, NOW), 0);

    char *huge = arena_alloc(&f->arena, TOKEN_BYTES_MAX + 1);
    memset(huge, 'a', TOKEN_BYTES_MAX + 1);
    assert_int_equal(verify(f, (struct str){huge, TOKEN_BYTES_MAX + 1}, NOW), -1);
    assert_null(token_cached(f->auth, (struct str){huge, TOKEN_BYTES_MAX + 1}, NOW));
}

/* Bounds: a disabled account ends with the cache entry, and so does a withdrawn key, as keys are
 * remembered as long. */
static void test_revocation(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str token = issue(f, &who, HOST);
    int64_t later = NOW + TOKEN_REMEMBER_MS;
    assert_int_equal(verify(f, token, NOW), 0);
    fixture_set_enabled(f, alice.id, false);
    assert_null(token_cached(f->auth, token, later));
    assert_int_equal(verify(f, token, later), -1);
    assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
    fixture_set_enabled(f, alice.id, true);
    assert_int_equal(verify(f, token, later), 0);

    fixture_sql(f, "UPDATE service_key SET approved = 0");
    int64_t end = later + TOKEN_REMEMBER_MS + KEYS_REMEMBER_MS;
    assert_int_equal(verify(f, token, later + KEYS_REMEMBER_MS), -1);
    assert_null(token_cached(f->auth, token, end));
    assert_int_equal(verify(f, token, end), -1);
}

/* The name is of today, not of when the token was issued: accounts are found by UUID. */
static void test_renamed(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str token = issue(f, &who, HOST);
    struct bearer *bearer;
    fixture_sql(f, "UPDATE account SET name = 'alicia', superuser = 1");
    assert_ok(token_verify(f->auth, token, NOW, &bearer, &f->err), &f->err);
    assert_string_equal(bearer->identity.name, "alicia");
    assert_true(bearer->identity.superuser);
    token_unref(bearer);
}

static void test_sizes(void **state)
{
    struct fixture *f = *state;
    struct token_access many[SCOPE_COUNT_MAX];
    char *token, long_name[250] = "a/";
    struct err err;
    memset(long_name + 2, 'b', sizeof long_name - 3);
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = (struct token_access){SCOPE_REPOSITORY, "alice/application", SCOPE_PULL, NULL};
    assert_ok(token_issue(f->auth, &f->arena, &identity_anonymous, many, ARRAY_LEN(many), HOST, NOW,
                          &token, &err),
              &err);
    assert_int_equal(verify(f, str_of(token), NOW), 0);
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i].name = long_name;
    assert_fails(token_issue(f->auth, &f->arena, &identity_anonymous, many, ARRAY_LEN(many), HOST,
                             NOW, &token, &err),
                 &err, ERR_TOO_LARGE);
    /* The most that can be issued can be verified, too. */
    size_t count = ARRAY_LEN(many);
    while (token_issue(f->auth, &f->arena, &identity_anonymous, many, count, HOST, NOW, &token,
                       &err) != 0)
        count--;
    assert_in_range(count, 30, 60);
    assert_int_equal(verify(f, str_of(token), NOW), 0);
}

static void test_header(void **state)
{
    (void)state;
    static const struct {
        const char *header, *token; /* NULL: no bearer token */
    } cases[] = {
        {"Bearer a.b.c", "a.b.c"},
        {"bearer x", "x"},
        {"BEARER   x  ", "x"},
        {" Bearer x", "x"},
        {"Bearer", NULL},
        {"Bearer ", NULL},
        {"", NULL},
        {"Bearerx", NULL},
        {"Bearer a b", NULL},
        {"Basic x", NULL},
        {"Bearer a\tb", NULL},
        {"Token x", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str token = STR("kept");
        assert_int_equal(token_of_header(str_of(cases[i].header), &token), cases[i].token != NULL);
        assert_str_text(token, cases[i].token ? cases[i].token : "kept");
    }
}

struct reader {
    struct fixture *f;
    struct str token;
    int failures;
};

static void *read_tokens(void *argument)
{
    struct reader *r = argument;
    for (int i = 0; i < 200; i++) {
        struct bearer *bearer = i % 50 ? token_cached(r->f->auth, r->token, NOW) : NULL;
        struct err err;
        if (!bearer && token_verify(r->f->auth, r->token, NOW, &bearer, &err) != 0) {
            r->failures++;
            continue;
        }
        if (identity_granted(&bearer->identity, STR("bob/lib")) != ACCESS_READ)
            r->failures++;
        token_unref(bearer);
    }
    return NULL;
}

/* Shared entries are replaced while others read them. */
static void test_threads(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of(f, &alice);
    struct str token = issue(f, &who, HOST);
    struct reader readers[4];
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        readers[i] = (struct reader){f, token, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, read_tokens, &readers[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].failures, 0);
    }
}

#define WITH_KEY(test) cmocka_unit_test_setup_teardown(test, open_with_key, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_KEY(test_round_trip),  WITH_KEY(test_anonymous), WITH_KEY(test_times),
        WITH_KEY(test_cache_times), WITH_KEY(test_refused),   WITH_KEY(test_revocation),
        WITH_KEY(test_renamed),     WITH_KEY(test_sizes),     cmocka_unit_test(test_header),
        WITH_KEY(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
