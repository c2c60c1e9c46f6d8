/* SPDX-License-Identifier: Apache-2.0 */
/* Range requests and entity tags (RFC 9110 sections 8.8, 13 and 14), as pure functions. */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum range_result {
    RANGE_NONE,          /* absent, malformed, of several parts or of another unit: send all */
    RANGE_PART,          /* [*first_out, *last_out], both inside the representation */
    RANGE_UNSATISFIABLE, /* 416 */
};

/* Evaluate a Range header's value against a representation of `size` bytes. */
enum range_result range_parse(struct str value, uint64_t size, uint64_t *first_out,
                              uint64_t *last_out);

/* Whether an If-None-Match value (a list, or "*") holds `etag`, by weak comparison. */
bool range_etag_in_list(struct str list, struct str etag);
/* Whether an If-Range value is exactly the strong `etag`; a date never matches. */
bool range_etag_is(struct str value, struct str etag);
