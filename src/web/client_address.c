/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's address behind proxies. Each proxy appends the address it was called from, so the
 * lists are read from their end: what a client has written itself stands in front, and is reached
 * only through proxies that are all trusted. */
#include "client_address.h"

enum { HOPS_MAX = 32 };

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80", and the same in quotation
 * marks. */
static bool parse_hop(struct str text, struct ip *out)
{
    text = str_trim(text);
    if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
        text = str_sub(text, 1, text.len - 2);
    if (text.len > 0 && text.ptr[0] == '[') {
        ptrdiff_t end = str_find(text, ']');
        return end > 0 && ip_parse(str_sub(text, 1, (size_t)end - 1), out);
    }
    ptrdiff_t colon = str_find(text, ':');
    if (colon >= 0 && colon == str_find_last(text, ':'))
        text = str_sub(text, 0, (size_t)colon);
    return ip_parse(text, out);
}

/* The value of for= in one element of Forwarded, or an empty slice. */
static struct str forwarded_for(struct str element)
{
    struct str pair;
    while (str_cut(&element, ';', &pair)) {
        pair = str_trim(pair);
        if (str_eq_case(str_sub(pair, 0, 4), STR("for=")))
            return str_sub(pair, 4, pair.len);
    }
    return (struct str){0};
}

/* The last HOPS_MAX elements of a header that may be repeated; returns how many. */
static size_t collect(const struct request *request, struct str name, bool forwarded,
                      struct str hops[HOPS_MAX])
{
    struct str header, element;
    size_t index = 0, count = 0;
    while (request_next_header(request, name, &index, &header)) {
        while (str_cut(&header, ',', &element)) {
            if (count == HOPS_MAX) {
                memmove(hops, hops + 1, (HOPS_MAX - 1) * sizeof *hops);
                count--;
            }
            hops[count++] = forwarded ? forwarded_for(element) : element;
        }
    }
    return count;
}

const char *client_address_find(const struct request *request, const struct ip_nets *trusted)
{
    struct str hops[HOPS_MAX];
    struct ip ip;
    if (trusted->count == 0 || !ip_parse(str_of(request->remote), &ip) ||
        !ip_nets_have(trusted, &ip))
        return request->remote;
    size_t count = collect(request, STR("X-Forwarded-For"), false, hops);
    if (count == 0)
        count = collect(request, STR("Forwarded"), true, hops);
    while (count > 0 && ip_nets_have(trusted, &ip)) {
        struct ip next;
        if (!parse_hop(hops[--count], &next))
            break;
        ip = next;
    }
    char text[IP_TEXT_SIZE];
    ip_format(&ip, text);
    return arena_strdup(request->arena, text);
}
