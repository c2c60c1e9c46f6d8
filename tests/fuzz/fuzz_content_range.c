/* SPDX-License-Identifier: Apache-2.0 */
/* Content-Range of upload chunks: what is accepted runs forward. */
#include "fuzz.h"
#include "web/registry/content_range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct content_range range;
    struct err err;
    if (content_range_parse((struct str){(const char *)data, size}, &range, &err) == 0)
        must(range.first <= range.last && range.last < INT64_MAX);
    return 0;
}
