/* SPDX-License-Identifier: Apache-2.0 */
/* Arena: a chain of blocks, each twice the last up to a cap, so that a small request costs one
 * malloc and a large one few. Large single allocations get a block of their own.
 *
 * Under AddressSanitizer the free part of a block is poisoned and each allocation is followed by a
 * gap, so that an overrun inside a block is found as one of malloc's memory would be. */
#include "arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined __SANITIZE_ADDRESS__
#define ARENA_POISONED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_POISONED 1
#endif
#endif
#ifdef ARENA_POISONED
#include <sanitizer/asan_interface.h>
#else
#define ARENA_POISONED                         0
#define ASAN_POISON_MEMORY_REGION(ptr, size)   ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)0)
#endif

enum {
    FIRST_BLOCK = 4096,
    LARGEST_BLOCK = 256 * 1024,
    ALIGN = 16,
    GAP = ARENA_POISONED ? ALIGN : 0,
};

struct arena_block {
    struct arena_block *older;
    size_t size; /* usable bytes behind the header */
};

static_assert(sizeof(struct arena_block) % ALIGN == 0, "block header keeps the alignment");

static char *block_data(struct arena_block *block)
{
    return (char *)(block + 1);
}

/* Allocate from this block now. */
static void arena_use(struct arena *arena, struct arena_block *block)
{
    arena->next = block_data(block);
    arena->left = block->size;
    ASAN_POISON_MEMORY_REGION(arena->next, arena->left);
}

static void arena_grow(struct arena *arena, size_t need)
{
    size_t size = arena->blocks ? arena->blocks->size * 2
                                : FIRST_BLOCK - sizeof(struct arena_block);
    size = size_max(size_min(size, LARGEST_BLOCK), need);
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        abort();
    block->older = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->total += size;
    arena_use(arena, block);
}

static void free_chain(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        ASAN_UNPOISON_MEMORY_REGION(block_data(block), block->size);
        free(block);
        block = older;
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_block *first = arena->blocks;
    if (!first)
        return;
    while (first->older)
        first = first->older;
    if (first->size >= FIRST_BLOCK) { /* the first allocation was large: keep nothing */
        arena_done(arena);
        return;
    }
    if (arena->blocks != first) {
        struct arena_block *newer = arena->blocks;
        while (newer->older != first)
            newer = newer->older;
        newer->older = NULL;
        free_chain(arena->blocks);
    }
    arena->blocks = first;
    arena->total = first->size;
    arena_use(arena, first);
}

void arena_done(struct arena *arena)
{
    free_chain(arena->blocks);
    *arena = (struct arena){0};
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        abort();
    /* Nothing is something too: an empty allocation has an address of its own. */
    size_t rounded = ((size_max(size, 1) + ALIGN - 1) & ~(size_t)(ALIGN - 1)) + GAP;
    if (rounded > arena->left)
        arena_grow(arena, rounded);
    void *memory = arena->next;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    arena->next += rounded;
    arena->left -= rounded;
    return memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        abort();
    return arena_alloc(arena, bytes);
}

char *arena_text(struct arena *arena, struct str s)
{
    if (!s.ptr)
        return NULL;
    char *copy = arena_alloc(arena, s.len + 1);
    memcpy(copy, s.ptr, s.len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_text(arena, str_of(text));
}

struct str arena_str(struct arena *arena, struct str s)
{
    return (struct str){arena_text(arena, s), s.len};
}

void *arena_memdup(struct arena *arena, const void *data, size_t len)
{
    void *copy = arena_alloc(arena, len);
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        abort();
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    return text;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = arena_vprintf(arena, fmt, args);
    va_end(args);
    return text;
}
