/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lru.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

struct number {
    struct cached cached;
    int value;
};

static atomic_int alive;

static void number_destroy(struct cached *cached)
{
    free(CONTAINER_OF(cached, struct number, cached));
    atomic_fetch_sub(&alive, 1);
}

static struct cached *number_new(int value)
{
    struct number *number = calloc(1, sizeof *number);
    assert_non_null(number);
    cached_init(&number->cached, number_destroy);
    number->value = value;
    atomic_fetch_add(&alive, 1);
    return &number->cached;
}

static void put(struct lru *lru, const char *key, int value, size_t size, int64_t expires_ms)
{
    struct cached *number = number_new(value);
    lru_put(lru, str_of(key), number, size, expires_ms);
    cached_unref(number);
}

/* The value under the key, or -1. */
static int get(struct lru *lru, const char *key, int64_t now_ms)
{
    struct cached *found = lru_get(lru, str_of(key), now_ms);
    int value = found ? CONTAINER_OF(found, struct number, cached)->value : -1;
    cached_unref(found);
    return value;
}

static void test_use_order(void **state)
{
    (void)state;
    struct lru *lru = lru_new(3, 1 << 20);
    put(lru, "a", 1, 10, 100);
    put(lru, "b", 2, 10, 100);
    put(lru, "c", 3, 10, 100);
    assert_int_equal(get(lru, "a", 0), 1); /* now b is the oldest */
    put(lru, "d", 4, 10, 100);
    assert_int_equal(get(lru, "b", 0), -1);
    assert_int_equal(get(lru, "a", 0), 1);
    assert_int_equal(get(lru, "c", 0), 3);
    assert_int_equal(get(lru, "d", 0), 4);
    assert_int_equal(lru_count(lru), 3);
    lru_remove(lru, STR("c"));
    lru_remove(lru, STR("c"));
    assert_int_equal(get(lru, "c", 0), -1);
    put(lru, "a", 7, 10, 100);
    assert_int_equal(get(lru, "a", 0), 7);
    assert_int_equal(lru_count(lru), 2);
    lru_clear(lru);
    assert_int_equal(lru_count(lru), 0);
    assert_int_equal(atomic_load(&alive), 0);
    put(lru, "", 5, 10, 100); /* an empty key is a key */
    assert_int_equal(get(lru, "", 0), 5);
    lru_free(lru);
    lru_free(NULL);
    assert_int_equal(atomic_load(&alive), 0);
}

static void test_expiry(void **state)
{
    (void)state;
    struct lru *lru = lru_new(10, 1 << 20);
    put(lru, "a", 1, 10, 100);
    assert_int_equal(get(lru, "a", 99), 1);
    assert_int_equal(get(lru, "a", 100), -1);
    assert_int_equal(lru_count(lru), 0);
    lru_free(lru);
}

static void test_bytes(void **state)
{
    (void)state;
    enum { MAX = 8000 };
    struct lru *lru = lru_new(1000, MAX);
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "key %d", i);
        put(lru, key, i, 900, 100);
    }
    assert_true(lru_count(lru) >= 7 && lru_count(lru) <= 8);
    assert_int_equal(get(lru, "key 99", 0), 99);
    assert_int_equal(get(lru, "key 50", 0), -1);

    put(lru, "key 99", 1, MAX / 8 + 1, 100); /* too large: neither it nor the older stays */
    assert_int_equal(get(lru, "key 99", 0), -1);
    lru_free(lru);
    assert_int_equal(atomic_load(&alive), 0);
}

/* Limits so small that nothing can be kept. */
static void test_useless(void **state)
{
    (void)state;
    static const struct {
        size_t entries, bytes;
    } cases[] = {{0, 1 << 20}, {10, 0}, {10, 40}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct lru *lru = lru_new(cases[i].entries, cases[i].bytes);
        put(lru, "a", 1, 0, 100);
        assert_int_equal(get(lru, "a", 0), -1);
        assert_int_equal(atomic_load(&alive), 0);
        lru_free(lru);
    }
}

/* A value in use outlives its eviction. */
static void test_outlives(void **state)
{
    (void)state;
    struct lru *lru = lru_new(1, 1 << 20);
    put(lru, "a", 1, 10, 100);
    struct cached *held = lru_get(lru, STR("a"), 0);
    put(lru, "b", 2, 10, 100);
    assert_int_equal(get(lru, "a", 0), -1);
    assert_int_equal(CONTAINER_OF(held, struct number, cached)->value, 1);
    lru_free(lru);
    assert_int_equal(atomic_load(&alive), 1);
    cached_unref(held);
    assert_int_equal(atomic_load(&alive), 0);
    cached_unref(NULL);
}

struct chained {
    struct cached cached;
    struct lru *lru;
};

static void chained_destroy(struct cached *cached)
{
    struct chained *chained = CONTAINER_OF(cached, struct chained, cached);
    lru_remove(chained->lru, STR("other"));
    free(chained);
}

/* A destructor may use the cache: no lock is held around it. */
static void test_destructor_uses_cache(void **state)
{
    (void)state;
    struct lru *lru = lru_new(10, 1 << 20);
    struct chained *chained = calloc(1, sizeof *chained);
    assert_non_null(chained);
    chained->lru = lru;
    cached_init(&chained->cached, chained_destroy);
    lru_put(lru, STR("a"), &chained->cached, 10, 100);
    cached_unref(&chained->cached);
    put(lru, "other", 1, 10, 100);
    lru_remove(lru, STR("a"));
    assert_int_equal(get(lru, "other", 0), -1);
    lru_free(lru);
    assert_int_equal(atomic_load(&alive), 0);
}

static void *hammer(void *argument)
{
    struct lru *lru = argument;
    char key[16];
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "%d", i * 7 % 50);
        int value = get(lru, key, 0);
        if (value >= 0 && value != i * 7 % 50)
            return lru; /* somebody else's value */
        if (value < 0)
            put(lru, key, i * 7 % 50, 10, 100);
        if (i % 100 == 0)
            lru_remove(lru, str_of(key));
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct lru *lru = lru_new(30, 1 << 20);
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, lru), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *wrong = lru;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_true(lru_count(lru) <= 30);
    lru_free(lru);
    assert_int_equal(atomic_load(&alive), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_use_order), cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_bytes),     cmocka_unit_test(test_useless),
        cmocka_unit_test(test_outlives),  cmocka_unit_test(test_destructor_uses_cache),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
