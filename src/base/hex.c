/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal and base64. Both base64 alphabets share one loop, told apart by their last two
 * characters and by whether padding belongs to the form. */
#include "hex.h"

void hex_encode(const uint8_t *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * len] = '\0';
}

bool hex_decode(struct str text, uint8_t *out, size_t len, bool lower_only)
{
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (char_hex_value(text.ptr[i]) < 0 || (lower_only && char_is_upper(text.ptr[i])))
            return false;
    }
    for (size_t i = 0; i < len; i++) {
        int high = char_hex_value(text.ptr[2 * i]);
        int low = char_hex_value(text.ptr[2 * i + 1]);
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(struct buf *buf, struct str data, const char *alphabet, bool padded)
{
    const uint8_t *in = (const uint8_t *)data.ptr;
    for (size_t i = 0; i < data.len; i += 3) {
        size_t have = size_min(3, data.len - i);
        uint32_t bits = (uint32_t)in[i] << 16;
        bits |= have > 1 ? (uint32_t)in[i + 1] << 8 : 0;
        bits |= have > 2 ? in[i + 2] : 0;
        char four[4];
        for (size_t k = 0; k < 4; k++)
            four[k] = k <= have ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
        buf_add(buf, four, padded ? 4 : have + 1);
    }
}

void base64_encode(struct buf *buf, struct str data)
{
    encode(buf, data, standard, true);
}

void base64url_encode(struct buf *buf, struct str data)
{
    encode(buf, data, url_safe, false);
}

static int value_of(char c, const char *alphabet)
{
    if (char_is_upper(c))
        return c - 'A';
    if (char_is_lower(c))
        return c - 'a' + 26;
    if (char_is_digit(c))
        return c - '0' + 52;
    return c == alphabet[62] ? 62 : c == alphabet[63] ? 63 : -1;
}

static bool decode(struct buf *buf, struct str text, const char *alphabet)
{
    for (size_t i = 0; i < text.len; i += 4) {
        size_t have = size_min(4, text.len - i);
        if (have == 1)
            return false;
        uint32_t bits = 0;
        for (size_t k = 0; k < 4; k++) {
            int value = k < have ? value_of(text.ptr[i + k], alphabet) : 0;
            if (value < 0)
                return false;
            bits = bits << 6 | (uint32_t)value;
        }
        uint32_t behind = have == 2 ? 0xffff : have == 3 ? 0xff : 0;
        if (bits & behind)
            return false;
        char bytes[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
        buf_add(buf, bytes, have - 1);
    }
    return buf_ok(buf);
}

bool base64_decode(struct buf *buf, struct str text)
{
    if (text.len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text.len > 0 && text.ptr[text.len - 1] == '='; i++)
        text.len--;
    return decode(buf, text, standard);
}

bool base64url_decode(struct buf *buf, struct str text)
{
    return decode(buf, text, url_safe);
}
