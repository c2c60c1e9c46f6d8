/* SPDX-License-Identifier: Apache-2.0 */
/* Redirect addresses of OAuth applications. */
#include "oauth_redirect.h"

#include "base/buf.h"
#include "base/uri.h"

struct parts {
    struct str scheme;
    struct str host;  /* with port */
    struct str path;  /* from its '/', or empty */
    struct str query; /* from its '?', or empty */
};

static bool is_plain(struct str uri)
{
    for (size_t i = 0; i < uri.len; i++) {
        char c = uri.ptr[i];
        if (c <= ' ' || c > '~' || strchr("@%\\#\"<>^`{|}", c))
            return false;
        if (c == '.' && i > 0 && uri.ptr[i - 1] == '.')
            return false;
    }
    return uri.len > 0 && uri.len <= OAUTH_REDIRECT_MAX;
}

static bool is_scheme(struct str scheme)
{
    static const char *const programs[] = {"javascript", "data", "vbscript", "file", "blob"};
    for (size_t i = 0; i < scheme.len; i++) {
        char c = scheme.ptr[i];
        if (!char_is_alnum(c) && (i == 0 || !strchr("+-.", c)))
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        if (str_eq_case(scheme, str_of(programs[i])))
            return false;
    }
    return scheme.len > 0;
}

static bool is_host(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        if (!char_is_alnum(host.ptr[i]) && !strchr(".-_:[]", host.ptr[i]))
            return false;
    }
    return host.len > 0;
}

static size_t until(struct str s, const char *ends)
{
    size_t at = 0;
    while (at < s.len && !strchr(ends, s.ptr[at]))
        at++;
    return at;
}

static bool parse(struct str uri, struct parts *out)
{
    if (!is_plain(uri))
        return false;
    ptrdiff_t colon = str_find(uri, ':');
    if (colon < 0 || !str_starts(str_sub(uri, (size_t)colon, uri.len), STR("://")))
        return false;
    struct str rest = str_sub(uri, (size_t)colon + strlen("://"), uri.len);
    size_t host = until(rest, "/?");
    struct str behind = str_sub(rest, host, rest.len);
    size_t path = until(behind, "?");
    *out = (struct parts){
        .scheme = str_sub(uri, 0, (size_t)colon),
        .host = str_sub(rest, 0, host),
        .path = str_sub(behind, 0, path),
        .query = str_sub(behind, path, behind.len),
    };
    return is_scheme(out->scheme) && is_host(out->host);
}

/* Is the path the prefix, or does it continue it as a folder? */
static bool is_below(struct str path, struct str prefix)
{
    if (!str_starts(path, prefix))
        return false;
    return path.len == prefix.len || str_ends(prefix, STR("/")) || path.ptr[prefix.len] == '/';
}

bool oauth_redirect_allowed(struct str registered, struct str uri)
{
    struct parts ours, asked;
    if (!parse(registered, &ours) || !parse(uri, &asked))
        return false;
    if (ours.query.len > 0)
        return str_eq(registered, uri);
    return str_eq_case(ours.scheme, asked.scheme) && str_eq_case(ours.host, asked.host) &&
           is_below(asked.path, ours.path);
}

const char *oauth_redirect_with(struct arena *arena, const char *uri, ...)
{
    enum { URI_MAX = 4 * OAUTH_REDIRECT_MAX + 16 * 1024 };
    _cleanup_buf_ struct buf text;
    char separator = strchr(uri, '?') ? '&' : '?';
    va_list pairs;
    buf_init(&text, URI_MAX);
    buf_add_text(&text, uri);
    va_start(pairs, uri);
    for (const char *name = va_arg(pairs, const char *); name; name = va_arg(pairs, const char *)) {
        const char *value = va_arg(pairs, const char *);
        if (!value)
            continue;
        buf_add_char(&text, separator);
        buf_add_text(&text, name);
        buf_add_char(&text, '=');
        uri_encode(&text, str_of(value), false);
        separator = '&';
    }
    va_end(pairs);
    return arena_text(arena, buf_str(&text));
}
