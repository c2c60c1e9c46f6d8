/* SPDX-License-Identifier: Apache-2.0 */
/* Name rules. Written as loops rather than regular expressions: no backtracking, no locale, and an
 * error message can say which component is wrong. */
#include "name.h"

static bool is_component_char(char c)
{
    return char_is_lower(c) || char_is_digit(c);
}

/* Length of the separator at the start of s ("." "_" "__" or dashes), or 0. */
static size_t separator_len(struct str s)
{
    if (s.ptr[0] == '.')
        return 1;
    if (s.ptr[0] == '_')
        return s.len > 1 && s.ptr[1] == '_' ? 2 : 1;
    size_t dashes = 0;
    while (dashes < s.len && s.ptr[dashes] == '-')
        dashes++;
    return dashes;
}

bool name_component_ok(struct str text)
{
    if (text.len == 0 || !is_component_char(text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len;) {
        if (is_component_char(text.ptr[i])) {
            i++;
            continue;
        }
        i += separator_len(str_sub(text, i, text.len));
        if (i >= text.len || !is_component_char(text.ptr[i]))
            return false;
        i++;
    }
    return true;
}

static int check_components(struct str name, struct err *err)
{
    struct str component;
    while (str_cut(&name, '/', &component)) {
        if (!name_component_ok(component))
            return err_set(
                err, ERR_NAME_INVALID,
                "repository name: \"%.*s\" is not made of lower-case letters, digits and "
                "single separators (. _ __ -)",
                (int)size_min(component.len, 64), component.ptr);
    }
    return 0;
}

int name_parse_repository(struct arena *arena, struct str text, const struct name_rules *rules,
                          struct repository_name *out, struct err *err)
{
    if (rules->hostname) {
        struct str host = str_of(rules->hostname);
        if (str_starts(text, host) && text.len > host.len && text.ptr[host.len] == '/')
            text = str_sub(text, host.len + 1, text.len);
    }
    if (text.len == 0 || text.len > REPOSITORY_NAME_MAX)
        return err_set(err, ERR_NAME_INVALID, "repository name must have 1 to %d characters",
                       REPOSITORY_NAME_MAX);
    if (check_components(text, err) != 0)
        return -1;
    struct str rest = text, first;
    str_cut(&rest, '/', &first);
    if (!rest.ptr) {
        if (!rules->library)
            return err_set(err, ERR_NAME_INVALID, "repository name must be namespace/name");
        rest = first;
        first = str_of(rules->library);
    }
    if (!rules->nested && str_find(rest, '/') >= 0)
        return err_set(err, ERR_NAME_INVALID, "nested repository names are switched off here");
    out->namespace_name = arena_text(arena, first);
    out->path = arena_text(arena, rest);
    out->full = arena_printf(arena, "%s/%s", out->namespace_name, out->path);
    return 0;
}

int name_check_tag(struct str text, struct err *err)
{
    bool ok = text.len > 0 && text.len <= TAG_NAME_MAX &&
              (char_is_alnum(text.ptr[0]) || text.ptr[0] == '_');
    for (size_t i = 1; ok && i < text.len; i++) {
        char c = text.ptr[i];
        ok = char_is_alnum(c) || c == '_' || c == '.' || c == '-';
    }
    if (!ok)
        return err_set(err, ERR_TAG_INVALID,
                       "tag must have 1 to %d letters, digits, _ . or -, and not start with . or -",
                       TAG_NAME_MAX);
    return 0;
}

const char *name_like_escape(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, 2 * strlen(text) + 1), *at = out;
    for (; *text; text++) {
        if (*text == '%' || *text == '_' || *text == '!')
            *at++ = '!';
        *at++ = *text;
    }
    return out;
}
