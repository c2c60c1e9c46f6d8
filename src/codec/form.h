/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings and application/x-www-form-urlencoded bodies. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "codec/schema.h"

enum { FORM_FIELDS_MAX = 64, FORM_BYTES_MAX = 16 * 1024 };

/* Fill a struct from "a=1&b=x". Kinds BOOL ("true"/"false"/"1"/"0"), INT, TEXT, DIGEST, and TEXTS
 * for a parameter that may be repeated; of the others the last one counts. Unknown parameters are
 * ignored. ERR_INVALID names the parameter. */
int form_decode(struct arena *arena, const struct schema *schema, struct str text, void *out,
                struct err *err);
