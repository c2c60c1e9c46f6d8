/* SPDX-License-Identifier: Apache-2.0 */
/* Digests and saved hash states: what is accepted comes out as it went in. */
#include "base/digest.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct digest digest;
    struct hasher hasher;
    struct err err = {0};
    if (digest_parse(text, &digest, &err) == 0) {
        char again[DIGEST_TEXT_SIZE];
        digest_format(&digest, again);
        must(str_eq_text(text, again));
    }
    if (digest_unpack(text, &digest, &err) == 0) {
        uint8_t again[DIGEST_PACKED_MAX];
        size_t len = digest_pack(&digest, again);
        must(str_eq(text, (struct str){(const char *)again, len}));
    }
    if (hasher_load(&hasher, text, &err) == 0) {
        uint8_t again[HASHER_STATE_MAX];
        size_t len = hasher_save(&hasher, again);
        must(str_eq(text, (struct str){(const char *)again, len}));
    }
    return 0;
}
