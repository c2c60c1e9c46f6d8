/* SPDX-License-Identifier: Apache-2.0 */
/* A date that is accepted is the one spelling of its time. */
#include "base/clock.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    int64_t when;
    if (clock_parse_http(text, &when)) {
        char again[CLOCK_HTTP_SIZE];
        clock_format_http(when, again);
        must(str_eq_text(text, again));
    }
    return 0;
}
