/* SPDX-License-Identifier: Apache-2.0 */
/* The type of an unquoted YAML scalar; used by yaml.c only. */
#pragma once

#include <jansson.h>
#include <regex.h>

#include "base/str.h"

enum { YAML_SCALAR_FORMS = 13 };

struct yaml_scalar {
    regex_t forms[YAML_SCALAR_FORMS];
};

/* The forms are compiled once for a document, whose scalars are many. */
void yaml_scalar_init(struct yaml_scalar *scalar);
void yaml_scalar_done(struct yaml_scalar *scalar);

/* The value that plain text stands for: null, bool, number or else the string itself. NULL, with
 * the reason in *problem, when it cannot be held: too large, infinite, not UTF-8. */
json_t *yaml_scalar_resolve(const struct yaml_scalar *scalar, struct str text,
                            const char **problem);
