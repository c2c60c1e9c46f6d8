/* SPDX-License-Identifier: Apache-2.0 */
/* Single values of config.yaml: their kinds, and the texts about them. */
#pragma once

#include <jansson.h>

#include "app/config_keys.h"
#include "base/arena.h"
#include "base/buf.h"

/* The value as its kind means it: a duration as milliseconds, a size as bytes, all others as they
 * are. A new reference, or NULL when the value is not of the kind. */
json_t *config_value_read(enum config_kind kind, const json_t *value);

/* "true or false", "a duration such as 2w, 12h or 90s"; for errors and documentation. */
const char *config_value_expected(enum config_kind kind);
/* What was found, for errors: `the string "x"`, `a list`. Never the content of a secret. */
const char *config_value_describe(struct arena *arena, enum config_kind kind, const json_t *value);

/* Append a duration or size as config_value_read would read it, in the largest unit that fits. */
void config_value_add_duration(struct buf *buf, int64_t ms);
void config_value_add_size(struct buf *buf, int64_t bytes);
