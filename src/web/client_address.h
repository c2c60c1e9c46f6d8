/* SPDX-License-Identifier: Apache-2.0 */
/* Who really calls, when proxies stand between: what they say about it is believed only of those
 * that TRUSTED_PROXY_CIDR names. */
#pragma once

#include "base/ip.h"
#include "http/request.h"

/* The caller's address: the peer's, unless that is a trusted proxy. Then the nearest address of
 * X-Forwarded-For, or without it of Forwarded (RFC 7239), that is not a trusted proxy itself; what
 * stands behind an element that is no address is not looked at. In the request's memory. */
const char *client_address_find(const struct request *request, const struct ip_nets *trusted);
