/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of text: comparing, cutting and strict number parsing. Nothing here allocates, and
 * nothing reads past the slice, so a parser built on it cannot overrun its input. */
#include "str.h"

struct str str_of(const char *text)
{
    return text ? (struct str){text, strlen(text)} : (struct str){NULL, 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_text(struct str a, const char *text)
{
    return str_eq(a, str_of(text));
}

bool str_eq_case(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (char_lower(a.ptr[i]) != char_lower(b.ptr[i]))
            return false;
    }
    return true;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

int str_cmp(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

struct str str_sub(struct str s, size_t start, size_t len)
{
    if (start >= s.len)
        return (struct str){s.ptr ? s.ptr + s.len : NULL, 0};
    size_t left = s.len - start;
    return (struct str){s.ptr + start, len < left ? len : left};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_clip(struct str s, size_t max)
{
    enum { CONTINUES_MASK = 0xC0, CONTINUES = 0x80 };
    size_t len = s.len < max ? s.len : max;
    while (len > 0 && len < s.len && (s.ptr[len] & CONTINUES_MASK) == CONTINUES)
        len--;
    return str_sub(s, 0, len);
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

ptrdiff_t str_find(struct str s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return at ? at - s.ptr : -1;
}

ptrdiff_t str_find_last(struct str s, char c)
{
    const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return at ? at - s.ptr : -1;
}

bool str_cut(struct str *rest, char sep, struct str *field_out)
{
    if (!rest->ptr)
        return false;
    ptrdiff_t at = str_find(*rest, sep);
    if (at < 0) {
        *field_out = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *field_out = str_sub(*rest, 0, (size_t)at);
    *rest = (struct str){rest->ptr + at + 1, rest->len - (size_t)at - 1};
    return true;
}

static bool to_u64(struct str s, unsigned base, uint64_t max, uint64_t *out)
{
    if (s.len == 0)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        int digit = char_hex_value(s.ptr[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        if ((uint64_t)digit > max || value > (max - (uint64_t)digit) / base)
            return false;
        value = value * base + (uint64_t)digit;
    }
    *out = value;
    return true;
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
    return to_u64(s, 10, max, out);
}

bool str_to_hex_u64(struct str s, uint64_t max, uint64_t *out)
{
    return to_u64(s, 16, max, out);
}

int char_hex_value(char c)
{
    if (char_is_digit(c))
        return c - '0';
    c = char_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
