/* SPDX-License-Identifier: Apache-2.0 */
/* Reading YAML 1.1 (by libyaml) into the same tree that JSON is read into, with the types that
 * PyYAML's safe_load gives, as Quay reads its config.yaml with it: yes and on are true, 010 is 8,
 * 1:30 is 90, 1e5 is a string. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum {
    YAML_BYTES_MAX = 1024 * 1024,
    YAML_DEPTH_MAX = 32,
    YAML_NODES_MAX = 64 * 1024, /* values, those behind an alias counted at each use */
    YAML_ALIASES_MAX = 16,
};

/* Parse one document; an empty one is null. Refused with ERR_INVALID and line and column: duplicate
 * keys, keys that are not scalars, NUL, numbers beyond 64 bits, infinities, tags other than those
 * of JSON's types, a second document. ERR_TOO_LARGE when a limit above is passed. Keys are always
 * strings, and so are dates. "<<" merges as in PyYAML.
 *
 * The caller owns the result: json_auto_t or json_decref. Where lines_out is not NULL it gets an
 * object from each key of the outermost mapping to its line, owned by the caller too. */
int yaml_parse(struct str text, json_t **out, json_t **lines_out, struct err *err);
/* The same, but for the keys of the outermost mapping that `is_text` names, numbers (in lists too)
 * are taken as they are written: a secret may be all digits, more of them than fit in 64 bits. */
int yaml_parse_texts(struct str text, bool (*is_text)(const char *key), json_t **out,
                     json_t **lines_out, struct err *err);
