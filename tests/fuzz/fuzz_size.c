/* SPDX-License-Identifier: Apache-2.0 */
/* A size is refused with a message, or is no smaller than its number and comes back from its own
 * digits. */
#include "base/size.h"

#include <stdio.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct err err = {0};
    int64_t bytes = -1, again = -1;
    uint64_t number = 0;
    size_t digits = 0;
    char written[SIZE_TEXT_MAX];
    if (size_parse(text, &bytes, &err) != 0) {
        must(bytes == -1 && err.code == ERR_INVALID && err.msg[0]);
        return 0;
    }
    while (digits < size && char_is_digit(text.ptr[digits]))
        digits++;
    must(str_to_u64(str_sub(text, 0, digits), INT64_MAX, &number));
    must(bytes >= (int64_t)number && (number == 0 || bytes % (int64_t)number == 0));
    snprintf(written, sizeof written, "%lld", (long long)bytes);
    must(size_parse(str_of(written), &again, &err) == 0 && again == bytes);
    size_format(bytes, written);
    must(strlen(written) < SIZE_TEXT_MAX);
    return 0;
}
