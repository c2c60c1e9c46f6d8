/* SPDX-License-Identifier: Apache-2.0 */
/* Content-Range of a chunk of an upload: "<first>-<last>", as the registry protocol writes it, or
 * "bytes <first>-<last>/<total>" as HTTP does. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct content_range {
    uint64_t first, last; /* both inclusive */
};

/* ERR_INVALID when it is neither form, or runs backwards. */
int content_range_parse(struct str text, struct content_range *out, struct err *err);
