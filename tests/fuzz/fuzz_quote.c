/* SPDX-License-Identifier: Apache-2.0 */
/* A quoted string is valid JSON whatever bytes it is made from; jansson, which refuses bad UTF-8
 * and bare control characters, is the judge. */
#include <jansson.h>

#include "base/quote.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    _cleanup_buf_ struct buf quoted;
    buf_init(&quoted, 6 * size + 2);
    quote_json(&quoted, text);
    must(buf_ok(&quoted));
    json_t *value = json_loadb(quoted.ptr, quoted.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    must(json_is_string(value));
    struct str back = {json_string_value(value), json_string_length(value)};
    must(str_eq(back, text) == utf8_valid(text));
    json_decref(value);
    return 0;
}
