/* SPDX-License-Identifier: Apache-2.0 */
/* Session cookies: "1.UUID.ISSUED.LOGIN.EPOCH.NONCE.MAC", the MAC over all before it. */
#include "session.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/rand.h"

static void mac_text(const struct secrets *secrets, struct str data, char out[SESSION_CSRF_SIZE])
{
    uint8_t mac[SEAL_MAC_SIZE];
    _cleanup_buf_ struct buf text;
    buf_init(&text, SESSION_CSRF_SIZE);
    seal_mac(&secrets->cookie, data, mac);
    base64url_encode(&text, (struct str){(const char *)mac, sizeof mac});
    snprintf(out, SESSION_CSRF_SIZE, "%.*s", STR_FMT(buf_str(&text)));
}

struct session session_new(const char *uuid, int64_t epoch, int64_t now_ms)
{
    struct session session = {
        .uuid = uuid, .epoch = epoch, .issued_ms = now_ms, .login_ms = uuid ? now_ms : 0};
    uint8_t nonce[(SESSION_NONCE_SIZE - 1) / 2];
    rand_bytes(nonce, sizeof nonce);
    hex_encode(nonce, sizeof nonce, session.nonce);
    return session;
}

const char *session_format(const struct secrets *secrets, struct arena *arena,
                           const struct session *session)
{
    char mac[SESSION_CSRF_SIZE];
    const char *text = arena_printf(arena, "1.%s.%lld.%lld.%lld.%s",
                                    session->uuid ? session->uuid : "",
                                    (long long)session->issued_ms, (long long)session->login_ms,
                                    (long long)session->epoch, session->nonce);
    mac_text(secrets, str_of(text), mac);
    return arena_printf(arena, "%s.%s", text, mac);
}

/* The part of a cookie before the next dot, which must be there. */
static bool next(struct str *rest, struct str *part)
{
    return str_cut(rest, '.', part) && rest->ptr;
}

static bool next_number(struct str *rest, int64_t *ms)
{
    struct str part;
    uint64_t number;
    if (!next(rest, &part) || !str_to_u64(part, INT64_MAX, &number))
        return false;
    *ms = (int64_t)number;
    return true;
}

static bool parse_parts(struct arena *arena, struct str text, struct session *out)
{
    struct str rest = text, version, uuid;
    struct session session = {0};
    if (!next(&rest, &version) || !str_eq_text(version, "1") || !next(&rest, &uuid) ||
        !next_number(&rest, &session.issued_ms) || !next_number(&rest, &session.login_ms) ||
        !next_number(&rest, &session.epoch) || rest.len != SESSION_NONCE_SIZE - 1)
        return false;
    session.uuid = uuid.len ? arena_text(arena, uuid) : NULL;
    memcpy(session.nonce, rest.ptr, rest.len);
    *out = session;
    return true;
}

bool session_parse(const struct secrets *secrets, struct arena *arena, struct str cookie,
                   int64_t lifetime_ms, int64_t now_ms, struct session *out)
{
    char mac[SESSION_CSRF_SIZE];
    ptrdiff_t dot = str_find_last(cookie, '.');
    if (cookie.len > SESSION_COOKIE_MAX || dot < 0)
        return false;
    struct str text = {cookie.ptr, (size_t)dot};
    mac_text(secrets, text, mac);
    struct session session;
    if (!secret_eq(str_of(mac), str_sub(cookie, (size_t)dot + 1, cookie.len)) ||
        !parse_parts(arena, text, &session) || now_ms - session.issued_ms > lifetime_ms)
        return false;
    *out = session;
    return true;
}

void session_csrf(const struct secrets *secrets, const struct session *session,
                  char out[SESSION_CSRF_SIZE])
{
    char data[SESSION_NONCE_SIZE + 8];
    snprintf(data, sizeof data, "csrf.%s", session->nonce);
    mac_text(secrets, str_of(data), out);
}

bool session_csrf_ok(const struct secrets *secrets, const struct session *session, struct str token)
{
    char right[SESSION_CSRF_SIZE];
    session_csrf(secrets, session, right);
    return secret_eq(str_of(right), token);
}
