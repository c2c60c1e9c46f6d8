/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests are read through one schema that covers all stored types; which parts must be there
 * depends on the type and is checked after. Unknown members are left alone: the specification
 * wants registries to keep what they do not know. */
#include "manifest_parse.h"

#include "codec/json.h"
#include "codec/jw.h"

struct platform {
    const char *os;
    const char *architecture;
};

static const struct field platform_fields[] = {
    F_TEXT(struct platform, os, "os", FIELD_NULLABLE),
    F_TEXT(struct platform, architecture, "architecture", FIELD_NULLABLE),
};
static const struct schema platform_schema = SCHEMA(struct platform, platform_fields);

struct raw_descriptor {
    const char *media_type;
    struct digest digest;
    int64_t size;
    struct texts urls;
    const char *data;
    struct platform platform;
};

static const struct field descriptor_fields[] = {
    F_TEXT(struct raw_descriptor, media_type, "mediaType", FIELD_REQUIRED, .max = 255),
    F_DIGEST(struct raw_descriptor, digest, "digest", FIELD_REQUIRED),
    F_INT(struct raw_descriptor, size, "size", FIELD_REQUIRED, .max = INT64_MAX),
    F_TEXTS(struct raw_descriptor, urls, "urls", FIELD_NULLABLE, .max = 64),
    F_TEXT(struct raw_descriptor, data, "data", FIELD_NULLABLE, .max = MANIFEST_BYTES_MAX),
    F_OBJECT(struct raw_descriptor, platform, "platform", FIELD_NULLABLE, &platform_schema),
};
static const struct schema descriptor_schema = SCHEMA(struct raw_descriptor, descriptor_fields);

struct document {
    int64_t schema_version;
    const char *media_type;
    const char *artifact_type;
    struct raw_descriptor config;
    struct list layers;
    struct list blobs;
    struct list manifests;
    struct raw_descriptor subject;
    struct json_t *annotations;
};

static const struct field document_fields[] = {
    F_INT(struct document, schema_version, "schemaVersion", FIELD_NULLABLE, .max = 1000),
    F_TEXT(struct document, media_type, "mediaType", FIELD_NULLABLE, .max = 255),
    F_TEXT(struct document, artifact_type, "artifactType", FIELD_NULLABLE, .max = 255),
    F_OBJECT(struct document, config, "config", FIELD_NULLABLE, &descriptor_schema),
    F_LIST(struct document, layers, "layers", FIELD_NULLABLE, .sub = &descriptor_schema,
           .max = MANIFEST_REFERENCES_MAX),
    F_LIST(struct document, blobs, "blobs", FIELD_NULLABLE, .sub = &descriptor_schema,
           .max = MANIFEST_REFERENCES_MAX),
    F_LIST(struct document, manifests, "manifests", FIELD_NULLABLE, .sub = &descriptor_schema,
           .max = MANIFEST_REFERENCES_MAX),
    F_OBJECT(struct document, subject, "subject", FIELD_NULLABLE, &descriptor_schema),
    F_JSON(struct document, annotations, "annotations", FIELD_NULLABLE),
};
static const struct schema document_schema = SCHEMA(struct document, document_fields);

static struct descriptor to_descriptor(const struct raw_descriptor *raw)
{
    return (struct descriptor){
        .media_type = raw->media_type,
        .digest = raw->digest,
        .size = raw->size,
        .urls = raw->urls,
        .data = raw->data,
        .platform_os = raw->platform.os,
        .platform_arch = raw->platform.architecture,
    };
}

static void add_descriptors(struct list *to, const struct list *from)
{
    struct descriptor *items = to->items;
    const struct raw_descriptor *raw = from->items;
    for (size_t i = 0; i < from->count; i++)
        items[to->count++] = to_descriptor(&raw[i]);
}

/* The media type that counts: the header's, checked against the document's. */
static int settle_type(struct arena *arena, struct str header, const struct document *doc,
                       struct manifest_info *out, struct err *err)
{
    struct str inside = str_of(doc->media_type);
    bool unsaid = header.len == 0 || str_eq(header, STR("application/json"));
    struct str type = unsaid ? inside : header;
    if (type.len == 0)
        return err_set(err, ERR_MANIFEST_INVALID,
                       "manifest has no mediaType, and the request no Content-Type that says it");
    if (inside.len > 0 && !str_eq(type, inside))
        return err_set(
            err, ERR_MANIFEST_INVALID, "manifest is labelled %.*s but came with Content-Type %.*s",
            (int)size_min(inside.len, 80), inside.ptr, (int)size_min(type.len, 80), type.ptr);
    out->kind = media_type_kind(type);
    if (out->kind == MANIFEST_UNKNOWN)
        return err_set(err, ERR_MEDIA_TYPE, "manifests of type %.*s are not stored here",
                       (int)size_min(type.len, 128), type.ptr);
    out->media_type = arena_text(arena, type);
    return 0;
}

static int check_shape(const struct manifest_info *info, const struct document *doc,
                       struct err *err)
{
    if (info->kind != MANIFEST_ARTIFACT && doc->schema_version != 2)
        return err_set(err, ERR_MANIFEST_INVALID, "schemaVersion must be 2");
    if (info->kind == MANIFEST_IMAGE && !doc->config.media_type)
        return err_set(err, ERR_MANIFEST_INVALID, "config: is required in an image manifest");
    if (info->kind == MANIFEST_IMAGE && doc->manifests.count > 0)
        return err_set(err, ERR_MANIFEST_INVALID, "manifests: has no place in an image manifest");
    if (info->kind == MANIFEST_INDEX && (doc->layers.count > 0 || doc->config.media_type))
        return err_set(err, ERR_MANIFEST_INVALID, "config and layers have no place in an index");
    return 0;
}

/* How referrers name the type of this manifest: OCI Distribution 1.1, "Listing Referrers". */
static const char *effective_artifact_type(const struct document *doc, enum manifest_kind kind)
{
    if (doc->artifact_type && doc->artifact_type[0])
        return doc->artifact_type;
    return kind == MANIFEST_IMAGE ? doc->config.media_type : NULL;
}

static int keep_annotations(struct arena *arena, const json_t *annotations, const char **out,
                            struct err *err)
{
    if (!annotations)
        return 0;
    if (!json_is_object(annotations))
        return err_set(err, ERR_MANIFEST_INVALID, "annotations: must be an object");
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)annotations, key, value)
    {
        if (!json_is_string(value))
            return err_set(err, ERR_MANIFEST_INVALID, "annotations.%.64s: must be a string", key);
    }
    char *text = json_dumps(annotations, JSON_COMPACT);
    if (!text)
        return err_set(err, ERR_MANIFEST_INVALID, "annotations: cannot be read");
    *out = arena_strdup(arena, text);
    free(text);
    return 0;
}

static int fill(struct arena *arena, const struct document *doc, struct manifest_info *info,
                struct err *err)
{
    size_t blobs = 1 + doc->layers.count + doc->blobs.count;
    info->blobs.items = arena_array(arena, blobs, sizeof(struct descriptor));
    info->children.items = arena_array(arena, doc->manifests.count, sizeof(struct descriptor));
    if (info->kind == MANIFEST_IMAGE) {
        struct list config = {(void *)&doc->config, 1};
        add_descriptors(&info->blobs, &config);
        add_descriptors(&info->blobs, &doc->layers);
    }
    if (info->kind == MANIFEST_ARTIFACT)
        add_descriptors(&info->blobs, &doc->blobs);
    if (info->kind == MANIFEST_INDEX)
        add_descriptors(&info->children, &doc->manifests);
    info->subject = doc->subject.digest;
    info->artifact_type = effective_artifact_type(doc, info->kind);
    return keep_annotations(arena, doc->annotations, &info->annotations, err);
}

int manifest_parse(struct arena *arena, struct str media_type, struct str content,
                   struct manifest_info *out, struct err *err)
{
    json_auto_t *root = NULL;
    struct document doc = {0};
    struct manifest_info info = {0};
    struct str parameters = media_type, type = {0}; /* stays so when there is no Content-Type */
    str_cut(&parameters, ';', &type);
    bool schema1 = str_starts(media_type, STR("application/vnd.docker.distribution.manifest.v1+"));
    if (schema1)
        return err_set(err, ERR_MEDIA_TYPE,
                       "docker schema 1 manifests are not stored here; push with a client of this "
                       "decade, or convert with skopeo copy --format v2s2");
    if (json_parse(content, MANIFEST_BYTES_MAX, &root, err) != 0 ||
        json_decode(arena, &document_schema, root, &doc, err) != 0) {
        if (err->code == ERR_INVALID || err->code == ERR_DIGEST_INVALID ||
            err->code == ERR_UNSUPPORTED) {
            err->code = ERR_MANIFEST_INVALID;
            err_wrap(err, "manifest: ");
        }
        return -1;
    }
    if (settle_type(arena, str_trim(type), &doc, &info, err) != 0 ||
        check_shape(&info, &doc, err) != 0 || fill(arena, &doc, &info, err) != 0)
        return -1;
    *out = info;
    return 0;
}

bool descriptor_is_foreign(const struct descriptor *descriptor)
{
    return descriptor->urls.count > 0 && media_type_is_foreign(str_of(descriptor->media_type));
}
