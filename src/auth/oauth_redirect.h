/* SPDX-License-Identifier: Apache-2.0 */
/* Where a browser may be sent with a code or a token: only to what the application's owner has
 * registered. A mistake here gives tokens away, so that anything unusual is refused: addresses that
 * two readers could understand in two ways never match. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

enum { OAUTH_REDIRECT_MAX = 2048 };

/* Whether `uri` lies within the registered address: the same scheme and host with port, and a path
 * that is the registered one or continues it behind a '/'. Its query is free, unless the registered
 * address has one: then only that very address will do. Both must be absolute ("scheme://host/...")
 * and printable ASCII without user, '..', '%', backslash or fragment, and of no scheme that a
 * browser runs as a program; else nothing matches. */
bool oauth_redirect_allowed(struct str registered, struct str uri);
/* The address with name=value pairs added to its query, values escaped; pairs end with a NULL name,
 * and those with a NULL value are left out. */
const char *oauth_redirect_with(struct arena *arena, const char *uri, ...)
    __attribute__((sentinel));
