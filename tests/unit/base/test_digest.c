/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <stdio.h>

#include "unit.h"

#define EMPTY256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC512                                                                                     \
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"                             \
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
    } cases[] = {
        {"sha256:" EMPTY256, ERR_NONE},
        {"sha512:" ABC512, ERR_NONE},
        {"", ERR_DIGEST_INVALID},
        {"sha256", ERR_DIGEST_INVALID},
        {"sha256:", ERR_DIGEST_INVALID},
        {EMPTY256, ERR_DIGEST_INVALID},
        {"sha256:" EMPTY256 "0", ERR_DIGEST_INVALID},
        {"sha256:" ABC512, ERR_DIGEST_INVALID},
        {"sha512:" ABC256, ERR_DIGEST_INVALID},
        {"sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
         ERR_DIGEST_INVALID},
        {"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8 5",
         ERR_DIGEST_INVALID},
        {"sha256:sha256:" EMPTY256, ERR_DIGEST_INVALID},
        {"SHA256:" EMPTY256, ERR_UNSUPPORTED},
        {"md5:d41d8cd98f00b204e9800998ecf8427e", ERR_UNSUPPORTED},
        {":" EMPTY256, ERR_UNSUPPORTED},
        {"sha256+b64:" EMPTY256, ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct digest digest;
        memset(&digest, 0x55, sizeof digest);
        struct digest untouched = digest;
        if (cases[i].code != ERR_NONE) {
            assert_fails(digest_parse(str_of(cases[i].text), &digest, &err), &err, cases[i].code);
            assert_memory_equal(&digest, &untouched, sizeof digest);
            continue;
        }
        assert_ok(digest_parse(str_of(cases[i].text), &digest, &err), &err);
        char text[DIGEST_TEXT_SIZE];
        digest_format(&digest, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_pack(void **state)
{
    (void)state;
    struct err err;
    static const enum digest_alg algorithms[] = {DIGEST_SHA256, DIGEST_SHA512};
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        struct digest digest, back;
        uint8_t packed[DIGEST_PACKED_MAX];
        digest_of(algorithms[i], STR("abc"), &digest);
        size_t len = digest_pack(&digest, packed);
        assert_int_equal(len, 1 + digest.len);
        struct str stored = {(const char *)packed, len};
        assert_ok(digest_unpack(stored, &back, &err), &err);
        assert_true(digest_eq(&digest, &back));
        stored.len--;
        assert_fails(digest_unpack(stored, &back, &err), &err, ERR_INTERNAL);
        packed[0] = 3;
        stored.len++;
        assert_fails(digest_unpack(stored, &back, &err), &err, ERR_INTERNAL);
        back.bytes[31] ^= 1;
        assert_false(digest_eq(&digest, &back));
    }
    struct digest back;
    assert_fails(digest_unpack(STR(""), &back, &err), &err, ERR_INTERNAL);
    assert_fails(digest_unpack(STR("\0"), &back, &err), &err, ERR_INTERNAL);
}

/* FIPS 180-4's own examples. */
static void test_hash(void **state)
{
    (void)state;
    static const struct {
        enum digest_alg alg;
        const char *data, *digest;
    } cases[] = {
        {DIGEST_SHA256, "", "sha256:" EMPTY256},
        {DIGEST_SHA256, "abc", "sha256:" ABC256},
        {DIGEST_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {DIGEST_SHA512, "abc", "sha512:" ABC512},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct digest digest;
        char text[DIGEST_TEXT_SIZE];
        digest_of(cases[i].alg, str_of(cases[i].data), &digest);
        digest_format(&digest, text);
        assert_string_equal(text, cases[i].digest);
    }
}

/* Save and load at every length around the blocks of both hashes. */
static void test_resume(void **state)
{
    (void)state;
    static const enum digest_alg algorithms[] = {DIGEST_SHA256, DIGEST_SHA512};
    char data[300];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        struct digest want;
        digest_of(algorithms[i], (struct str){data, sizeof data}, &want);
        for (size_t cut = 0; cut <= sizeof data; cut++) {
            struct err err;
            struct hasher first, second;
            struct digest got, halfway;
            uint8_t saved[HASHER_STATE_MAX];
            hasher_init(&first, algorithms[i]);
            hasher_update(&first, data, cut);
            size_t len = hasher_save(&first, saved);
            assert_true(len <= HASHER_STATE_MAX);
            hasher_digest(&first, &halfway); /* does not end it */
            memset(&second, 0xff, sizeof second);
            assert_ok(hasher_load(&second, (struct str){(char *)saved, len}, &err), &err);
            hasher_update(&first, data + cut, sizeof data - cut);
            hasher_update(&second, data + cut, sizeof data - cut);
            hasher_digest(&first, &got);
            assert_true(digest_eq(&got, &want));
            hasher_digest(&second, &got);
            assert_true(digest_eq(&got, &want));
        }
    }
}

static void test_load_refuses(void **state)
{
    (void)state;
    struct err err;
    struct hasher hasher, other;
    uint8_t saved[HASHER_STATE_MAX];
    hasher_init(&hasher, DIGEST_SHA256);
    hasher_update(&hasher, "abc", 3);
    size_t len = hasher_save(&hasher, saved);
    static const struct {
        size_t at;
        uint8_t value;
    } damages[] = {
        {0, 0},    /* version */
        {0, 2},    /* version */
        {1, 0},    /* algorithm */
        {1, 2},    /* the other algorithm: wrong length */
        {1, 3},    /* algorithm */
        {2, 0x20}, /* more bytes than a hash can count */
        {9, 4},    /* total says one byte more than there is */
    };
    for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
        uint8_t damaged[HASHER_STATE_MAX];
        memcpy(damaged, saved, len);
        damaged[damages[i].at] = damages[i].value;
        struct str state_text = {(const char *)damaged, len};
        assert_fails(hasher_load(&other, state_text, &err), &err, ERR_INVALID);
    }
    for (size_t cut = 0; cut < len; cut++) {
        struct str state_text = {(const char *)saved, cut};
        assert_fails(hasher_load(&other, state_text, &err), &err, ERR_INVALID);
    }
}

/* The saved form is stored in databases: it must never change. */
static void test_saved_form(void **state)
{
    (void)state;
    struct hasher hasher;
    uint8_t saved[HASHER_STATE_MAX];
    char hex[2 * HASHER_STATE_MAX + 1];
    hasher_init(&hasher, DIGEST_SHA256);
    hasher_update(&hasher, "abc", 3);
    size_t len = hasher_save(&hasher, saved);
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", saved[i]);
    assert_string_equal(hex, "0101"
                             "0000000000000003"
                             "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19"
                             "616263");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),        cmocka_unit_test(test_pack),
        cmocka_unit_test(test_hash),         cmocka_unit_test(test_resume),
        cmocka_unit_test(test_load_refuses), cmocka_unit_test(test_saved_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
