/* SPDX-License-Identifier: Apache-2.0 */
/* Digests. OpenSSL's EVP interface cannot export a running hash, so this file, and only this one,
 * uses the older SHA256_*, SHA512_* calls whose context is plain data. They run the same assembly
 * (SHA-NI where there is). A saved state is: version, algorithm, bytes so far (8), chaining words
 * (big endian), and the bytes of the unfinished block, whose number follows from the total. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "digest.h"

#include <assert.h>
#include <openssl/sha.h>

#include "hex.h"

enum { STATE_VERSION = 1, STATE_HEADER = 10 };

/* Most bytes a hash can have seen: it counts their bits in 64. */
static const uint64_t TOTAL_MAX = UINT64_MAX / 8;

static_assert(sizeof(SHA256_CTX) <= HASHER_STATE_MAX, "context fits");
static_assert(sizeof(SHA512_CTX) <= HASHER_STATE_MAX, "context fits");

static const struct algorithm {
    const char *name;
    uint8_t len;
} algorithms[] = {
    [DIGEST_SHA256] = {"sha256", 32},
    [DIGEST_SHA512] = {"sha512", 64},
};

int digest_parse(struct str text, struct digest *out, struct err *err)
{
    struct str rest = text, name;
    if (!str_cut(&rest, ':', &name) || !rest.ptr)
        return err_set(err, ERR_DIGEST_INVALID, "digest must look like sha256:<64 hex digits>");
    for (unsigned alg = DIGEST_SHA256; alg <= DIGEST_SHA512; alg++) {
        if (!str_eq_text(name, algorithms[alg].name))
            continue;
        struct digest digest = {.alg = (uint8_t)alg, .len = algorithms[alg].len};
        if (!hex_decode(rest, digest.bytes, digest.len, true))
            return err_set(err, ERR_DIGEST_INVALID, "digest %s: must have %u lower-case hex digits",
                           algorithms[alg].name, 2U * digest.len);
        *out = digest;
        return 0;
    }
    return err_set(err, ERR_UNSUPPORTED,
                   "digest algorithm %.*s is not supported; use sha256 or sha512",
                   (int)size_min(name.len, 32), name.ptr);
}

void digest_format(const struct digest *digest, char out[DIGEST_TEXT_SIZE])
{
    memcpy(out, algorithms[digest->alg].name, 6);
    out[6] = ':';
    hex_encode(digest->bytes, digest->len, out + 7);
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
    return a->alg == b->alg && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

size_t digest_pack(const struct digest *digest, uint8_t out[DIGEST_PACKED_MAX])
{
    out[0] = digest->alg;
    memcpy(out + 1, digest->bytes, digest->len);
    return 1U + digest->len;
}

int digest_unpack(struct str packed, struct digest *out, struct err *err)
{
    uint8_t alg = packed.len > 0 ? (uint8_t)packed.ptr[0] : 0;
    bool known = alg == DIGEST_SHA256 || alg == DIGEST_SHA512;
    if (!known || packed.len != 1U + algorithms[alg].len)
        return err_set(err, ERR_INTERNAL, "stored digest is damaged");
    struct digest digest = {.alg = alg, .len = algorithms[alg].len};
    memcpy(digest.bytes, packed.ptr + 1, digest.len);
    *out = digest;
    return 0;
}

void digest_of(enum digest_alg alg, struct str data, struct digest *out)
{
    struct hasher hasher;
    hasher_init(&hasher, alg);
    hasher_update(&hasher, data.ptr, data.len);
    hasher_digest(&hasher, out);
}

static SHA256_CTX *as256(struct hasher *hasher)
{
    return (SHA256_CTX *)(void *)hasher->context;
}

static SHA512_CTX *as512(struct hasher *hasher)
{
    return (SHA512_CTX *)(void *)hasher->context;
}

void hasher_init(struct hasher *hasher, enum digest_alg alg)
{
    *hasher = (struct hasher){.alg = alg};
    if (alg == DIGEST_SHA256)
        SHA256_Init(as256(hasher));
    else
        SHA512_Init(as512(hasher));
}

void hasher_update(struct hasher *hasher, const void *data, size_t len)
{
    if (hasher->alg == DIGEST_SHA256)
        SHA256_Update(as256(hasher), data, len);
    else
        SHA512_Update(as512(hasher), data, len);
}

void hasher_digest(const struct hasher *hasher, struct digest *out)
{
    struct hasher copy = *hasher;
    *out = (struct digest){.alg = (uint8_t)copy.alg, .len = algorithms[copy.alg].len};
    if (copy.alg == DIGEST_SHA256)
        SHA256_Final(out->bytes, as256(&copy));
    else
        SHA512_Final(out->bytes, as512(&copy));
}

static void put_be(uint8_t *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static uint64_t get_be(const uint8_t *in, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | in[i];
    return value;
}

size_t hasher_save(const struct hasher *hasher, uint8_t out[HASHER_STATE_MAX])
{
    struct hasher copy = *hasher;
    bool short_words = copy.alg == DIGEST_SHA256;
    SHA256_CTX *c256 = as256(&copy);
    SHA512_CTX *c512 = as512(&copy);
    size_t word = short_words ? 4 : 8;
    size_t pending = short_words ? c256->num : c512->num;
    uint64_t bits = short_words ? (uint64_t)c256->Nh << 32 | c256->Nl : c512->Nl;
    out[0] = STATE_VERSION;
    out[1] = (uint8_t)copy.alg;
    put_be(out + 2, bits / 8, 8);
    for (size_t i = 0; i < 8; i++)
        put_be(out + STATE_HEADER + i * word, short_words ? c256->h[i] : c512->h[i], word);
    const void *block = short_words ? (const void *)c256->data : (const void *)c512->u.p;
    memcpy(out + STATE_HEADER + 8 * word, block, pending);
    return STATE_HEADER + 8 * word + pending;
}

static void load256(SHA256_CTX *c, uint64_t total, const uint8_t *words, size_t pending)
{
    SHA256_Init(c);
    c->Nl = (SHA_LONG)(total * 8);
    c->Nh = (SHA_LONG)(total * 8 >> 32);
    c->num = (unsigned)pending;
    for (size_t i = 0; i < 8; i++)
        c->h[i] = (SHA_LONG)get_be(words + 4 * i, 4);
    memcpy(c->data, words + 32, pending);
}

static void load512(SHA512_CTX *c, uint64_t total, const uint8_t *words, size_t pending)
{
    SHA512_Init(c);
    c->Nl = total * 8;
    c->Nh = 0;
    c->num = (unsigned)pending;
    for (size_t i = 0; i < 8; i++)
        c->h[i] = get_be(words + 8 * i, 8);
    memcpy(c->u.p, words + 64, pending);
}

int hasher_load(struct hasher *hasher, struct str state, struct err *err)
{
    const uint8_t *in = (const uint8_t *)state.ptr;
    bool header = state.len >= STATE_HEADER && in[0] == STATE_VERSION &&
                  (in[1] == DIGEST_SHA256 || in[1] == DIGEST_SHA512);
    if (!header)
        return err_set(err, ERR_INVALID, "saved hash state is not of a known form");
    size_t word = in[1] == DIGEST_SHA256 ? 4 : 8;
    uint64_t total = get_be(in + 2, 8);
    size_t pending = (size_t)(total % (16 * word));
    if (total > TOTAL_MAX || state.len != STATE_HEADER + 8 * word + pending)
        return err_set(err, ERR_INVALID, "saved hash state is damaged");
    *hasher = (struct hasher){.alg = (enum digest_alg)in[1]};
    if (hasher->alg == DIGEST_SHA256)
        load256(as256(hasher), total, in + STATE_HEADER, pending);
    else
        load512(as512(hasher), total, in + STATE_HEADER, pending);
    return 0;
}
