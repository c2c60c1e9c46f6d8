/* SPDX-License-Identifier: Apache-2.0 */
/* The media types that the registry knows by name. */
#pragma once

#include "base/str.h"

#define MEDIA_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define MEDIA_DOCKER_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_OCI_INDEX       "application/vnd.oci.image.index.v1+json"
#define MEDIA_OCI_ARTIFACT    "application/vnd.oci.artifact.manifest.v1+json"
#define MEDIA_OCI_EMPTY       "application/vnd.oci.empty.v1+json"
#define MEDIA_SCHEMA1         "application/vnd.docker.distribution.manifest.v1+json"
#define MEDIA_SCHEMA1_SIGNED  "application/vnd.docker.distribution.manifest.v1+prettyjws"

enum manifest_kind {
    MANIFEST_UNKNOWN = 0,
    MANIFEST_IMAGE,    /* config and layers */
    MANIFEST_INDEX,    /* a list of manifests */
    MANIFEST_ARTIFACT, /* the short-lived OCI artifact manifest: blobs, no config */
};

/* What documents of that type are; MANIFEST_UNKNOWN for types that are not stored. */
enum manifest_kind media_type_kind(struct str media_type);
/* Layers that live elsewhere and need not be in the registry. */
bool media_type_is_foreign(struct str media_type);
