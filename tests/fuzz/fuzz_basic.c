/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization headers: what is accepted is clean text within its limits, and writing it anew
 * gives the same credentials. A header is never both Basic and Bearer. */
#include "auth/basic.h"
#include "auth/token.h"
#include "base/hex.h"
#include "base/quote.h"
#include "fuzz.h"

static void must_be_text(struct str s)
{
    must(utf8_valid(s));
    for (size_t i = 0; i < s.len; i++)
        must((unsigned char)s.ptr[i] >= ' ' && s.ptr[i] != 0x7f);
}

static void must_read_again(struct arena *arena, const struct basic *basic)
{
    struct basic again;
    _cleanup_buf_ struct buf plain;
    _cleanup_buf_ struct buf header;
    buf_init(&plain, BASIC_HEADER_MAX);
    buf_init(&header, 2 * BASIC_HEADER_MAX);
    buf_printf(&plain, "%s:", basic->username);
    buf_add_str(&plain, basic->password);
    buf_add_text(&header, "Basic ");
    base64_encode(&header, buf_str(&plain));
    if (header.len > BASIC_HEADER_MAX)
        return;
    must(basic_parse(arena, buf_str(&header), &again));
    must(again.kind == basic->kind && str_eq(again.password, basic->password));
    must(str_eq_text(str_of(again.username), basic->username));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str header = {(const char *)data, size}, token;
    struct arena arena = {0};
    struct basic basic;
    bool is_basic = basic_parse(&arena, header, &basic),
         is_bearer = token_of_header(header, &token);
    must(!is_basic || !is_bearer);
    if (is_basic) {
        size_t len = strlen(basic.username);
        must(len > 0 && len <= BASIC_USERNAME_MAX && !strchr(basic.username, ':'));
        must_be_text(str_of(basic.username));
        must_be_text(basic.password);
        must_read_again(&arena, &basic);
    }
    must(!is_bearer || (token.len > 0 && str_find(token, ' ') < 0));
    arena_done(&arena);
    return 0;
}
