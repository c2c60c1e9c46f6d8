/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/jwt.h"

#include <cjose/cjose.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hex.h"
#include "test_keys.h"
#include "unit.h"

struct fixture {
    struct arena arena;
    struct jwt_key *key;   /* test_key, private */
    struct jwt_key *other; /* other_key, public */
};

static int set_up(void **state)
{
    static struct fixture fixture;
    struct err err;
    fixture = (struct fixture){0};
    *state = &fixture;
    if (jwt_key_load(str_of(test_key), &fixture.key, &err) != 0)
        return -1;
    return jwt_key_load(str_of(other_key), &fixture.other, &err);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    jwt_key_free(fixture->key);
    jwt_key_free(fixture->other);
    arena_done(&fixture->arena);
    return 0;
}

static void test_thumbprint(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    _cleanup_(jwt_key_freep) struct jwt_key *key = NULL;
    assert_int_equal(jwt_key_load(str_of(rfc7638_key), &key, &err), 0);
    assert_string_equal(jwt_key_id(key), rfc7638_id);
    assert_string_equal(jwt_key_id(fixture->key), test_key_id);
}

static void test_sign_and_verify(void **state)
{
    struct fixture *fixture = *state;
    static const char claims[] = "{\"sub\":\"alice\",\"n\":[1,2,{\"x\":null}]}";
    struct err err = {0};
    char *token;
    const char *kid;
    assert_int_equal(jwt_sign(fixture->key, &fixture->arena, str_of(claims), &token, &err), 0);
    assert_int_equal(jwt_peek_kid(&fixture->arena, str_of(token), &kid, &err), 0);
    assert_string_equal(kid, test_key_id);
    json_auto_t *got = NULL, *want = json_loads(claims, 0, NULL);
    assert_int_equal(jwt_verify(fixture->key, str_of(token), &got, &err), 0);
    assert_true(json_equal(got, want));
    json_t *none = NULL;
    assert_int_equal(jwt_verify(fixture->other, str_of(token), &none, &err), -1);
    assert_int_equal(err.code, ERR_UNAUTHORIZED);
    assert_string_equal(err.msg, "token has a wrong signature");
    assert_null(none);
}

/* What OpenSSL queues for a wrong signature would confuse the thread's next TLS call. */
static void test_no_openssl_errors_left(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    json_t *none = NULL;
    assert_int_equal(jwt_verify(fixture->other, str_of(test_token), &none, &err), -1);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_foreign_token(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    json_auto_t *claims = NULL;
    assert_int_equal(jwt_verify(fixture->key, str_of(test_token), &claims, &err), 0);
    assert_string_equal(json_string_value(json_object_get(claims, "sub")), "alice");
    assert_int_equal(json_integer_value(json_object_get(claims, "exp")), 1);
}

/* Every single changed character is noticed, wherever it stands. */
static void test_tampering(void **state)
{
    struct fixture *fixture = *state;
    char *token = arena_strdup(&fixture->arena, test_token);
    for (size_t i = 0, len = strlen(token); i < len; i += 7) {
        struct err err = {0};
        json_t *claims = NULL;
        char before = token[i];
        token[i] = before == 'A' ? 'B' : 'A';
        assert_int_equal(jwt_verify(fixture->key, str_of(token), &claims, &err), -1);
        assert_int_equal(err.code, ERR_UNAUTHORIZED);
        assert_null(claims);
        token[i] = before;
    }
}

/* A token signed by cjose with whatever header, as an attacker with a key could. */
static char *forge(struct arena *arena, const char *jwk, const char *header, struct str claims)
{
    json_auto_t *head = json_loads(header, 0, NULL);
    cjose_err reason = {0};
    cjose_jwk_t *key = cjose_jwk_import(jwk, strlen(jwk), &reason);
    cjose_jws_t *jws = cjose_jws_sign(key, head, (const uint8_t *)claims.ptr, claims.len, &reason);
    const char *text = NULL;
    assert_true(jws && cjose_jws_export(jws, &text, &reason));
    char *copy = arena_strdup(arena, text);
    cjose_jws_release(jws);
    cjose_jwk_release(key);
    return copy;
}

static void test_forged(void **state)
{
    struct fixture *fixture = *state;
    static const char octets[] = "{\"kty\":\"oct\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}";
    const struct {
        const char *jwk, *header;
        struct str claims;
        const char *error; /* NULL: accepted */
    } cases[] = {
        {test_key, "{\"alg\":\"RS256\"}", STR("{}"), NULL},
        {test_key, "{\"alg\":\"RS256\",\"kid\":\"any\",\"x\":[1]}", STR("{}"), NULL},
        {test_key, "{\"alg\":\"RS384\"}", STR("{}"), "token is not signed with RS256"},
        {test_key, "{\"alg\":\"RS512\"}", STR("{}"), "token is not signed with RS256"},
        {test_key, "{\"alg\":\"PS256\"}", STR("{}"), "token is not signed with RS256"},
        {octets, "{\"alg\":\"HS256\"}", STR("{}"), "token is not signed with RS256"},
        {test_key, "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}", STR("{}"),
         "token demands an extension that is not supported"},
        {test_key, "{\"alg\":\"RS256\"}", STR("[]"), "token has no readable claims"},
        {test_key, "{\"alg\":\"RS256\"}", STR("{\"a\":1,\"a\":2}"), "token has no readable claims"},
        {test_key, "{\"alg\":\"RS256\"}", STR("{}x"), "token has no readable claims"},
        {test_key, "{\"alg\":\"RS256\"}", STR("{\"a\":\"\\u0000\"}"),
         "token has no readable claims"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        json_t *claims = NULL;
        char *token = forge(&fixture->arena, cases[i].jwk, cases[i].header, cases[i].claims);
        int result = jwt_verify(fixture->key, str_of(token), &claims, &err);
        assert_int_equal(result, cases[i].error ? -1 : 0);
        if (cases[i].error) {
            assert_int_equal(err.code, ERR_UNAUTHORIZED);
            assert_string_equal(err.msg, cases[i].error);
        }
        json_decref(claims);
    }
}

/* "header" "claims" "signature" in plain text to a compact token. */
static char *compact(struct arena *arena, const char *header, const char *rest)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, 4096);
    base64url_encode(&text, str_of(header));
    buf_add_text(&text, rest);
    return arena_text(arena, buf_str(&text));
}

static void test_peek(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *header, *rest;
        const char *error; /* NULL: accepted, kid "k" */
    } cases[] = {
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AAAA", NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"k\",\"typ\":\"JWT\"}", ".e30.AAAA", NULL},
        {"{\"alg\":\"RS256\"}", ".e30.AAAA", "token does not name its key"},
        {"{\"alg\":\"RS256\",\"kid\":5}", ".e30.AAAA", "token does not name its key"},
        {"{\"alg\":\"none\",\"kid\":\"k\"}", ".e30.AAAA", "token is not signed with RS256"},
        {"{\"alg\":\"none\",\"kid\":\"k\"}", ".e30.",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"rs256\",\"kid\":\"k\"}", ".e30.AAAA", "token is not signed with RS256"},
        {"{\"kid\":\"k\"}", ".e30.AAAA", "token is not signed with RS256"},
        {"{\"alg\":[\"RS256\"],\"kid\":\"k\"}", ".e30.AAAA", "token is not signed with RS256"},
        {"{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AAAA",
         "token has no readable header"},
        {"[]", ".e30.AAAA", "token has no readable header"},
        {"not json", ".e30.AAAA", "token has no readable header"},
        {"", "", "token has no readable header"},
        {"", "..", "token has no readable header"},
        {"", ".e30.AAAA", "token has no readable header"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", "",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AAAA.AAAA",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AAAA.",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", "..AAAA",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30=.AAAA",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AA+A",
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AAAAB", /* 1 of 4 characters */
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e31.AAAA", /* set bits behind the end */
         "token is not of the form header.claims.signature"},
        {"{\"alg\":\"RS256\",\"kid\":\"k\"}", ".e30.AAAA\n",
         "token is not of the form header.claims.signature"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        const char *kid = NULL;
        char *token = compact(&fixture->arena, cases[i].header, cases[i].rest);
        int result = jwt_peek_kid(&fixture->arena, str_of(token), &kid, &err);
        assert_int_equal(result, cases[i].error ? -1 : 0);
        if (cases[i].error) {
            assert_int_equal(err.code, ERR_UNAUTHORIZED);
            assert_string_equal(err.msg, cases[i].error);
            assert_null(kid);
        } else {
            assert_string_equal(kid, "k");
        }
    }
}

static void test_token_limit(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    const char *kid;
    char *token;
    char *big = arena_alloc(&fixture->arena, JWT_BYTES_MAX + 2);
    memset(big, 'A', JWT_BYTES_MAX + 1);
    assert_int_equal(jwt_peek_kid(&fixture->arena, str_of(big), &kid, &err), -1);
    assert_string_equal(err.msg, "token is too large");
    assert_int_equal(jwt_sign(fixture->key, &fixture->arena, str_of(big), &token, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

static void test_public_key_cannot_sign(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    char *token = NULL, *jwk = NULL;
    assert_int_equal(jwt_sign(fixture->other, &fixture->arena, STR("{}"), &token, &err), -1);
    assert_string_equal(err.msg, "key cannot sign");
    assert_null(token);
    assert_int_equal(jwt_key_format(fixture->other, &fixture->arena, true, &jwk, &err), -1);
    assert_int_equal(err.code, ERR_INVALID);
    assert_null(jwk);
}

static void test_generate_and_format(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    char *private, *public, *token;
    json_auto_t *claims = NULL, *members = NULL;
    _cleanup_(jwt_key_freep) struct jwt_key *made = NULL, *copy = NULL, *half = NULL;
    assert_int_equal(jwt_key_generate(&made, &err), 0);
    assert_int_equal(jwt_key_format(made, &fixture->arena, true, &private, &err), 0);
    assert_int_equal(jwt_key_format(made, &fixture->arena, false, &public, &err), 0);
    assert_int_equal(jwt_key_load(str_of(private), &copy, &err), 0);
    assert_int_equal(jwt_key_load(str_of(public), &half, &err), 0);
    assert_string_equal(jwt_key_id(copy), jwt_key_id(made));
    assert_string_equal(jwt_key_id(half), jwt_key_id(made));
    assert_int_equal(jwt_sign(copy, &fixture->arena, STR("{}"), &token, &err), 0);
    assert_int_equal(jwt_verify(half, str_of(token), &claims, &err), 0);
    members = json_loads(public, 0, NULL);
    assert_int_equal(json_object_size(members), 4); /* kty, n, e, kid: nothing private */
    assert_string_equal(json_string_value(json_object_get(members, "kid")), jwt_key_id(made));
}

/* test_key with one member replaced (value NULL: removed). */
static char *altered(struct arena *arena, const char *member, const char *value)
{
    json_auto_t *jwk = json_loads(test_key, 0, NULL);
    if (value)
        json_object_set_new(jwk, member, json_string(value));
    else
        json_object_del(jwk, member);
    char *text = json_dumps(jwk, 0);
    char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

static void test_load_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        const char *jwk;
        const char *error; /* NULL: accepted */
    } cases[] = {
        {"", "invalid JSON in line 1, column 0: unexpected token near end of file"},
        {"[]", "key is not an RSA key in JWK form"},
        {"{\"kty\":\"EC\"}", "key is not an RSA key in JWK form"},
        {"{\"kty\":\"RSA\"}", "key is not an RSA key in JWK form"},
        {"{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}", "key is not an RSA key in JWK form"},
        {short_key, "RSA key must have 2048 to 8192 bits"},
        {altered(&fixture->arena, "use", "sig"), NULL},
        {altered(&fixture->arena, "use", "enc"), "key is not for signatures"},
        {altered(&fixture->arena, "alg", "RS256"), NULL},
        {altered(&fixture->arena, "alg", "PS256"), "key is not for RS256"},
        {altered(&fixture->arena, "kid", "overridden"), NULL},
        {altered(&fixture->arena, "e", "AQABAQABAQAB"), "RSA key's exponent is too large"},
        {altered(&fixture->arena, "n", "AQAB"), "RSA key must have 2048 to 8192 bits"},
        {altered(&fixture->arena, "e", "Aw"), "key's parts do not belong together"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct jwt_key *key = NULL;
        int result = jwt_key_load(str_of(cases[i].jwk), &key, &err);
        if (cases[i].error) {
            assert_int_equal(result, -1);
            assert_int_equal(err.code, ERR_INVALID);
            if (strcmp(err.msg, cases[i].error) != 0)
                fail_msg("row %zu: %s", i, err.msg);
            assert_null(key);
        } else {
            assert_int_equal(result, 0);
            assert_string_equal(jwt_key_id(key), test_key_id);
        }
        jwt_key_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thumbprint),
        cmocka_unit_test(test_sign_and_verify),
        cmocka_unit_test(test_no_openssl_errors_left),
        cmocka_unit_test(test_foreign_token),
        cmocka_unit_test(test_tampering),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_peek),
        cmocka_unit_test(test_token_limit),
        cmocka_unit_test(test_public_key_cannot_sign),
        cmocka_unit_test(test_generate_and_format),
        cmocka_unit_test(test_load_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
