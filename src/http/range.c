/* SPDX-License-Identifier: Apache-2.0 */
/* Range and entity tags. What is malformed is ignored, as RFC 9110 asks: the client then gets the
 * whole representation, which is never wrong. */
#include "range.h"

enum range_result range_parse(struct str value, uint64_t size, uint64_t *first_out,
                              uint64_t *last_out)
{
    if (value.len < 6 || !str_eq_case(str_sub(value, 0, 6), STR("bytes=")))
        return RANGE_NONE;
    value = str_trim(str_sub(value, 6, value.len));
    ptrdiff_t dash = str_find(value, '-');
    if (dash < 0)
        return RANGE_NONE;
    struct str from = str_sub(value, 0, (size_t)dash);
    struct str to = str_sub(value, (size_t)dash + 1, value.len);
    uint64_t first;
    uint64_t last = UINT64_MAX;
    if (from.len == 0) {
        uint64_t suffix;
        if (!str_to_u64(to, UINT64_MAX, &suffix))
            return RANGE_NONE;
        if (suffix == 0 || size == 0)
            return RANGE_UNSATISFIABLE;
        first = suffix < size ? size - suffix : 0;
    } else {
        if (!str_to_u64(from, UINT64_MAX, &first))
            return RANGE_NONE;
        if (to.len > 0 && !str_to_u64(to, UINT64_MAX, &last))
            return RANGE_NONE;
        if (first >= size || last < first)
            return RANGE_UNSATISFIABLE;
    }
    *first_out = first;
    *last_out = last < size ? last : size - 1;
    return RANGE_PART;
}

static struct str without_weak_mark(struct str etag)
{
    return str_starts(etag, STR("W/")) ? str_sub(etag, 2, etag.len) : etag;
}

bool range_etag_in_list(struct str list, struct str etag)
{
    if (str_eq(str_trim(list), STR("*")))
        return true;
    struct str item;
    etag = without_weak_mark(etag);
    while (str_cut(&list, ',', &item)) {
        if (str_eq(without_weak_mark(str_trim(item)), etag))
            return true;
    }
    return false;
}

bool range_etag_is(struct str value, struct str etag)
{
    return !str_starts(etag, STR("W/")) && str_eq(value, etag);
}
