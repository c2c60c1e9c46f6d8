/* SPDX-License-Identifier: Apache-2.0 */
/* Page tokens. What is sealed: time, route, cursor, with a space between. */
#include "page_token.h"

#include "base/hex.h"

static const uint64_t LIFETIME_MS = UINT64_C(2) * 24 * 3600 * 1000;

const char *page_token_make(struct call *call, const char *cursor)
{
    const struct seal_key *key = &auth_secrets(call->service->auth)->page;
    _cleanup_buf_ struct buf sealed, text;
    buf_init(&sealed, PAGE_TOKEN_MAX);
    buf_init(&text, 2 * (size_t)PAGE_TOKEN_MAX);
    const char *plain = arena_printf(call->arena, "%lld %s %s", (long long)call->now_ms,
                                     call->route->id, cursor);
    seal_close(key, str_of(plain), &sealed);
    base64url_encode(&text, buf_str(&sealed));
    return arena_text(call->arena, buf_str(&text));
}

const char *page_token_read(struct call *call, const char *token)
{
    const struct seal_key *key = &auth_secrets(call->service->auth)->page;
    _cleanup_buf_ struct buf sealed, plain;
    buf_init(&sealed, PAGE_TOKEN_MAX);
    buf_init(&plain, PAGE_TOKEN_MAX);
    if (!token || !base64url_decode(&sealed, str_of(token)) ||
        !seal_open(key, buf_str(&sealed), &plain))
        return NULL;
    struct str rest = buf_str(&plain), made, route;
    uint64_t made_ms;
    if (!str_cut(&rest, ' ', &made) || !str_to_u64(made, INT64_MAX, &made_ms) ||
        (uint64_t)call->now_ms > made_ms + LIFETIME_MS || !str_cut(&rest, ' ', &route) ||
        !str_eq_text(route, call->route->id) || !rest.ptr)
        return NULL;
    return arena_text(call->arena, rest);
}
