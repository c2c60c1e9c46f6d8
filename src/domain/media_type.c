/* SPDX-License-Identifier: Apache-2.0 */
/* Media types, as one table. */
#include "media_type.h"

#include "base/macro.h"

static const struct {
    const char *name;
    enum manifest_kind kind;
} manifest_types[] = {
    {MEDIA_DOCKER_MANIFEST, MANIFEST_IMAGE}, {MEDIA_OCI_MANIFEST, MANIFEST_IMAGE},
    {MEDIA_DOCKER_LIST, MANIFEST_INDEX},     {MEDIA_OCI_INDEX, MANIFEST_INDEX},
    {MEDIA_OCI_ARTIFACT, MANIFEST_ARTIFACT},
};

static const char *const foreign_types[] = {
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
};

enum manifest_kind media_type_kind(struct str media_type)
{
    for (size_t i = 0; i < ARRAY_LEN(manifest_types); i++) {
        if (str_eq_text(media_type, manifest_types[i].name))
            return manifest_types[i].kind;
    }
    return MANIFEST_UNKNOWN;
}

bool media_type_is_foreign(struct str media_type)
{
    for (size_t i = 0; i < ARRAY_LEN(foreign_types); i++) {
        if (str_eq_text(media_type, foreign_types[i]))
            return true;
    }
    return false;
}
