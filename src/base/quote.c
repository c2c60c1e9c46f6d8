/* SPDX-License-Identifier: Apache-2.0 */
/* JSON string escaping, shared by the log and the JSON writer. Runs of plain characters are
 * appended in one go: almost all text is plain. */
#include "quote.h"

/* Length of the well-formed UTF-8 sequence at the start of s, or 0. */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80)
        return 1;
    size_t want = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || want > len)
        return 0;
    for (size_t i = 1; i < want; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] > 0x9f;
    bool beyond = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : want;
}

bool utf8_valid(struct str s)
{
    const unsigned char *at = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len;) {
        size_t step = utf8_sequence(at + i, s.len - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

static void quote_special(struct buf *buf, unsigned char c)
{
    static const char shorthand[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };
    if (shorthand[c]) {
        buf_add_char(buf, '\\');
        buf_add_char(buf, shorthand[c]);
    } else if (c < 0x20 || c == 0x7f) {
        buf_printf(buf, "\\u%04x", c);
    } else {
        buf_add_text(buf, "\\ufffd");
    }
}

void quote_json(struct buf *buf, struct str s)
{
    const unsigned char *at = (const unsigned char *)s.ptr;
    size_t plain = 0; /* start of the run not yet appended */
    buf_add_char(buf, '"');
    for (size_t i = 0; i < s.len;) {
        bool escaped = at[i] < 0x20 || at[i] == '"' || at[i] == '\\' || at[i] == 0x7f;
        size_t step = escaped ? 0 : utf8_sequence(at + i, s.len - i);
        if (step > 0) {
            i += step;
            continue;
        }
        buf_add(buf, s.ptr + plain, i - plain);
        quote_special(buf, at[i]);
        plain = ++i;
    }
    if (s.len > plain)
        buf_add(buf, s.ptr + plain, s.len - plain);
    buf_add_char(buf, '"');
}
