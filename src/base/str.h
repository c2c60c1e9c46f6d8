/* SPDX-License-Identifier: Apache-2.0 */
/* `struct str` is a slice of somebody else's bytes: not terminated, not owned, may contain NUL.
 * Parsers of foreign input work on slices; text that has been validated is `const char *`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal, and the arguments of "%.*s" for a slice. */
#define STR(literal) ((struct str)STR_INIT(literal))
/* The same where the standard wants a constant: in tables. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define STR_FMT(s) (int)(s).len, (s).ptr

/* A slice of NUL-terminated text; NULL gives the empty slice. */
struct str str_of(const char *text);

bool str_eq(struct str a, struct str b);
bool str_eq_text(struct str a, const char *text);
/* Compare ignoring the case of ASCII letters. */
bool str_eq_case(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Order by bytes, shorter first among equal prefixes; as strcmp. */
int str_cmp(struct str a, struct str b);

/* The part from `start`, at most `len` bytes; clamped to the slice. */
struct str str_sub(struct str s, size_t start, size_t len);
/* Without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);
/* At most `max` bytes of UTF-8, cut between characters. */
struct str str_clip(struct str s, size_t max);

/* Index of the first or last `c`, or -1. */
ptrdiff_t str_find(struct str s, char c);
ptrdiff_t str_find_last(struct str s, char c);

/* Take the next field up to `sep` off *rest. Returns false when *rest was exhausted (its ptr is
 * NULL): "a,b" gives "a", "b", false; "" gives "" once. */
bool str_cut(struct str *rest, char sep, struct str *field_out);

/* Strict decimal: digits only, no sign, no spaces, at most `max`. Returns false otherwise. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);
/* Strict hexadecimal digits without prefix, at most `max`. */
bool str_to_hex_u64(struct str s, uint64_t max, uint64_t *out);

static inline bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool char_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool char_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool char_is_alnum(char c)
{
    return char_is_digit(c) || char_is_lower(c) || char_is_upper(c);
}

static inline char char_lower(char c)
{
    return char_is_upper(c) ? (char)(c + ('a' - 'A')) : c;
}

/* The value of a hexadecimal digit, or -1. */
int char_hex_value(char c);
