/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever decodes must encode to the same text again: one spelling for each value. */
#include "base/hex.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    _cleanup_buf_ struct buf value;
    _cleanup_buf_ struct buf again;
    buf_init(&value, size);
    buf_init(&again, size + 4);
    if (base64_decode(&value, text)) {
        base64_encode(&again, buf_str(&value));
        must(str_eq(buf_str(&again), text));
    }
    buf_clear(&value);
    buf_clear(&again);
    if (base64url_decode(&value, text)) {
        base64url_encode(&again, buf_str(&value));
        must(str_eq(buf_str(&again), text));
    }
    return 0;
}
