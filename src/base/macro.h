/* SPDX-License-Identifier: Apache-2.0 */
/* The few macros that the whole tree may use. New ones need a reason in docs/CONVENTIONS.md. */
#pragma once

#include <stddef.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Run f(&variable) when the variable leaves its scope. */
#define _cleanup_(f) __attribute__((cleanup(f)))

/* Give a pointer away: yields it and leaves NULL behind, so that its cleanup does nothing. */
#define TAKE(p)                                                                                    \
    __extension__({                                                                                \
        __typeof__(p) taken_ = (p);                                                                \
        (p) = NULL;                                                                                \
        taken_;                                                                                    \
    })

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK             __attribute__((warn_unused_result))

/* Define the cleanup helper x_freep() for a destructor x_free() that accepts NULL. */
#define DEFINE_CLEANUP(type, free_fn)                                                              \
    static inline void free_fn##p(type **object)                                                   \
    {                                                                                              \
        free_fn(*object);                                                                          \
    }

/* The object that contains a member, given a pointer to the member. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* The smaller and the larger of two sizes. */
static inline size_t size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
    return a > b ? a : b;
}
