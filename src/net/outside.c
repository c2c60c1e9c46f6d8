/* SPDX-License-Identifier: Apache-2.0 */
/* The rule for hosts outside. Names are a courtesy to who mistypes; what counts is the address. */
#include "outside.h"

#include <curl/curl.h>

#include "base/macro.h"

DEFINE_CLEANUP(CURLU, curl_url_cleanup)
DEFINE_CLEANUP(char, curl_free)

/* Those that clouds and clusters answer to, whatever their addresses are. */
static const char *const inside_names[] = {
    "localhost",
    "metadata",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
};
static const char *const inside_ends[] = {".internal", ".local"};

static struct str without_brackets(struct str host)
{
    bool brackets = str_starts(host, STR("[")) && str_ends(host, STR("]"));
    return brackets ? str_sub(host, 1, host.len - 2) : host;
}

static struct str without_dot(struct str host)
{
    return str_ends(host, STR(".")) ? str_sub(host, 0, host.len - 1) : host;
}

static bool ends_with(struct str text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && str_eq_case(str_sub(text, text.len - len, len), str_of(end));
}

static bool is_inside_name(struct str host)
{
    for (size_t i = 0; i < ARRAY_LEN(inside_names); i++) {
        if (str_eq_case(host, str_of(inside_names[i])))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(inside_ends); i++) {
        if (ends_with(host, inside_ends[i]))
            return true;
    }
    return false;
}

/* Is the host named, or the address in a network that is? `ip` NULL: there is none yet. */
static bool is_listed(const struct texts *allowed, struct str host, const struct ip *ip)
{
    for (size_t i = 0; i < allowed->count; i++) {
        struct ip_nets nets = {.count = 1};
        struct str entry = str_of(allowed->items[i]);
        if (str_eq_case(host, without_dot(entry)))
            return true;
        if (ip && ip_net_parse_loose(entry, &nets.items[0]) && ip_nets_have(&nets, ip))
            return true;
    }
    return false;
}

static bool has_networks(const struct texts *allowed)
{
    struct ip_net net;
    for (size_t i = 0; i < allowed->count; i++) {
        if (ip_net_parse_loose(str_of(allowed->items[i]), &net))
            return true;
    }
    return false;
}

bool outside_allows(const struct texts *allowed, const char *host, const struct ip *ip)
{
    struct str name = without_dot(without_brackets(str_of(host)));
    return is_listed(allowed, name, ip) || (ip_is_public(ip) && !is_inside_name(name));
}

bool outside_entry_ok(struct str entry)
{
    struct ip_net net;
    if (ip_net_parse_loose(entry, &net))
        return true;
    for (size_t i = 0; i < entry.len; i++) {
        if (!char_is_alnum(entry.ptr[i]) && !memchr("-._", entry.ptr[i], strlen("-._")))
            return false;
    }
    return entry.len > 0;
}

/* libcurl forgives much; what can be read in two ways is refused. */
static bool is_plain(const char *url)
{
    size_t len = strlen(url);
    ptrdiff_t colon = str_find(str_of(url), ':');
    if (colon < 0 || strncmp(url + colon, "://", strlen("://")) != 0 ||
        url[(size_t)colon + strlen("://")] == '/')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (url[i] <= ' ' || url[i] > '~' || url[i] == '\\')
            return false;
    }
    return len > 0 && len <= OUTSIDE_URL_MAX;
}

static int refuse(struct err *err)
{
    return err_set(err, ERR_INVALID, "this is no http or https address that can be called");
}

int outside_check(const struct texts *allowed, const char *url, struct err *err)
{
    _cleanup_(curl_url_cleanupp) CURLU *parts = curl_url();
    _cleanup_(curl_freep) char *scheme = NULL, *user = NULL, *password = NULL, *host = NULL;
    if (!parts)
        return err_set(err, ERR_INTERNAL, "the client cannot be set up");
    if (!is_plain(url) || curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return refuse(err);
    bool http = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    if (!http || curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK ||
        curl_url_get(parts, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
        return refuse(err);
    struct ip ip;
    struct str name = without_dot(without_brackets(str_of(host)));
    if (ip_parse(name, &ip))
        return outside_allows(allowed, host, &ip) ? 0 : refuse(err);
    /* A name inside may have an address that is listed. */
    bool unknown = is_inside_name(name) && !is_listed(allowed, name, NULL);
    return unknown && !has_networks(allowed) ? refuse(err) : 0;
}
