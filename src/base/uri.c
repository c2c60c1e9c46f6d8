/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding. Decoding happens once, on a segment that has been cut off already, so that an
 * encoded '/' can never change which route matches. */
#include "uri.h"

bool uri_decode(struct buf *buf, struct str s, bool form)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            int high = s.len - i > 2 ? char_hex_value(s.ptr[i + 1]) : -1;
            int low = s.len - i > 2 ? char_hex_value(s.ptr[i + 2]) : -1;
            if (high < 0 || low < 0 || (high | low) == 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        buf_add_char(buf, c);
    }
    return buf_ok(buf);
}

static bool is_unreserved(char c)
{
    return char_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void uri_encode(struct buf *buf, struct str s, bool keep_slash)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_unreserved(c) || (keep_slash && c == '/'))
            buf_add_char(buf, c);
        else
            buf_printf(buf, "%%%02X", (unsigned char)c);
    }
}
