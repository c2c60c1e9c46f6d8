/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON: parsing with limits (by jansson) and decoding into structs by schema. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/schema.h"

enum {
    JSON_DEPTH_MAX = 32,
    JSON_VALUES_MAX = 128 * 1024, /* a small value takes up to 250 bytes in memory */
};

/* Parse one JSON document. Duplicate keys, NUL in strings, trailing bytes, nesting deeper than
 * JSON_DEPTH_MAX, more than JSON_VALUES_MAX values and more than `max` bytes are refused;
 * ERR_INVALID gives line and column, ERR_TOO_LARGE the limit. The caller owns the result: use
 * json_auto_t or json_decref. */
int json_parse(struct str text, size_t max, json_t **out, struct err *err);

/* Fill the struct `out` (zeroed or holding defaults) from a JSON object. Unknown members are
 * ignored, as Quay does. Strings and lists are copied into the arena. ERR_INVALID names the path
 * of the offending field, e.g. "layers[3].size: must be a number". */
int json_decode(struct arena *arena, const struct schema *schema, const json_t *object, void *out,
                struct err *err);
/* json_parse + json_decode of a body that must be one object. FIELD_JSON members are not allowed,
 * as the document does not outlive the call. */
int json_decode_text(struct arena *arena, const struct schema *schema, struct str text, size_t max,
                     void *out, struct err *err);
