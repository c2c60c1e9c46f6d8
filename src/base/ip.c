/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks. Parsing is the C library's; what is public is a table of what is not
 * (the special-purpose registries of IANA, RFC 6890). */
#include "ip.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "macro.h"

enum { IPV4_OFFSET = 12, IPV4_BITS = 96, BITS = 8 * IP_BYTES };

static const uint8_t ipv4_prefix[IPV4_OFFSET] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_ipv4(const struct ip *ip)
{
    return memcmp(ip->bytes, ipv4_prefix, sizeof ipv4_prefix) == 0;
}

bool ip_parse(struct str text, struct ip *out)
{
    char copy[IP_TEXT_SIZE];
    struct ip ip = {0};
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    memcpy(ip.bytes, ipv4_prefix, sizeof ipv4_prefix);
    if (inet_pton(AF_INET, copy, ip.bytes + IPV4_OFFSET) != 1 &&
        inet_pton(AF_INET6, copy, ip.bytes) != 1)
        return false;
    *out = ip;
    return true;
}

void ip_format(const struct ip *ip, char out[IP_TEXT_SIZE])
{
    if (is_ipv4(ip))
        (void)inet_ntop(AF_INET, ip->bytes + IPV4_OFFSET, out, IP_TEXT_SIZE);
    else
        (void)inet_ntop(AF_INET6, ip->bytes, out, IP_TEXT_SIZE);
}

static bool bit(const struct ip *ip, unsigned index)
{
    return ip->bytes[index / 8] & (0x80U >> index % 8);
}

bool ip_net_parse_loose(struct str text, struct ip_net *out)
{
    struct str address = text;
    struct ip_net net = {.bits = BITS};
    ptrdiff_t slash = str_find(text, '/');
    if (slash >= 0)
        address = str_sub(text, 0, (size_t)slash);
    if (!ip_parse(address, &net.base))
        return false;
    if (slash >= 0) {
        unsigned offset = str_find(address, ':') < 0 ? IPV4_BITS : 0;
        uint64_t bits;
        if (!str_to_u64(str_sub(text, (size_t)slash + 1, text.len), BITS - offset, &bits))
            return false;
        net.bits = (unsigned)bits + offset;
    }
    *out = net;
    return true;
}

bool ip_net_parse(struct str text, struct ip_net *out)
{
    struct ip_net net;
    if (!ip_net_parse_loose(text, &net))
        return false;
    for (unsigned i = net.bits; i < BITS; i++) {
        if (bit(&net.base, i))
            return false;
    }
    *out = net;
    return true;
}

bool ip_nets_parse(struct str text, struct ip_nets *out, struct str *bad_out)
{
    struct ip_nets nets = {0};
    size_t i = 0;
    while (i < text.len) {
        size_t start = i;
        while (i < text.len && text.ptr[i] != ',' && text.ptr[i] != ' ')
            i++;
        struct str item = str_sub(text, start, i - start);
        i++;
        if (item.len == 0)
            continue;
        if (nets.count == IP_NETS_MAX || !ip_net_parse(item, &nets.items[nets.count])) {
            *bad_out = item;
            return false;
        }
        nets.count++;
    }
    *out = nets;
    return true;
}

static bool net_has(const struct ip_net *net, const struct ip *ip)
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    if (memcmp(net->base.bytes, ip->bytes, whole) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff00U >> rest);
    return rest == 0 || ((net->base.bytes[whole] ^ ip->bytes[whole]) & mask) == 0;
}

bool ip_nets_have(const struct ip_nets *nets, const struct ip *ip)
{
    for (size_t i = 0; i < nets->count; i++) {
        if (net_has(&nets->items[i], ip))
            return true;
    }
    return false;
}

bool ip_is_public(const struct ip *ip)
{
    static const char *const others[] = {
        "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
        "::/96",         "64:ff9b::/96",    "64:ff9b:1::/48", "100::/64",       "2001::/23",
        "2001:db8::/32", "2002::/16",       "fc00::/7",       "fe80::/10",      "fec0::/10",
        "ff00::/8",
    };
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct ip_net net;
        if (ip_net_parse(str_of(others[i]), &net) && net_has(&net, ip))
            return false;
    }
    return true;
}
