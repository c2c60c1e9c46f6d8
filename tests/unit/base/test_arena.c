/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* Sizes around the block limits: aligned, zeroed, apart from each other. */
static void test_alloc(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,    1,    15,   16,         17,         4079, 4080, 4081,
                                   4096, 8192, 9999, 256 * 1024, 256 * 1025, 1,    0,    1 << 22};
    struct arena arena = {0};
    unsigned char *got[ARRAY_LEN(sizes)];
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        got[i] = arena_alloc(&arena, sizes[i]);
        assert_non_null(got[i]);
        assert_int_equal((uintptr_t)got[i] % 16, 0);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(got[i][k], 0);
        memset(got[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(got[i][k], i + 1);
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(got[i], got[k]);
    }
    arena_done(&arena);
    assert_null(arena.blocks);
    assert_int_equal(arena.total, 0);
}

static void test_reset(void **state)
{
    (void)state;
    struct arena arena = {0};
    arena_reset(&arena);
    char *first = arena_alloc(&arena, 100);
    memset(first, 'x', 100);
    size_t small = arena.total;
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(&arena, 1000), 'x', 1000);
    assert_true(arena.total >= 100 * 1000);
    arena_reset(&arena);
    assert_int_equal(arena.total, small); /* one small block stays, and is used again */
    char *again = arena_alloc(&arena, 100);
    assert_ptr_equal(again, first);
    for (int i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
    arena_done(&arena);

    memset(arena_alloc(&arena, 1 << 20), 'x', 1 << 20);
    memset(arena_alloc(&arena, 10), 'x', 10);
    arena_reset(&arena);
    assert_int_equal(arena.total, 0); /* a large first block does not stay */
    arena_done(&arena);
}

static void test_copies(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_null(arena_strdup(&arena, NULL));
    assert_null(arena_text(&arena, (struct str){NULL, 0}));
    assert_string_equal(arena_strdup(&arena, "text"), "text");
    assert_string_equal(arena_text(&arena, str_sub(STR("abcdef"), 1, 3)), "bcd");
    struct str copy = arena_str(&arena, STR("a\0b"));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.ptr, "a\0b", 4);
    assert_memory_equal(arena_memdup(&arena, "12345", 5), "12345", 5);
    assert_non_null(arena_memdup(&arena, NULL, 0));
    assert_string_equal(arena_printf(&arena, "%s %d", "n", 7), "n 7");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    char *wide = arena_printf(&arena, "%5000d", 1);
    assert_int_equal(strlen(wide), 5000);
    uint64_t *numbers = arena_array(&arena, 10, sizeof *numbers);
    assert_int_equal(numbers[9], 0);
    arena_done(&arena);
}

/* Run in a child, because the right answer is to abort. */
static bool aborts(size_t count, size_t size)
{
    pid_t child = fork();
    if (child == 0) {
        struct arena arena = {0};
        signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        void *memory = arena_array(&arena, count, size);
        _exit(memory != NULL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_overflow(void **state)
{
    (void)state;
    assert_true(aborts(SIZE_MAX / 2, 3));
    assert_true(aborts(SIZE_MAX, 1));
    assert_true(aborts(1, SIZE_MAX));
    assert_false(aborts(3, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
