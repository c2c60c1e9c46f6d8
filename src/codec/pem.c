/* SPDX-License-Identifier: Apache-2.0 */
/* PEM by OpenSSL, from the numbers of a JWK (RFC 7518 section 6.3). */
#include "pem.h"

#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "base/hex.h"
#include "base/macro.h"
#include "codec/json.h"

enum { JWK_MAX = 64 * 1024, NUMBER_MAX = 4096 };

static const struct {
    const char *member, *param;
} numbers[] = {
    {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
    {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
    {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
    {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};

/* What must outlive the build of the parameters. */
struct parts {
    BIGNUM *numbers[ARRAY_LEN(numbers)];
    OSSL_PARAM_BLD *builder;
    OSSL_PARAM *params;
    EVP_PKEY_CTX *context;
    EVP_PKEY *key;
};

static void parts_done(struct parts *parts)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        BN_clear_free(parts->numbers[i]);
    OSSL_PARAM_BLD_free(parts->builder);
    OSSL_PARAM_free(parts->params);
    EVP_PKEY_CTX_free(parts->context);
    EVP_PKEY_free(parts->key);
}

static bool add_number(struct parts *parts, size_t i, const json_t *jwk)
{
    _cleanup_buf_ struct buf bytes;
    buf_init(&bytes, NUMBER_MAX);
    const char *text = json_string_value(json_object_get(jwk, numbers[i].member));
    if (!text || !base64url_decode(&bytes, str_of(text)))
        return false;
    parts->numbers[i] = BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
    return parts->numbers[i] &&
           OSSL_PARAM_BLD_push_BN(parts->builder, numbers[i].param, parts->numbers[i]);
}

static bool build(struct parts *parts, const json_t *jwk)
{
    parts->builder = OSSL_PARAM_BLD_new();
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (!parts->builder || !add_number(parts, i, jwk))
            return false;
    }
    parts->params = OSSL_PARAM_BLD_to_param(parts->builder);
    parts->context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    return parts->params && parts->context && EVP_PKEY_fromdata_init(parts->context) > 0 &&
           EVP_PKEY_fromdata(parts->context, &parts->key, EVP_PKEY_KEYPAIR, parts->params) > 0;
}

/* What was written to it, or NULL. Frees it. */
static const char *text_of(struct arena *arena, BIO *bio, bool written)
{
    char *data = NULL;
    long len = bio ? BIO_get_mem_data(bio, &data) : 0;
    const char *text = written && len > 0 ? arena_text(arena, (struct str){data, (size_t)len})
                                          : NULL;
    BIO_free(bio);
    return text;
}

int pem_of_jwk(struct arena *arena, struct str jwk, const char **public_out,
               const char **private_out, struct err *err)
{
    _cleanup_(parts_done) struct parts parts = {0};
    json_auto_t *members = NULL;
    if (json_parse(jwk, JWK_MAX, &members, err) != 0)
        return -1;
    if (!build(&parts, members))
        return err_set(err, ERR_INVALID, "this is no private RSA key");
    BIO *public = BIO_new(BIO_s_mem()), *private = BIO_new(BIO_s_mem());
    bool both = public && private && PEM_write_bio_PUBKEY(public, parts.key) &&
                PEM_write_bio_PrivateKey_traditional(private, parts.key, NULL, NULL, 0, NULL, NULL);
    const char *public_text = text_of(arena, public, both);
    const char *private_text = text_of(arena, private, both);
    if (!public_text || !private_text)
        return err_set(err, ERR_INTERNAL, "the key cannot be written as PEM");
    *public_out = public_text;
    *private_out = private_text;
    return 0;
}
