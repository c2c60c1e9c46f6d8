/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing, by libcrypto. A sealed text is: version (1), nonce (12 random bytes), ciphertext, tag.
 * Random nonces of 96 bits are safe for some billions of texts a key: more than a registry seals.
 */
#include "seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "base/rand.h"

enum { VERSION = 1, NONCE_SIZE = 12, TAG_SIZE = 16 };

DEFINE_CLEANUP(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

static void hmac(struct str key, struct str data, uint8_t out[SEAL_MAC_SIZE])
{
    unsigned len = SEAL_MAC_SIZE;
    if (!HMAC(EVP_sha256(), key.ptr, (int)key.len, (const uint8_t *)data.ptr, data.len, out, &len))
        abort(); /* out of memory */
}

void seal_derive(struct str secret, const char *purpose, struct seal_key *out)
{
    hmac((struct str){purpose, strlen(purpose)}, secret, out->bytes);
}

void seal_mac(const struct seal_key *key, struct str data, uint8_t out[SEAL_MAC_SIZE])
{
    hmac((struct str){(const char *)key->bytes, sizeof key->bytes}, data, out);
}

void seal_close(const struct seal_key *key, struct str plain, struct buf *out)
{
    uint8_t head[1 + NONCE_SIZE] = {VERSION}, tag[TAG_SIZE];
    int len = 0;
    _cleanup_buf_ struct buf text;
    buf_init(&text, plain.len + 1);
    buf_add(&text, plain.ptr, plain.len);
    buf_add(&text, "", 1); /* never empty, so that there is memory */
    rand_bytes(head + 1, NONCE_SIZE);
    _cleanup_(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    uint8_t *bytes = (uint8_t *)text.ptr;
    if (!cipher || !EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, head + 1) ||
        !EVP_EncryptUpdate(cipher, bytes, &len, bytes, (int)plain.len) ||
        !EVP_EncryptFinal_ex(cipher, bytes + len, &len) ||
        !EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, tag))
        abort(); /* out of memory */
    buf_add(out, head, sizeof head);
    buf_add(out, bytes, plain.len);
    buf_add(out, tag, sizeof tag);
}

bool seal_open(const struct seal_key *key, struct str sealed, struct buf *out)
{
    if (sealed.len < SEAL_OVERHEAD || sealed.ptr[0] != VERSION)
        return false;
    const uint8_t *nonce = (const uint8_t *)sealed.ptr + 1;
    const uint8_t *data = nonce + NONCE_SIZE;
    size_t data_len = sealed.len - SEAL_OVERHEAD;
    uint8_t tag[TAG_SIZE];
    int len = 0;
    memcpy(tag, data + data_len, sizeof tag);
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, data_len + 1);
    buf_add(&plain, data, data_len);
    buf_add(&plain, "", 1);
    uint8_t *bytes = (uint8_t *)plain.ptr;
    _cleanup_(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    if (!cipher || !EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, nonce))
        abort(); /* out of memory */
    bool good = EVP_DecryptUpdate(cipher, bytes, &len, data, (int)data_len) &&
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) &&
                EVP_DecryptFinal_ex(cipher, bytes + len, &len);
    if (good)
        buf_add(out, bytes, data_len);
    explicit_bzero(bytes, data_len);
    return good && buf_ok(out);
}
