/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts the registry calls when a user tells it whom to call: only those of the public
 * network, and what the operator names (SSRF_ALLOWED_HOSTS). Nobody is to reach, by way of the
 * registry, what he cannot reach himself: this machine, its neighbours, a cloud's metadata.
 *
 * What a name means is decided where the connection is made, not before: between two look-ups the
 * answer can change. */
#pragma once

#include "base/err.h"
#include "base/ip.h"
#include "codec/schema.h"

enum { OUTSIDE_URL_MAX = 2048 };

/* May one connect to this address, which the host has? `allowed` has names of hosts, addresses and
 * networks. */
bool outside_allows(const struct texts *allowed, const char *host, const struct ip *ip);
/* What can be said of a URL without asking for its host's address: http or https, no user in it,
 * and no host that is known to be inside. ERR_INVALID. */
int outside_check(const struct texts *allowed, const char *url, struct err *err);
/* Is it an entry that `allowed` may have? */
bool outside_entry_ok(struct str entry);
