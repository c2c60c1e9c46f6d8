/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth scopes: what a token may do at most, whatever its user may. Quay's eight. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

enum oauth_scope_bit {
    OAUTH_REPO_READ = 1,
    OAUTH_REPO_WRITE = 2,
    OAUTH_REPO_ADMIN = 4,
    OAUTH_REPO_CREATE = 8,
    OAUTH_USER_READ = 16,
    OAUTH_USER_ADMIN = 32,
    OAUTH_ORG_ADMIN = 64,
    OAUTH_SUPER_USER = 128,
    OAUTH_ALL = 255, /* no ceiling */
};

struct oauth_scope {
    unsigned bit;
    unsigned implies; /* this and the bits that come with it */
    const char *name; /* "repo:read" */
    const char *title;
    const char *description;
    const char *icon; /* of the page that asks for consent */
    bool dangerous;
};

/* All of them, in order of the bits; ends with bit 0. */
extern const struct oauth_scope oauth_scopes[];

/* The bits of a list, separated by spaces or commas, with what they imply. As with Quay one unknown
 * scope makes the whole list worth nothing: 0. */
unsigned oauth_scope_parse(struct str text);
/* The same without what they imply, to be stored and shown: what was asked for. */
unsigned oauth_scope_asked(struct str text);
/* The names of exactly the bits given, separated by spaces. */
const char *oauth_scope_format(struct arena *arena, unsigned bits);
