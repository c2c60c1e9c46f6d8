/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests: the first line is the Content-Type, the rest the document. What is accepted is of a
 * kind that is stored, and names as many parts as the limit allows, each with a whole digest. */
#include "domain/manifest_parse.h"
#include "fuzz.h"

static void must_be_whole(const struct list *descriptors)
{
    const struct descriptor *all = descriptors->items;
    must(descriptors->count <= 2 * MANIFEST_REFERENCES_MAX + 1);
    for (size_t i = 0; i < descriptors->count; i++) {
        must(all[i].digest.len == 32 || all[i].digest.len == 64);
        must(all[i].size >= 0 && all[i].media_type != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct str rest = {(const char *)data, size}, type;
    struct manifest_info info;
    struct err err = {0};
    str_cut(&rest, '\n', &type);
    if (manifest_parse(&arena, type, rest, &info, &err) == 0) {
        must(info.kind != MANIFEST_UNKNOWN && info.media_type != NULL);
        must_be_whole(&info.blobs);
        must_be_whole(&info.children);
    } else {
        must(err.code == ERR_MANIFEST_INVALID || err.code == ERR_MEDIA_TYPE ||
             err.code == ERR_TOO_LARGE);
        must(err.msg[0] != '\0');
    }
    arena_done(&arena);
    return 0;
}
