/* SPDX-License-Identifier: Apache-2.0 */
/* Names as the OCI Distribution specification and Quay define them. Pure functions. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum {
    NAMESPACE_MAX = 255,
    REPOSITORY_NAME_MAX = 255, /* namespace, '/' and path together, as clients count it */
    TAG_NAME_MAX = 128,
};

/* A full repository name cut in two: "acme/team/app" is namespace "acme", path "team/app". */
struct repository_name {
    const char *full;
    const char *namespace_name;
    const char *path;
};

struct name_rules {
    const char *library;  /* namespace of names without '/'; NULL: such names are refused */
    const char *hostname; /* this registry's own host name may stand in front; NULL: may not */
    bool nested;          /* more than two components are allowed */
};

/* ERR_NAME_INVALID says which rule is broken (OCI Distribution 1.1, "Pulling manifests": lower-case
 * components of letters and digits, joined by one of . _ __ or any number of -). */
int name_parse_repository(struct arena *arena, struct str text, const struct name_rules *rules,
                          struct repository_name *out, struct err *err);
/* True for one well-formed component. */
bool name_component_ok(struct str text);
/* ERR_TAG_INVALID unless [A-Za-z0-9_][A-Za-z0-9._-]{0,127}. */
int name_check_tag(struct str text, struct err *err);
/* Text to be looked for by LIKE ... ESCAPE '!': what LIKE would understand is escaped. */
const char *name_like_escape(struct arena *arena, const char *text);
