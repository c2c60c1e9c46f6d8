/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted passwords: sealed, and base64. */
#include "client_key.h"

#include "base/hex.h"
#include "domain/account.h"

enum { SEALED_MAX = SEAL_OVERHEAD + ACCOUNT_PASSWORD_MAX, TEXT_MAX = 2 * SEALED_MAX };

const char *client_key_make(const struct auth *auth, struct arena *arena, struct str password)
{
    _cleanup_buf_ struct buf sealed, text;
    buf_init(&sealed, SEALED_MAX);
    buf_init(&text, TEXT_MAX);
    seal_close(&auth_secrets(auth)->client_key, password, &sealed);
    base64url_encode(&text, buf_str(&sealed));
    return arena_text(arena, buf_str(&text));
}

bool client_key_open(const struct auth *auth, struct arena *arena, struct str key,
                     struct str *password_out)
{
    _cleanup_buf_ struct buf sealed, plain;
    buf_init(&sealed, SEALED_MAX);
    buf_init(&plain, ACCOUNT_PASSWORD_MAX);
    if (key.len > TEXT_MAX || !base64url_decode(&sealed, key) ||
        !seal_open(&auth_secrets(auth)->client_key, buf_str(&sealed), &plain))
        return false;
    *password_out = arena_str(arena, buf_str(&plain));
    return true;
}
