/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of single values, for the readers of codec/ (JSON, forms, YAML). All of them set
 * ERR_INVALID with a reason that begins with "must"; the caller puts the field's path in front. */
#pragma once

#include "base/err.h"
#include "codec/schema.h"

/* The field's own `max` as a size, or `otherwise` when it has none. */
size_t schema_max(const struct field *field, size_t otherwise);
/* The bounds of a FIELD_INT. */
int schema_check_int(const struct field *field, int64_t value, struct err *err);
/* Length, UTF-8, NUL and the list of accepted values of a FIELD_TEXT or an item of FIELD_TEXTS. */
int schema_check_text(const struct field *field, struct str value, struct err *err);
/* Parse a digest; as digest_parse, with every failure ERR_INVALID. */
int schema_check_digest(struct str value, struct digest *out, struct err *err);
