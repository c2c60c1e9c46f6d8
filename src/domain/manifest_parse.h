/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a manifest: what it refers to. The document itself is stored and served as received;
 * only what the registry needs to know is taken out of it. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "codec/schema.h"
#include "domain/media_type.h"

enum { MANIFEST_BYTES_MAX = 4 * 1024 * 1024, MANIFEST_REFERENCES_MAX = 4096 };

/* OCI Image 1.1 "Content Descriptors"; docker's have the same shape. */
struct descriptor {
    const char *media_type;
    struct digest digest;
    int64_t size;
    struct texts urls;       /* where a foreign layer lives */
    const char *data;        /* the content itself, base64; NULL: none */
    const char *platform_os; /* of an index entry; NULL: not said */
    const char *platform_arch;
};

struct manifest_info {
    enum manifest_kind kind;
    const char *media_type;
    const char *artifact_type; /* as referrers are listed by; NULL: none */
    struct digest subject;     /* len 0: none */
    const char *annotations;   /* a JSON object, for the list of referrers; NULL: none */
    struct list blobs;         /* struct descriptor: config first, then layers */
    struct list children;      /* struct descriptor: manifests of an index */
};

/* `media_type` is the Content-Type that came with it, or empty. ERR_MEDIA_TYPE for types that are
 * not stored, ERR_MANIFEST_INVALID with what is wrong, ERR_TOO_LARGE. The document's own mediaType
 * must agree where both are given. */
int manifest_parse(struct arena *arena, struct str media_type, struct str content,
                   struct manifest_info *out, struct err *err);

/* A blob that a manifest names but that is not expected in the registry. */
bool descriptor_is_foreign(const struct descriptor *descriptor);
