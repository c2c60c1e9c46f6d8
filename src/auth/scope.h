/* SPDX-License-Identifier: Apache-2.0 */
/* The scopes asked for at /v2/auth:
 *
 *     repository:[<SERVER_HOSTNAME>/]<path>:<action>[,<action>]     pull, push, delete, *
 *     registry:catalog:*                   (accepted for the clients that ask; Quay refuses it)
 *
 * Pure parsing: what is granted is for permission.h. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "codec/schema.h"

enum { SCOPE_COUNT_MAX = 64, SCOPE_TEXT_MAX = 8 * 1024 };

enum scope_kind { SCOPE_REPOSITORY, SCOPE_CATALOG };
enum scope_action {
    SCOPE_PULL = 1,
    SCOPE_PUSH = 2,
    SCOPE_ALL = 4,
    SCOPE_DELETE = 8, /* OCI clients ask for it; Quay refuses it */
};

struct scope {
    enum scope_kind kind;
    const char *requested;      /* the name as asked, which the token repeats; "catalog" */
    const char *namespace_name; /* these two of SCOPE_REPOSITORY only, without the host's name */
    const char *repository;
    unsigned actions; /* scope_action */
};

struct scope_rules {
    const char *hostname;          /* may stand in front of a name; NULL: may not */
    const char *library_namespace; /* of a name without '/'; NULL: such a name is refused */
    bool nested_names;             /* EXTENDED_REPOSITORY_NAMES: more than one '/' */
};

/* Read the values of all `scope` parameters, each of which may hold several scopes with spaces in
 * between; `out` (struct scope) is empty when they hold none. ERR_INVALID: not of the form above;
 * ERR_NAME_INVALID: a name that no repository can have (domain/name.h); ERR_TOO_LARGE. */
int scope_parse(struct arena *arena, const struct texts *values, const struct scope_rules *rules,
                struct list *out, struct err *err);
