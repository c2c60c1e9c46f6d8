/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding undoes encoding, and never makes a NUL out of an escape. */
#include "base/uri.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    _cleanup_buf_ struct buf decoded;
    _cleanup_buf_ struct buf encoded;
    _cleanup_buf_ struct buf again;
    buf_init(&decoded, size);
    buf_init(&encoded, 3 * size);
    buf_init(&again, size);
    bool has_nul = str_find(text, '\0') >= 0;
    if (!uri_decode(&decoded, text, false))
        return 0;
    must(has_nul || str_find(buf_str(&decoded), '\0') < 0);
    uri_encode(&encoded, buf_str(&decoded), true);
    must(buf_ok(&encoded));
    must(has_nul || (uri_decode(&again, buf_str(&encoded), false) &&
                     str_eq(buf_str(&again), buf_str(&decoded))));
    return 0;
}
