/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/session.h"

#include "unit.h"

enum { LIFETIME = 1000 };

static const int64_t NOW = 1800000000000;

static struct secrets secrets_of(const char *secret)
{
    struct secrets secrets = {0};
    seal_derive(str_of(secret), "cookie", &secrets.cookie);
    return secrets;
}

static bool parse(const struct secrets *secrets, struct arena *arena, const char *cookie,
                  int64_t now_ms, struct session *out)
{
    return session_parse(secrets, arena, str_of(cookie), LIFETIME, now_ms, out);
}

static void test_round_trip(void **state)
{
    (void)state;
    static const char *const uuids[] = {NULL, "5a4ab9f4-3f5a-4b6c-8a53-7a0f6f0f8d11"};
    struct secrets secrets = secrets_of("secret");
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(uuids); i++) {
        struct session session = session_new(uuids[i], 7, NOW), read = {0};
        assert_int_equal(session.login_ms, uuids[i] ? NOW : 0);
        const char *cookie = session_format(&secrets, &arena, &session);
        assert_true(parse(&secrets, &arena, cookie, NOW, &read));
        assert_int_equal(read.issued_ms, NOW);
        assert_int_equal(read.login_ms, session.login_ms);
        assert_int_equal(read.epoch, 7);
        assert_string_equal(read.nonce, session.nonce);
        assert_true(uuids[i] ? strcmp(read.uuid, uuids[i]) == 0 : read.uuid == NULL);
    }
    arena_done(&arena);
}

static void test_lifetime(void **state)
{
    (void)state;
    struct secrets secrets = secrets_of("secret");
    struct arena arena = {0};
    struct session session = session_new("uuid", 7, NOW), read = {.issued_ms = -1};
    const char *cookie = session_format(&secrets, &arena, &session);
    assert_true(parse(&secrets, &arena, cookie, NOW + LIFETIME, &read));
    read.issued_ms = -1;
    assert_false(parse(&secrets, &arena, cookie, NOW + LIFETIME + 1, &read));
    assert_int_equal(read.issued_ms, -1);
    arena_done(&arena);
}

/* No character may be another one, missing, or left over. */
static void test_changed(void **state)
{
    (void)state;
    struct secrets secrets = secrets_of("secret");
    struct arena arena = {0};
    struct session session = session_new("uuid", 7, NOW), read;
    const char *cookie = session_format(&secrets, &arena, &session);
    size_t len = strlen(cookie);
    for (size_t i = 0; i < len; i++) {
        char *other = arena_strdup(&arena, cookie);
        other[i] = other[i] == 'A' ? 'B' : 'A';
        assert_false(parse(&secrets, &arena, other, NOW, &read));
        other = arena_strdup(&arena, cookie);
        other[i] = '\0';
        assert_false(parse(&secrets, &arena, other, NOW, &read));
    }
    assert_false(parse(&secrets, &arena, arena_printf(&arena, "%sA", cookie), NOW, &read));
    assert_false(parse(&secrets, &arena, arena_printf(&arena, "%s.", cookie), NOW, &read));
    assert_false(parse(&secrets, &arena, arena_printf(&arena, " %s", cookie), NOW, &read));
    char *long_one = arena_alloc(&arena, SESSION_COOKIE_MAX + 2);
    memset(long_one, 'A', SESSION_COOKIE_MAX + 1);
    assert_false(parse(&secrets, &arena, long_one, NOW, &read));
    assert_false(parse(&secrets, &arena, "", NOW, &read));
    arena_done(&arena);
}

static void test_other_key(void **state)
{
    (void)state;
    struct secrets ours = secrets_of("secret"), theirs = secrets_of("other");
    struct arena arena = {0};
    struct session session = session_new("uuid", 7, NOW), read;
    assert_false(parse(&ours, &arena, session_format(&theirs, &arena, &session), NOW, &read));
    arena_done(&arena);
}

static void test_csrf(void **state)
{
    (void)state;
    struct secrets secrets = secrets_of("secret"), others = secrets_of("other");
    struct session session = session_new("uuid", 7, NOW), another = session_new("uuid", 7, NOW);
    char token[SESSION_CSRF_SIZE], wrong[SESSION_CSRF_SIZE];
    assert_string_not_equal(session.nonce, another.nonce);
    session_csrf(&secrets, &session, token);
    assert_int_equal(strlen(token), SESSION_CSRF_SIZE - 1);
    assert_true(session_csrf_ok(&secrets, &session, str_of(token)));
    assert_false(session_csrf_ok(&secrets, &another, str_of(token)));
    assert_false(session_csrf_ok(&others, &session, str_of(token)));
    assert_false(session_csrf_ok(&secrets, &session, STR("")));
    assert_false(session_csrf_ok(&secrets, &session, str_sub(str_of(token), 0, 42)));
    for (size_t i = 0; i < SESSION_CSRF_SIZE - 1; i++) {
        memcpy(wrong, token, sizeof wrong);
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        assert_false(session_csrf_ok(&secrets, &session, str_of(wrong)));
    }
}

/* The CSRF token of a session must not be worth anything as the end of a cookie. */
static void test_token_is_no_cookie(void **state)
{
    (void)state;
    struct secrets secrets = secrets_of("secret");
    struct arena arena = {0};
    struct session session = session_new("uuid", 7, NOW), read;
    char token[SESSION_CSRF_SIZE];
    session_csrf(&secrets, &session, token);
    const char *cookie = arena_printf(&arena, "csrf.%s.%s", session.nonce, token);
    assert_false(parse(&secrets, &arena, cookie, NOW, &read));
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_lifetime),
        cmocka_unit_test(test_changed),    cmocka_unit_test(test_other_key),
        cmocka_unit_test(test_csrf),       cmocka_unit_test(test_token_is_no_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
