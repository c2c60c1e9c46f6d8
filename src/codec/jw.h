/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: appends straight to a buffer, without a tree in between. */
#pragma once

#include "base/buf.h"
#include "codec/schema.h"

/* Commas and escaping are its business; nesting is the caller's. Errors (the buffer's
 * maximum) show in buf_ok(). */
struct jw {
    struct buf *buf;
    bool comma; /* the next value or key needs one in front */
};

/* Objects, their keys, and arrays. Each key is followed by one value, and each value stands in an
 * array, behind a key, or alone. */
void jw_begin_object(struct jw *w);
void jw_end_object(struct jw *w);
void jw_begin_array(struct jw *w);
void jw_end_array(struct jw *w);
void jw_key(struct jw *w, const char *key);
/* One value. A NULL text writes null. */
void jw_text(struct jw *w, const char *value);
void jw_slice(struct jw *w, struct str value);
void jw_int(struct jw *w, int64_t value);
void jw_bool(struct jw *w, bool value);
void jw_null(struct jw *w);
/* Bytes that are JSON already, such as a stored document. */
void jw_raw(struct jw *w, struct str json);
/* A key and its value in one call. */
void jw_member_text(struct jw *w, const char *key, const char *value);
void jw_member_int(struct jw *w, const char *key, int64_t value);
void jw_member_bool(struct jw *w, const char *key, bool value);
/* A struct as an object, by schema. SECRET fields are left out. */
void jw_encode(struct jw *w, const struct schema *schema, const void *in);
