/* SPDX-License-Identifier: Apache-2.0 */
/* Signed tokens. cjose would take the algorithm from the token and skip what it cannot decode, so
 * nothing reaches it before our own check: three strict base64url parts, a header without
 * duplicates that says RS256 and asks for no extension. A loaded key is only read afterwards, so
 * threads may share it. */
#include "jwt.h"

#include <cjose/cjose.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/hex.h"
#include "codec/json.h"
#include "codec/jw.h"

enum {
    HEADER_MAX = 4096,
    KID_MAX = 1024,
    JWK_MAX = 16 * 1024,
    KEY_BITS = 2048,
    MODULUS_BYTES_MIN = 256, /* 2048 bits */
    MODULUS_BYTES_MAX = 1024,
    EXPONENT_BYTES_MAX = 8,
};

struct jwt_key {
    cjose_jwk_t *jwk;
    char id[JWT_KID_SIZE];
};

static void free_jws(cjose_jws_t **jws)
{
    cjose_jws_release(*jws);
}

static void free_text(char **text)
{
    free(*text);
}

/* A failure inside cjose. What OpenSSL queued for it must not stay: the same thread would find it
 * after its next TLS call and take it for that call's own. */
static int set_failure(struct err *err, enum err_code code, const char *message,
                       const cjose_err *reason)
{
    ERR_clear_error();
    err_set(err, code, "%s", message);
    return err_detail(err, "%s", reason->message ? reason->message : "unknown reason");
}

/* Append the decoded base64url member of a JWK. */
static bool add_member(struct buf *out, const json_t *jwk, const char *name)
{
    return base64url_decode(out, str_of(json_string_value(json_object_get(jwk, name))));
}

static int check_size(const json_t *jwk, struct err *err)
{
    _cleanup_buf_ struct buf bytes;
    buf_init(&bytes, MODULUS_BYTES_MAX);
    if (!add_member(&bytes, jwk, "n") || bytes.len < MODULUS_BYTES_MIN)
        return err_set(err, ERR_INVALID, "RSA key must have %d to %d bits", 8 * MODULUS_BYTES_MIN,
                       8 * MODULUS_BYTES_MAX);
    buf_clear(&bytes);
    if (!add_member(&bytes, jwk, "e") || bytes.len > EXPONENT_BYTES_MAX)
        return err_set(err, ERR_INVALID, "RSA key's exponent is too large");
    return 0;
}

/* RFC 7638 section 3: the required members in order, without space. */
static void make_thumbprint(const json_t *jwk, char out[JWT_KID_SIZE])
{
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, JWK_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "e", json_string_value(json_object_get(jwk, "e")));
    jw_member_text(&w, "kty", "RSA");
    jw_member_text(&w, "n", json_string_value(json_object_get(jwk, "n")));
    jw_end_object(&w);
    struct digest digest;
    digest_of(DIGEST_SHA256, buf_str(&text), &digest);
    hex_encode(digest.bytes, digest.len, out);
}

/* The key as cjose writes it: every number in its one canonical form. */
static int export(const struct jwt_key *key, bool private, json_t **out, struct err *err)
{
    cjose_err reason = {0};
    _cleanup_(free_text) char *text = cjose_jwk_to_json(key->jwk, private, &reason);
    if (!text)
        return set_failure(err, ERR_INTERNAL, "key cannot be written", &reason);
    return json_parse(str_of(text), JWK_MAX, out, err);
}

/* Give the key its identifier, once its size has been found acceptable. */
static int identify(struct jwt_key *key, struct err *err)
{
    json_auto_t *jwk = NULL;
    if (export(key, false, &jwk, err) != 0 || check_size(jwk, err) != 0)
        return -1;
    make_thumbprint(jwk, key->id);
    return 0;
}

int jwt_key_generate(struct jwt_key **out, struct err *err)
{
    static const uint8_t exponent[] = {1, 0, 1};
    cjose_err reason = {0};
    _cleanup_(jwt_key_freep) struct jwt_key *key = calloc(1, sizeof *key);
    if (!key)
        abort();
    key->jwk = cjose_jwk_create_RSA_random(KEY_BITS, exponent, sizeof exponent, &reason);
    if (!key->jwk)
        return set_failure(err, ERR_INTERNAL, "key cannot be generated", &reason);
    if (identify(key, err) != 0)
        return -1;
    *out = TAKE(key);
    return 0;
}

static bool member_is(const json_t *object, const char *name, const char *wanted)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value && strcmp(value, wanted) == 0;
}

/* An RSA key that is not reserved for something else (RFC 7517 sections 4.1, 4.2, 4.4). */
static int check_purpose(const json_t *jwk, struct err *err)
{
    if (!member_is(jwk, "kty", "RSA"))
        return err_set(err, ERR_INVALID, "key is not an RSA key in JWK form");
    if (json_object_get(jwk, "use") && !member_is(jwk, "use", "sig"))
        return err_set(err, ERR_INVALID, "key is not for signatures");
    if (json_object_get(jwk, "alg") && !member_is(jwk, "alg", "RS256"))
        return err_set(err, ERR_INVALID, "key is not for RS256");
    return 0;
}

/* A private key is tried once: halves that do not belong together would otherwise be noticed only
 * by the clients that cannot use its tokens. */
static int try_key(const struct jwt_key *key, struct err *err)
{
    struct arena arena = {0};
    json_t *claims = NULL;
    char *token;
    int result = jwt_sign(key, &arena, STR("{}"), &token, err);
    if (result == 0)
        result = jwt_verify(key, str_of(token), &claims, err);
    json_decref(claims);
    arena_done(&arena);
    return result == 0 ? 0 : err_set(err, ERR_INVALID, "key's parts do not belong together");
}

int jwt_key_load(struct str jwk, struct jwt_key **out, struct err *err)
{
    json_auto_t *members = NULL;
    cjose_err reason = {0};
    if (json_parse(jwk, JWK_MAX, &members, err) != 0 || check_purpose(members, err) != 0)
        return -1;
    _cleanup_(jwt_key_freep) struct jwt_key *key = calloc(1, sizeof *key);
    if (!key)
        abort();
    key->jwk = cjose_jwk_import(jwk.ptr, jwk.len, &reason);
    if (!key->jwk)
        return set_failure(err, ERR_INVALID, "key is not an RSA key in JWK form", &reason);
    if (identify(key, err) != 0)
        return -1;
    if (json_object_get(members, "d") && try_key(key, err) != 0)
        return -1;
    *out = TAKE(key);
    return 0;
}

void jwt_key_free(struct jwt_key *key)
{
    if (!key)
        return;
    cjose_jwk_release(key->jwk);
    free(key);
}

const char *jwt_key_id(const struct jwt_key *key)
{
    return key->id;
}

int jwt_key_format(const struct jwt_key *key, struct arena *arena, bool private, char **out,
                   struct err *err)
{
    json_auto_t *jwk = NULL;
    if (export(key, private, &jwk, err) != 0)
        return -1;
    if (private && !json_object_get(jwk, "d"))
        return err_set(err, ERR_INVALID, "key %s has no private part", key->id);
    json_object_set_new(jwk, "kid", json_string(key->id));
    _cleanup_(free_text) char *text = json_dumps(jwk, JSON_COMPACT);
    *out = arena_strdup(arena, text);
    return 0;
}

int jwt_sign(const struct jwt_key *key, struct arena *arena, struct str claims, char **out,
             struct err *err)
{
    cjose_err reason = {0};
    json_auto_t *header = json_pack("{ssssss}", "alg", "RS256", "kid", key->id, "typ", "JWT");
    _cleanup_(free_jws) cjose_jws_t *jws = cjose_jws_sign(
        key->jwk, header, (const uint8_t *)claims.ptr, claims.len, &reason);
    const char *token; /* belongs to jws */
    if (!jws || !cjose_jws_export(jws, &token, &reason))
        return set_failure(err, ERR_INVALID, "key cannot sign", &reason);
    if (strlen(token) > JWT_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "token is larger than %d bytes", JWT_BYTES_MAX);
    *out = arena_strdup(arena, token);
    return 0;
}

static int refuse(struct err *err, const char *reason)
{
    return err_set(err, ERR_UNAUTHORIZED, "token %s", reason);
}

/* Cut a compact token and decode its parts; `payload` and `signature` are checked and dropped. */
static int decode_parts(struct str token, struct buf *header, struct err *err)
{
    _cleanup_buf_ struct buf scratch;
    struct str part, rest = token;
    buf_init(&scratch, JWT_BYTES_MAX);
    if (token.len > JWT_BYTES_MAX)
        return refuse(err, "is too large");
    if (!str_cut(&rest, '.', &part) || part.len == 0 || !base64url_decode(header, part))
        return refuse(err, "has no readable header");
    for (int i = 0; i < 2; i++) { /* payload, signature */
        if (!str_cut(&rest, '.', &part) || part.len == 0 || !base64url_decode(&scratch, part))
            return refuse(err, "is not of the form header.claims.signature");
    }
    return rest.ptr ? refuse(err, "is not of the form header.claims.signature") : 0;
}

/* The token's header, which has been found to be what we accept. */
static int check_token(struct str token, json_t **header_out, struct err *err)
{
    _cleanup_buf_ struct buf text;
    json_auto_t *header = NULL;
    buf_init(&text, HEADER_MAX);
    if (decode_parts(token, &text, err) != 0)
        return -1;
    if (json_parse(buf_str(&text), HEADER_MAX, &header, NULL) != 0 || !json_is_object(header))
        return refuse(err, "has no readable header");
    if (!member_is(header, "alg", "RS256"))
        return refuse(err, "is not signed with RS256");
    if (json_object_get(header, "crit"))
        return refuse(err, "demands an extension that is not supported");
    *header_out = TAKE(header);
    return 0;
}

int jwt_peek_kid(struct arena *arena, struct str token, const char **kid_out, struct err *err)
{
    json_auto_t *header = NULL;
    if (check_token(token, &header, err) != 0)
        return -1;
    const json_t *kid = json_object_get(header, "kid");
    if (!json_is_string(kid) || json_string_length(kid) > KID_MAX)
        return refuse(err, "does not name its key");
    *kid_out = arena_strdup(arena, json_string_value(kid));
    return 0;
}

int jwt_verify(const struct jwt_key *key, struct str token, json_t **claims_out, struct err *err)
{
    json_auto_t *header = NULL, *claims = NULL;
    cjose_err reason = {0};
    if (check_token(token, &header, err) != 0)
        return -1;
    _cleanup_(free_jws) cjose_jws_t *jws = cjose_jws_import(token.ptr, token.len, &reason);
    if (!jws || !cjose_jws_verify(jws, key->jwk, &reason))
        return set_failure(err, ERR_UNAUTHORIZED, "token has a wrong signature", &reason);
    uint8_t *payload; /* belongs to jws */
    size_t len;
    if (!cjose_jws_get_plaintext(jws, &payload, &len, &reason))
        return set_failure(err, ERR_UNAUTHORIZED, "token has no claims", &reason);
    if (json_parse((struct str){(const char *)payload, len}, JWT_BYTES_MAX, &claims, NULL) != 0 ||
        !json_is_object(claims))
        return refuse(err, "has no readable claims");
    *claims_out = TAKE(claims);
    return 0;
}
