/* SPDX-License-Identifier: Apache-2.0 */
/* A range that is served lies inside the representation. The first byte scales its size. */
#include "fuzz.h"
#include "http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str value = {(const char *)data + 1, size - 1};
    uint64_t whole = (UINT64_C(1) << (data[0] % 64)) - 1;
    uint64_t first = 0, last = 0;
    if (range_parse(value, whole, &first, &last) == RANGE_PART)
        must(first <= last && last < whole);
    must(!range_etag_is(value, STR("\"a\"")) || range_etag_in_list(value, STR("\"a\"")));
    return 0;
}
