/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptor tables. One `static const struct field` table describes a C struct, and JSON bodies,
 * JSON replies, query strings, config.yaml and SQL rows are all converted by it.
 *
 *     struct move_tag { const char *digest; int64_t expiration; };
 *     static const struct field move_tag_fields[] = {
 *         F_STR(struct move_tag, digest, "manifest_digest", FIELD_REQUIRED),
 *         F_INT(struct move_tag, expiration, "expiration", 0, .max = INT64_MAX),
 *     };
 *     static const struct schema move_tag_schema = SCHEMA(struct move_tag, move_tag_fields);
 *
 * The macros check the member's C type at compile time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/macro.h"
#include "base/str.h"

struct json_t;
struct schema;

enum field_kind {
    FIELD_BOOL,   /* bool */
    FIELD_INT,    /* int64_t */
    FIELD_TEXT,   /* const char *, NUL-terminated, valid UTF-8, no NUL inside */
    FIELD_BYTES,  /* struct str; a BLOB in SQL, not used in JSON */
    FIELD_DIGEST, /* struct digest; "alg:hex" in JSON, packed bytes in SQL; len 0 is null */
    FIELD_TEXTS,  /* struct texts: a list of strings */
    FIELD_OBJECT, /* an embedded struct described by `sub` */
    FIELD_LIST,   /* struct list of structs described by `sub` */
    FIELD_JSON,   /* struct json_t *: any JSON value, borrowed from the parsed document */
};

enum field_flag {
    FIELD_REQUIRED = 1,   /* decoding fails when absent */
    FIELD_NULLABLE = 2,   /* null is accepted, and leaves the member as it was */
    FIELD_SECRET = 4,     /* never logged or shown */
    FIELD_OMIT_EMPTY = 8, /* not encoded when zero, NULL or empty */
};

struct texts {
    const char **items;
    size_t count;
};

struct list {
    void *items; /* `count` structs of sub->size bytes */
    size_t count;
};

struct field {
    const char *name;
    enum field_kind kind;
    unsigned flags;
    size_t offset;
    int64_t min, max;          /* FIELD_INT: bounds when max is not 0. FIELD_TEXT: most bytes (max);
                                  FIELD_TEXTS, FIELD_LIST: most items; 0 means the default below */
    const char *const *values; /* FIELD_TEXT: the accepted values, NULL-ended */
    const struct schema *sub;
    size_t seen; /* offset of a bool that becomes true when the field is given, null too; 0: none
                    (so it is never the first member) */
};

enum { FIELD_TEXT_MAX = 4096, FIELD_ITEMS_MAX = 1000 }; /* where `max` is 0 */

struct schema {
    const struct field *fields;
    size_t count;
    size_t size; /* of the C struct */
};

#define FIELD_(type, member, ctype, key, field_kind, field_flags, ...)                             \
    {                                                                                              \
        .name = (key), .kind = (field_kind), .flags = (field_flags),                               \
        .offset = offsetof(type, member) +                                                         \
                  0 * sizeof(char[_Generic(((type *)0)->member, ctype : 1, default                 \
                                           : -1)]),                                                \
        __VA_ARGS__                                                                                \
    }
#define F_BOOL(type, member, key, flags, ...)                                                      \
    FIELD_(type, member, bool, key, FIELD_BOOL, flags, __VA_ARGS__)
#define F_INT(type, member, key, flags, ...)                                                       \
    FIELD_(type, member, int64_t, key, FIELD_INT, flags, __VA_ARGS__)
#define F_TEXT(type, member, key, flags, ...)                                                      \
    FIELD_(type, member, const char *, key, FIELD_TEXT, flags, __VA_ARGS__)
#define F_BYTES(type, member, key, flags, ...)                                                     \
    FIELD_(type, member, struct str, key, FIELD_BYTES, flags, __VA_ARGS__)
#define F_DIGEST(type, member, key, flags, ...)                                                    \
    FIELD_(type, member, struct digest, key, FIELD_DIGEST, flags, __VA_ARGS__)
#define F_TEXTS(type, member, key, flags, ...)                                                     \
    FIELD_(type, member, struct texts, key, FIELD_TEXTS, flags, __VA_ARGS__)
#define F_LIST(type, member, key, flags, ...)                                                      \
    FIELD_(type, member, struct list, key, FIELD_LIST, flags, __VA_ARGS__)
#define F_JSON(type, member, key, flags, ...)                                                      \
    FIELD_(type, member, struct json_t *, key, FIELD_JSON, flags, __VA_ARGS__)
#define F_OBJECT(type, member, key, field_flags, subschema)                                        \
    {                                                                                              \
        .name = (key), .kind = FIELD_OBJECT, .flags = (field_flags),                               \
        .offset = offsetof(type, member), .sub = (subschema)                                       \
    }

#define SCHEMA(type, table)                                                                        \
    {                                                                                              \
        .fields = (table), .count = ARRAY_LEN(table), .size = sizeof(type)                         \
    }

/* The field of that name, or NULL. */
const struct field *schema_find(const struct schema *schema, struct str name);
