/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of users: the first line is one, the rest is the text. Whatever matches the whole text
 * matches at its start, what matches at the start matches somewhere, and a match has one outcome
 * however often it is asked. */
#include "base/pattern.h"

#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    size_t len = line ? (size_t)(line - data) : size;
    struct str text = {(const char *)data + (line ? len + 1 : size), line ? size - len - 1 : 0};
    struct pattern *pattern = NULL;
    struct err err;
    if (pattern_new((struct str){(const char *)data, len}, &pattern, &err) != 0)
        return 0;
    int start = pattern_match(pattern, text, PATTERN_AT_START, &err);
    int anywhere = pattern_match(pattern, text, PATTERN_ANYWHERE, &err);
    must(start != 1 || anywhere == 1);
    must(pattern_match(pattern, text, PATTERN_WHOLE, &err) != 1 || start == 1);
    must(pattern_match(pattern, text, PATTERN_ANYWHERE, &err) == anywhere);
    pattern_free(pattern);
    return 0;
}
