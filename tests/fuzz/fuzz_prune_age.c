/* SPDX-License-Identifier: Apache-2.0 */
/* Ages such as "7d": what is accepted is above 0, at most a thousand years, and what the number and
 * its unit say. */
#include "domain/prune_policy.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    const int64_t most = INT64_C(1000) * 365 * 24 * 3600 * 1000;
    int64_t ms = -1;
    uint64_t number;
    if (!prune_policy_parse_age(text, &ms)) {
        must(ms == -1);
        return 0;
    }
    must(ms > 0 && ms <= most && ms % 1000 == 0);
    must(str_to_u64(str_sub(text, 0, size - 1), UINT64_MAX, &number) && number > 0);
    must(strchr("smhdwy", text.ptr[size - 1]) && ms / 1000 % (int64_t)number == 0);
    return 0;
}
