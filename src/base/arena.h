/* SPDX-License-Identifier: Apache-2.0 */
/* An arena holds everything that lives as long as one request or one job. Allocations are zeroed,
 * never freed singly, and all go at once. Out of memory aborts: there is no half-way state to
 * mend, and every input that decides a size has a limit of its own. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "macro.h"
#include "str.h"

struct arena_block;

/* Embed by value, `{0}` is a valid empty arena. */
struct arena {
    struct arena_block *blocks; /* newest first */
    char *next;                 /* free bytes of the newest block */
    size_t left;
    size_t total; /* bytes obtained from the system */
};

/* Free every allocation; the arena may be used again. Keeps one small block, so that a
 * connection's next request needs no malloc. */
void arena_reset(struct arena *arena);
/* Free everything. */
void arena_done(struct arena *arena);

/* `size` zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK __attribute__((malloc));
/* `count` elements of `size`; aborts when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) MUST_CHECK;
/* A NUL-terminated copy. arena_text(arena, s) of a slice; NULL text stays NULL. */
char *arena_text(struct arena *arena, struct str s) MUST_CHECK;
char *arena_strdup(struct arena *arena, const char *text) MUST_CHECK;
/* A copy of the slice's bytes (with a NUL behind it). */
struct str arena_str(struct arena *arena, struct str s) MUST_CHECK;
void *arena_memdup(struct arena *arena, const void *data, size_t len) MUST_CHECK;
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
char *arena_vprintf(struct arena *arena, const char *fmt, va_list args)
    PRINTF_LIKE(2, 0) MUST_CHECK;
