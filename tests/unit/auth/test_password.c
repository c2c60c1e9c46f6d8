/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/password.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "unit.h"

static const int64_t NOW = 1800000000000;

static bool compare(struct password_checker *checker, const char *hash, struct str password)
{
    struct err err;
    assert_ok(password_enter(checker, &err), &err);
    bool same = password_compare(checker, hash, password, NOW);
    password_leave(checker);
    return same;
}

/* Made by another program (Apache's htpasswd writes $2y$, which means what $2a$ and $2b$ do), a
 * published test vector, and what must never match. */
static void test_compare(void **state)
{
    (void)state;
    static const struct {
        const char *hash;
        struct str password;
        bool want;
    } cases[] = {
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", {"U*U", 3}, true},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", {"U*V", 3}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, true},
        {"$2a$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, true},
        {"$2y$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, true},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"passwore", 8}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"passwor", 7}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password\0", 9}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"", 0}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {NULL, 0}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efa", {"password", 8}, false},
        {"$2b$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0ef", {"password", 8}, false},
        {"$2b$31$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, false},
        {"$2b$03$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, false},
        {"$2b$0x$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, false},
        {"$2x$04$nOT2EkNNhiyIyYY9VJLFUeFZnrbTvAZNUgBtLPwdMsGxOKQux0efS", {"password", 8}, false},
        {"$1$abc$OGyl6dDvZCDiGmIVbeuCq/", {"x", 1}, false},
        {"password", {"password", 8}, false},
        {"*0", {"password", 8}, false},
        {"", {"", 0}, false},
        {NULL, {"password", 8}, false},
        {NULL, {"", 0}, false},
    };
    struct password_checker *checker = password_checker_new(4, 1, 1);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool got = compare(checker, cases[i].hash, cases[i].password);
        if (got != cases[i].want)
            fail_msg("case %zu: got %d", i, got);
        got = password_remembered(checker, cases[i].hash, cases[i].password, NOW);
        if (got != cases[i].want)
            fail_msg("case %zu: remembered %d", i, got);
    }
    password_checker_free(checker);
}

static void test_hash(void **state)
{
    (void)state;
    struct password_checker *checker = password_checker_new(5, 1, 1);
    struct err err;
    char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];
    assert_ok(password_hash(checker, STR("correct horse"), hash, &err), &err);
    assert_ok(password_hash(checker, STR("correct horse"), again, &err), &err);
    assert_memory_equal(hash, "$2b$05$", 7);
    assert_int_equal(strlen(hash), 60);
    assert_string_not_equal(hash, again); /* salted */
    assert_true(compare(checker, hash, STR("correct horse")));
    assert_true(compare(checker, again, STR("correct horse")));
    assert_false(compare(checker, hash, STR("correct house")));
    assert_fails(password_hash(checker, STR("a\0b"), hash, &err), &err, ERR_INTERNAL);
    password_checker_free(checker);

    checker = password_checker_new(99, 1, 1); /* no such cost */
    assert_fails(password_hash(checker, STR("password"), hash, &err), &err, ERR_INTERNAL);
    password_checker_free(checker);
}

/* bcrypt looks at 72 bytes; what Quay stored for a longer password still matches. */
static void test_long(void **state)
{
    (void)state;
    struct password_checker *checker = password_checker_new(4, 1, 1);
    struct err err;
    char hash[PASSWORD_HASH_SIZE], text[2000];
    memset(text, 'x', sizeof text);
    assert_ok(password_hash(checker, (struct str){text, 72}, hash, &err), &err);
    assert_true(compare(checker, hash, (struct str){text, 72}));
    assert_true(compare(checker, hash, (struct str){text, 2000}));
    assert_false(compare(checker, hash, (struct str){text, 71}));
    password_checker_free(checker);
}

static void test_remembered(void **state)
{
    (void)state;
    struct password_checker *checker = password_checker_new(4, 1, 1), *other;
    struct err err;
    char hash[PASSWORD_HASH_SIZE], changed[PASSWORD_HASH_SIZE];
    struct str right = STR("password");
    assert_ok(password_hash(checker, right, hash, &err), &err);
    assert_ok(password_hash(checker, right, changed, &err), &err);
    assert_false(password_remembered(checker, hash, right, NOW));
    assert_false(compare(checker, hash, STR("wrong")));
    assert_false(password_remembered(checker, hash, STR("wrong"), NOW));
    assert_true(compare(checker, hash, right));
    static const struct {
        int64_t after_ms;
        bool want;
    } cases[] = {{0, true}, {PASSWORD_REMEMBER_MS - 1, true}, {PASSWORD_REMEMBER_MS, false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(password_remembered(checker, hash, right, NOW + cases[i].after_ms),
                         cases[i].want);
    assert_true(compare(checker, hash, right));
    assert_false(password_remembered(checker, changed, right, NOW)); /* the hash is a part of it */
    assert_false(password_remembered(checker, hash, STR("password1"), NOW));
    assert_false(password_remembered(checker, NULL, right, NOW));
    other = password_checker_new(4, 1, 1);
    assert_false(password_remembered(other, hash, right, NOW));
    password_checker_free(other);
    password_checker_free(checker);
}

struct crowd {
    struct password_checker *checker;
    atomic_uint inside, most, refused, served;
    atomic_uint open; /* those inside may leave */
};

static void *visit(void *argument)
{
    struct crowd *crowd = argument;
    struct err err;
    if (password_enter(crowd->checker, &err) != 0) {
        if (err.code == ERR_BUSY)
            atomic_fetch_add(&crowd->refused, 1);
        return NULL;
    }
    unsigned inside = atomic_fetch_add(&crowd->inside, 1) + 1;
    unsigned most = atomic_load(&crowd->most);
    while (inside > most && !atomic_compare_exchange_weak(&crowd->most, &most, inside))
        ;
    while (!atomic_load(&crowd->open))
        sched_yield();
    atomic_fetch_sub(&crowd->inside, 1);
    atomic_fetch_add(&crowd->served, 1);
    password_leave(crowd->checker);
    return NULL;
}

/* Two may compute and three may wait: of twelve at the same time, seven are sent away. */
static void test_bounded(void **state)
{
    (void)state;
    enum { RUNNING = 2, WAITING = 3, THREADS = 12 };
    struct crowd crowd = {.checker = password_checker_new(4, RUNNING, WAITING)};
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, visit, &crowd), 0);
    while (atomic_load(&crowd.refused) < THREADS - RUNNING - WAITING)
        sched_yield();
    assert_int_equal(atomic_load(&crowd.inside), RUNNING);
    atomic_store(&crowd.open, 1);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&crowd.refused), THREADS - RUNNING - WAITING);
    assert_int_equal(atomic_load(&crowd.served), RUNNING + WAITING);
    assert_int_equal(atomic_load(&crowd.most), RUNNING);
    password_checker_free(crowd.checker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare), cmocka_unit_test(test_hash),
        cmocka_unit_test(test_long),    cmocka_unit_test(test_remembered),
        cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
