/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: what parses is written and read back as the same tree; what decodes through a schema with
 * every kind of field is encoded, decoded and encoded again without a change. */
#include "codec/json.h"
#include "codec/jw.h"
#include "fuzz.h"

enum { TEXT_MAX = 64 * 1024, OUT_MAX = 1024 * 1024 };

struct descriptor {
    const char *media_type;
    struct digest digest;
    int64_t size;
    struct texts urls;
};

struct manifest {
    int64_t version;
    const char *kind;
    bool flag;
    struct descriptor config;
    struct list layers;
    struct texts tags;
};

static const struct field descriptor_fields[] = {
    F_TEXT(struct descriptor, media_type, "mediaType", FIELD_REQUIRED, .max = 100),
    F_DIGEST(struct descriptor, digest, "digest", FIELD_NULLABLE),
    F_INT(struct descriptor, size, "size", 0, .max = INT64_MAX),
    F_TEXTS(struct descriptor, urls, "urls", FIELD_OMIT_EMPTY),
};
static const struct schema descriptor_schema = SCHEMA(struct descriptor, descriptor_fields);

static const char *const kinds[] = {"image", "index", NULL};
static const struct field manifest_fields[] = {
    F_INT(struct manifest, version, "schemaVersion", 0, .min = -1, .max = 2),
    F_TEXT(struct manifest, kind, "kind", FIELD_NULLABLE, .values = kinds),
    F_BOOL(struct manifest, flag, "flag", 0),
    F_OBJECT(struct manifest, config, "config", FIELD_REQUIRED, &descriptor_schema),
    F_LIST(struct manifest, layers, "layers", FIELD_NULLABLE, .sub = &descriptor_schema),
    F_TEXTS(struct manifest, tags, "tags", 0, .max = 4),
};
static const struct schema manifest_schema = SCHEMA(struct manifest, manifest_fields);

struct any {
    struct json_t *value;
};
static const struct field any_fields[] = {F_JSON(struct any, value, "value", 0)};
static const struct schema any_schema = SCHEMA(struct any, any_fields);

static void check_tree(struct str text)
{
    json_auto_t *first = NULL, *second = NULL;
    _cleanup_buf_ struct buf out;
    struct err err = {0};
    buf_init(&out, OUT_MAX);
    if (json_parse(text, TEXT_MAX, &first, &err) != 0) {
        must(err.code == ERR_INVALID || err.code == ERR_TOO_LARGE);
        return;
    }
    jw_encode(&(struct jw){.buf = &out}, &any_schema, &(struct any){first});
    must(buf_ok(&out));
    second = json_loadb(out.ptr, out.len, 0, NULL);
    must(json_equal(first, json_object_get(second, "value")));
}

static void check_decode(struct arena *arena, struct str text)
{
    _cleanup_buf_ struct buf once, twice;
    struct manifest first = {0}, second = {0};
    struct err err = {0};
    buf_init(&once, OUT_MAX);
    buf_init(&twice, OUT_MAX);
    if (json_decode_text(arena, &manifest_schema, text, TEXT_MAX, &first, &err) != 0) {
        must(err.code == ERR_INVALID || err.code == ERR_TOO_LARGE);
        return;
    }
    jw_encode(&(struct jw){.buf = &once}, &manifest_schema, &first);
    must(json_decode_text(arena, &manifest_schema, buf_str(&once), OUT_MAX, &second, &err) == 0);
    jw_encode(&(struct jw){.buf = &twice}, &manifest_schema, &second);
    must(buf_ok(&once) && str_eq(buf_str(&once), buf_str(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct str text = {(const char *)data, size};
    check_tree(text);
    check_decode(&arena, text);
    arena_done(&arena);
    return 0;
}
