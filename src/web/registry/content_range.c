/* SPDX-License-Identifier: Apache-2.0 */
/* Content-Range of uploads. */
#include "content_range.h"

int content_range_parse(struct str text, struct content_range *out, struct err *err)
{
    struct content_range range;
    struct str total = str_trim(text), numbers, first;
    if (str_starts(total, STR("bytes ")) || str_starts(total, STR("bytes=")))
        total = str_sub(total, 6, total.len);
    str_cut(&total, '/', &numbers);
    bool ok = str_cut(&numbers, '-', &first) && numbers.ptr &&
              str_to_u64(first, INT64_MAX - 1, &range.first) &&
              str_to_u64(numbers, INT64_MAX - 1, &range.last) && range.last >= range.first;
    if (!ok)
        return err_set(err, ERR_INVALID, "Content-Range: must be <first>-<last>");
    *out = range;
    return 0;
}
