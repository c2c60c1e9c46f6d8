/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/basic.h"

#include <pthread.h>
#include <stdatomic.h>

#include "auth/lockout.h"
#include "base/hex.h"
#include "fixture.h"

/* "Basic " and the base64 of the text. */
static const char *header_of(struct arena *arena, struct str text)
{
    _cleanup_buf_ struct buf encoded;
    buf_init(&encoded, 1 << 20);
    base64_encode(&encoded, text);
    return arena_printf(arena, "Basic %.*s", STR_FMT(buf_str(&encoded)));
}

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *username, *password;
        enum basic_kind kind;
    } cases[] = {
        {{"alice:password", 14}, "alice", "password", BASIC_USER},
        {{"alice:", 6}, "alice", "", BASIC_USER},
        {{"alice:a:b:", 10}, "alice", "a:b:", BASIC_USER},
        {{"a@b.c:p w", 9}, "a@b.c", "p w", BASIC_USER},
        {{"a+tag@b.c:pw", 12}, "a+tag@b.c", "pw", BASIC_USER},
        {{"ns+bot:T", 8}, "ns+bot", "T", BASIC_ROBOT},
        {{"+:T", 3}, "+", "T", BASIC_ROBOT},
        {{"$app:T", 6}, "$app", "T", BASIC_APP_TOKEN},
        {{"$oauthtoken:T", 13}, "$oauthtoken", "T", BASIC_OAUTH_TOKEN},
        {{"$token:T", 8}, "$token", "T", BASIC_ACCESS_TOKEN},
        {{"$App:T", 6}, "$App", "T", BASIC_USER},
        {{"$token :T", 9}, "$token ", "T", BASIC_USER},
        {{"\xc3\xa9:\xc3\xa9", 5}, "\xc3\xa9", "\xc3\xa9", BASIC_USER},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct basic got;
        assert_true(basic_parse(&arena, str_of(header_of(&arena, cases[i].text)), &got));
        assert_string_equal(got.username, cases[i].username);
        assert_str_text(got.password, cases[i].password);
        assert_int_equal(got.kind, cases[i].kind);
    }
    arena_done(&arena);
}

static void test_parse_scheme(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        bool ok;
    } cases[] = {
        {"Basic YTpi", true},       {"basic YTpi", true},     {"BASIC   YTpi  ", true},
        {" Basic YTpi", true},      {"Basic YTpiYw==", true}, {"", false},
        {"Basic", false},           {"Basic ", false},        {"BasicYTpi", false},
        {"Basic\tYTpi", false},     {"Bearer YTpi", false},   {"Basic YTpiYw", false},
        {"Basic YTpiYw=", false},   {"Basic YTpi=", false},   {"Basic Y Tpi", false},
        {"Basic YTpi YTpi", false}, {"Basic YTpi\n", false},  {"Basic YTp", false},
        {"Basic YTp_", false},      {"Basic a:b", false},     {"YTpi", false},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct basic got = {.username = "kept"};
        if (basic_parse(&arena, str_of(cases[i].header), &got) != cases[i].ok)
            fail_msg("%s", cases[i].header);
        assert_string_equal(got.username, cases[i].ok ? "a" : "kept");
    }
    arena_done(&arena);
}

static void test_parse_content(void **state)
{
    (void)state;
    static const struct str bad[] = {
        {"", 0},      {"alice", 5}, {":", 1},      {":password", 9}, {"a\0b:c", 5}, {"a:b\0c", 5},
        {"a\n:b", 4}, {"a:b\r", 4}, {"a:\x7f", 3}, {"a:\xff", 3},    {"\xc3:b", 3},
    };
    struct arena arena = {0};
    struct basic got = {.username = "kept"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(basic_parse(&arena, str_of(header_of(&arena, bad[i])), &got));

    char *long_name = arena_alloc(&arena, BASIC_HEADER_MAX);
    memset(long_name, 'a', BASIC_HEADER_MAX);
    static const struct {
        size_t name, whole;
        bool ok;
    } sizes[] = {{BASIC_USERNAME_MAX, 600, true},
                 {BASIC_USERNAME_MAX + 1, 600, false},
                 {10, (BASIC_HEADER_MAX - 8) / 4 * 3, true},
                 {10, BASIC_HEADER_MAX / 4 * 3, false}};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        long_name[sizes[i].name] = ':';
        struct str text = {long_name, sizes[i].whole};
        assert_int_equal(basic_parse(&arena, str_of(header_of(&arena, text)), &got), sizes[i].ok);
        long_name[sizes[i].name] = 'a';
    }
    arena_done(&arena);
}

static int login(struct fixture *f, const char *name, const char *password, int64_t now_ms,
                 struct identity *out, int64_t *retry_after_s)
{
    f->err = (struct err){0};
    *retry_after_s = -1;
    return basic_login_user(f->auth, &f->arena, name, str_of(password), now_ms, out, retry_after_s,
                            &f->err);
}

static void test_login(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", "alice+x@example.org");
    struct account off = fixture_user(f, "off", NULL);
    fixture_set_enabled(f, off.id, false);
    fixture_sql(f, "INSERT INTO account (uuid, kind, name, password_hash, created_ms)"
                   " SELECT 'o', 2, 'org', password_hash, 1 FROM account WHERE name = 'alice'");
    fixture_sql(f, "INSERT INTO account (uuid, kind, name, created_ms) VALUES ('n', 1, 'none', 1)");
    static const struct {
        const char *name, *password;
        enum err_code code;
    } cases[] = {
        {"alice", "password", ERR_NONE},
        {"alice+x@example.org", "password", ERR_NONE},
        {"Alice+X@Example.ORG", "password", ERR_NONE},
        {"Alice", "password", ERR_UNAUTHORIZED},
        {"bob", "password", ERR_UNAUTHORIZED},
        {"bob@example.org", "password", ERR_UNAUTHORIZED},
        {"org", "password", ERR_UNAUTHORIZED},
        {"none", "", ERR_UNAUTHORIZED},
        {"", "", ERR_UNAUTHORIZED},
        {"off", "password", ERR_UNAUTHORIZED},
        {"alice", "Password", ERR_UNAUTHORIZED},
        {"off", "Password", ERR_UNAUTHORIZED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct identity who = {0};
        int64_t retry;
        int result = login(f, cases[i].name, cases[i].password, NOW, &who, &retry);
        assert_int_equal(result, cases[i].code == ERR_NONE ? 0 : -1);
        assert_int_equal(f->err.code, cases[i].code);
        assert_int_equal(retry, -1);
        assert_int_equal(who.account_id, cases[i].code == ERR_NONE ? alice.id : 0);
        assert_null(strstr(f->err.msg, "assword\"")); /* what was typed is not repeated */
        if (result == 0)
            assert_string_equal(who.uuid, alice.uuid);
    }
    /* That an account is disabled is told to its owner only. */
    struct identity who;
    int64_t retry;
    assert_int_equal(login(f, "off", "password", NOW + LOCKOUT_MAX_MS, &who, &retry), -1);
    assert_string_equal(f->err.msg, "this account is disabled");
    assert_int_equal(login(f, "off", "wrong", NOW + LOCKOUT_MAX_MS, &who, &retry), -1);
    assert_string_equal(f->err.msg, "invalid username or password");
    /* A session that begins with this login ends with those that the account had by then. */
    fixture_sql(f, "UPDATE account SET session_epoch = 7 WHERE name = 'alice'");
    assert_int_equal(login(f, "alice", "password", NOW, &who, &retry), 0);
    assert_int_equal(who.session_epoch, 7);
}

static void test_lockout(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who;
    int64_t retry, now = NOW;
    assert_int_equal(login(f, "alice", "password", now, &who, &retry), 0); /* remembered now */
    /* The first failure costs nothing, so that a client may ask twice. */
    assert_int_equal(login(f, "alice", "wrong", now, &who, &retry), -1);
    assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
    static const int64_t waits[] = {1, 2, 4, 8, 16, 32}; /* 0.5, 1.5, 3.5 ... rounded up */
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        assert_int_equal(login(f, "alice", "wrong", now, &who, &retry), -1);
        assert_int_equal(f->err.code, ERR_UNAUTHORIZED);
        assert_int_equal(fixture_account(f, alice.id).failed_logins, i + 2);
        /* Not even the right password, and attempts now do not count. */
        assert_int_equal(login(f, "alice", "password", now, &who, &retry), -1);
        assert_int_equal(f->err.code, ERR_TOO_MANY);
        assert_int_equal(retry, waits[i]);
        assert_int_equal(login(f, "alice", "wrong", now + waits[i] * 1000 - 501, &who, &retry), -1);
        assert_int_equal(f->err.code, ERR_TOO_MANY);
        assert_int_equal(fixture_account(f, alice.id).failed_logins, i + 2);
        now += waits[i] * 1000 - 500;
    }
    assert_int_equal(login(f, "alice", "password", now, &who, &retry), 0);
    assert_int_equal(fixture_account(f, alice.id).failed_logins, 0);
    assert_int_equal(login(f, "alice", "wrong", now, &who, &retry), -1);
    assert_int_equal(login(f, "alice", "wrong", now, &who, &retry), -1);
    assert_int_equal(login(f, "alice", "password", now, &who, &retry), -1);
    assert_int_equal(retry, 1); /* from the start again */
}

/* Success without failures before writes nothing; neither does an unknown name. */
static void test_writes_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t before, after;
    struct identity who;
    int64_t retry;
    fixture_user(f, "alice", NULL);
    assert_ok(db_version(f->db, 0, &before, &f->err), &f->err);
    for (int i = 0; i < 3; i++)
        assert_int_equal(login(f, "alice", "password", NOW, &who, &retry), 0);
    assert_int_equal(login(f, "bob", "password", NOW, &who, &retry), -1);
    assert_ok(db_version(f->db, 0, &after, &f->err), &f->err);
    assert_true(before == after);
    assert_int_equal(login(f, "alice", "wrong", NOW, &who, &retry), -1);
    assert_ok(db_version(f->db, 0, &after, &f->err), &f->err);
    assert_true(before != after);
}

/* A new password counts at once, though the old one is remembered. */
static void test_password_change(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who;
    struct db_tx *tx = NULL;
    char hash[PASSWORD_HASH_SIZE];
    int64_t retry;
    assert_int_equal(login(f, "alice", "password", NOW, &who, &retry), 0);
    assert_ok(auth_hash_password(f->auth, STR("changed-it"), hash, &f->err), &f->err);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(account_set_password(tx, alice.id, hash, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_int_equal(login(f, "alice", "changed-it", NOW, &who, &retry), 0);
    assert_int_equal(login(f, "alice", "password", NOW, &who, &retry), -1);
}

static void test_kinds(void **state)
{
    struct fixture *f = *state;
    fixture_user(f, "alice", NULL);
    static const struct {
        enum basic_kind kind;
        const char *says; /* NULL: success */
    } cases[] = {{BASIC_USER, NULL},
                 {BASIC_APP_TOKEN, ""},
                 {BASIC_OAUTH_TOKEN, ""},
                 {BASIC_ACCESS_TOKEN, ""},
                 {BASIC_ROBOT, ""}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct basic basic = {cases[i].kind, "alice", STR("password")};
        struct identity who;
        int64_t retry = -1;
        f->err = (struct err){0};
        int result = basic_login(f->auth, &f->arena, &basic, NOW, &who, &retry, &f->err);
        assert_int_equal(result, cases[i].says ? -1 : 0);
        assert_int_equal(f->err.code, cases[i].says ? ERR_UNAUTHORIZED : ERR_NONE);
        assert_true(!cases[i].says || strstr(f->err.msg, cases[i].says));
        assert_int_equal(retry, -1);
    }
}

struct queue {
    struct password_checker *passwords;
    atomic_uint refused;
};

static void *queue_up(void *argument)
{
    struct queue *queue = argument;
    struct err err;
    if (password_enter(queue->passwords, &err) == 0)
        password_leave(queue->passwords);
    else
        atomic_fetch_add(&queue->refused, 1);
    return NULL;
}

/* With every turn taken (two may run, one may wait) a remembered password still gets in, and others
 * are told to come again. */
static void test_busy(void **state)
{
    struct fixture *f = *state;
    struct queue queue = {.passwords = f->auth->passwords};
    struct identity who;
    int64_t retry;
    pthread_t waiters[2];
    fixture_user(f, "alice", NULL);
    fixture_user(f, "bob", NULL);
    assert_int_equal(login(f, "alice", "password", NOW, &who, &retry), 0);
    assert_ok(password_enter(queue.passwords, &f->err), &f->err);
    assert_ok(password_enter(queue.passwords, &f->err), &f->err);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&waiters[i], NULL, queue_up, &queue), 0);
    while (atomic_load(&queue.refused) == 0) /* then the other one waits */
        sched_yield();
    assert_int_equal(login(f, "bob", "password", NOW, &who, &retry), -1);
    assert_int_equal(f->err.code, ERR_BUSY);
    assert_int_equal(retry, 1);
    assert_int_equal(login(f, "alice", "password", NOW, &who, &retry), 0);
    password_leave(queue.passwords);
    password_leave(queue.passwords);
    for (size_t i = 0; i < 2; i++)
        pthread_join(waiters[i], NULL);
    assert_int_equal(login(f, "bob", "password", NOW, &who, &retry), 0);
}

struct guesser {
    struct fixture *f;
    atomic_uint tried;
};

static void *guess(void *argument)
{
    struct guesser *g = argument;
    struct arena arena = {0};
    struct identity who;
    struct err err = {0};
    int64_t retry;
    for (int i = 0; i < 20; i++) {
        if (basic_login_user(g->f->auth, &arena, "alice", STR("wrong"), NOW, &who, &retry, &err) !=
                0 &&
            err.code == ERR_UNAUTHORIZED)
            atomic_fetch_add(&g->tried, 1);
    }
    arena_done(&arena);
    return NULL;
}

/* Of many guesses at the same moment no more are compared than turns there are (two) and failures
 * that are free: the one after those locks the others out. */
static void test_guesses_at_once(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct guesser g = {.f = f};
    pthread_t threads[8];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, guess, &g), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    unsigned tried = atomic_load(&g.tried);
    assert_true(tried >= 1 + LOCKOUT_FREE && tried <= 2 + LOCKOUT_FREE);
    assert_int_equal(fixture_account(f, alice.id).failed_logins, tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_scheme),
        cmocka_unit_test(test_parse_content),
        WITH_AUTH(test_login),
        WITH_AUTH(test_lockout),
        WITH_AUTH(test_writes_nothing),
        WITH_AUTH(test_password_change),
        WITH_AUTH(test_kinds),
        WITH_AUTH(test_busy),
        WITH_AUTH(test_guesses_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
