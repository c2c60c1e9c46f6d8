/* SPDX-License-Identifier: Apache-2.0 */
/* Page tokens. As it is, no input is a token of ours. Sealed by us it may be one, whose cursor is
 * then a part of the input; and any cursor comes back as it was. */
#include "auth/auth_state.h"
#include "base/hex.h"
#include "fuzz.h"
#include "web/api/page_token.h"

static const char *seal(struct arena *arena, const struct seal_key *key, struct str plain)
{
    _cleanup_buf_ struct buf sealed, text;
    buf_init(&sealed, plain.len + SEAL_OVERHEAD);
    buf_init(&text, 2 * (plain.len + SEAL_OVERHEAD));
    seal_close(key, plain, &sealed);
    base64url_encode(&text, buf_str(&sealed));
    return arena_text(arena, buf_str(&text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct route route = {.id = "list"};
    static struct auth auth;
    static struct service service = {.auth = &auth};
    struct arena arena = {0};
    struct call call = {.service = &service, .arena = &arena, .route = &route, .now_ms = 1000000};
    struct str input = {(const char *)data, size};
    const char *text = arena_text(&arena, input);
    must(!page_token_read(&call, text));
    const char *cursor = page_token_read(&call, seal(&arena, &auth.secrets.page, input));
    must(!cursor || strstr(text, cursor));
    if (strlen(text) < PAGE_TOKEN_MAX / 2) {
        const char *again = page_token_read(&call, page_token_make(&call, text));
        must(again && strcmp(again, text) == 0);
    }
    arena_done(&arena);
    return 0;
}
