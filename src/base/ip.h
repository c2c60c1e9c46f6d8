/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks of IPv4 and IPv6, as values. An IPv4 address is kept as the IPv6 address
 * that stands for it (::ffff:a.b.c.d), so that there is one kind to compare. */
#pragma once

#include <stdint.h>

#include "str.h"

enum { IP_BYTES = 16, IP_TEXT_SIZE = 46, IP_NETS_MAX = 64 };

struct ip {
    uint8_t bytes[IP_BYTES];
};

struct ip_net {
    struct ip base;
    unsigned bits; /* of the IPv6 form: a /24 of IPv4 has 120 */
};

struct ip_nets {
    struct ip_net items[IP_NETS_MAX];
    size_t count;
};

/* "192.0.2.1", "2001:db8::1"; no port, no brackets, no zone. False when it is anything else. */
bool ip_parse(struct str text, struct ip *out);
/* As short as can be; an IPv4 address in its own form. */
void ip_format(const struct ip *ip, char out[IP_TEXT_SIZE]);
/* "10.0.0.0/8", or an address, which is a network of one. False when it is neither, or has bits
 * behind the prefix. */
bool ip_net_parse(struct str text, struct ip_net *out);
/* The same, but bits behind the prefix do not count: "10.1.2.3/8". */
bool ip_net_parse_loose(struct str text, struct ip_net *out);
/* Networks with commas or blanks between. False names the bad one in *bad_out. */
bool ip_nets_parse(struct str text, struct ip_nets *out, struct str *bad_out);
bool ip_nets_have(const struct ip_nets *nets, const struct ip *ip);
/* Whether the address belongs to the public network: not to this machine, a private or local
 * network, a group, or a reserved range. */
bool ip_is_public(const struct ip *ip);
