/* SPDX-License-Identifier: Apache-2.0 */
/* Session cookies. As it is, no input is a cookie of ours: it cannot know the key. The same with
 * our own signature behind it may be one; then it is young enough, and written anew it is the same
 * session. */
#include "auth/session.h"
#include "base/hex.h"
#include "fuzz.h"

enum { LIFETIME = 1000, NOW = 1000000 };

static const char *sign(const struct secrets *secrets, struct arena *arena, struct str text)
{
    uint8_t mac[SEAL_MAC_SIZE];
    _cleanup_buf_ struct buf cookie;
    buf_init(&cookie, text.len + 64);
    seal_mac(&secrets->cookie, text, mac);
    buf_add_str(&cookie, text);
    buf_add_char(&cookie, '.');
    base64url_encode(&cookie, (struct str){(const char *)mac, sizeof mac});
    return arena_text(arena, buf_str(&cookie));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secrets secrets = {0};
    struct arena arena = {0};
    struct session session, again;
    struct str text = {(const char *)data, size};
    seal_derive(STR("secret"), "cookie", &secrets.cookie);
    must(!session_parse(&secrets, &arena, text, LIFETIME, NOW, &session));
    struct str cookie = str_of(sign(&secrets, &arena, text));
    if (str_find(text, '\0') < 0 &&
        session_parse(&secrets, &arena, cookie, LIFETIME, NOW, &session)) {
        must(session.issued_ms >= NOW - LIFETIME && session.login_ms >= 0);
        const char *written = session_format(&secrets, &arena, &session);
        must(session_parse(&secrets, &arena, str_of(written), LIFETIME, NOW, &again));
        must(again.issued_ms == session.issued_ms && again.login_ms == session.login_ms &&
             again.epoch == session.epoch);
        must(strcmp(again.nonce, session.nonce) == 0);
        must((again.uuid == NULL) == (session.uuid == NULL));
        must(!session.uuid || strcmp(again.uuid, session.uuid) == 0);
    }
    arena_done(&arena);
    return 0;
}
