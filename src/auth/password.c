/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords. The cache's key is HMAC(process key, SHA-256(hash, password)): it holds nothing that
 * could be compared with anything outside this process, and as the stored hash is a part of it, a
 * changed password is forgotten at once. */
#include "password.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/lru.h"
#include "base/rand.h"

enum {
    COST_DEFAULT = 12,
    PHRASE_MAX = 72, /* bcrypt looks at no more */
    BCRYPT_LEN = 60, /* "$2b$12$", 22 of salt, 31 of hash */
    REMEMBERED_MAX = 8192,
    REMEMBERED_BYTES_MAX = 2 * 1024 * 1024,
    WAIT_S = 5,
    MAC_SIZE = 32,
};

struct password_checker {
    unsigned cost;
    uint8_t secret[MAC_SIZE]; /* key of the HMAC, drawn at start */
    struct lru *remembered;
    struct cached yes; /* the one value in it */

    pthread_mutex_t lock; /* guards the counts */
    pthread_cond_t left;  /* running went down */
    unsigned running, running_max;
    unsigned waiting, waiting_max;
};

/* `yes` is a part of the checker, and goes with it. */
static void keep(struct cached *value)
{
    (void)value;
}

static unsigned core_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

struct password_checker *password_checker_new(unsigned cost, unsigned running, unsigned waiting)
{
    struct password_checker *checker = calloc(1, sizeof *checker);
    if (!checker)
        abort();
    checker->cost = cost ? cost : COST_DEFAULT;
    checker->running_max = running ? running : core_count();
    checker->waiting_max = waiting ? waiting : 4 * checker->running_max;
    rand_bytes(checker->secret, sizeof checker->secret);
    checker->remembered = lru_new(REMEMBERED_MAX, REMEMBERED_BYTES_MAX);
    cached_init(&checker->yes, keep);
    pthread_mutex_init(&checker->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&checker->left, &attr);
    pthread_condattr_destroy(&attr);
    return checker;
}

void password_checker_free(struct password_checker *checker)
{
    if (!checker)
        return;
    lru_free(checker->remembered);
    pthread_cond_destroy(&checker->left);
    pthread_mutex_destroy(&checker->lock);
    explicit_bzero(checker->secret, sizeof checker->secret);
    free(checker);
}

/* crypt_rn with a slice: BCRYPT_LEN characters into out[PASSWORD_HASH_SIZE]. False when the setting
 * is none that libcrypt knows, or the password holds a NUL. */
static bool compute(struct str password, const char *setting, char out[PASSWORD_HASH_SIZE])
{
    char phrase[PHRASE_MAX + 1] = "";
    size_t len = size_min(password.len, PHRASE_MAX);
    struct crypt_data *data = calloc(1, sizeof *data); /* 32 KiB: too much for a stack */
    if (!data)
        abort();
    if (len > 0)
        memcpy(phrase, password.ptr, len);
    const char *result = crypt_rn(phrase, setting, data, sizeof *data);
    bool ok = result && strlen(result) == BCRYPT_LEN && str_find(password, '\0') < 0;
    if (ok)
        memcpy(out, result, BCRYPT_LEN + 1);
    explicit_bzero(phrase, sizeof phrase);
    explicit_bzero(data, sizeof *data);
    free(data);
    return ok;
}

/* "$2b$NN$" and 53 characters, with a cost in bounds. $2x$, bcrypt with a bug, is not accepted. */
static bool is_bcrypt(const char *hash)
{
    struct str text = str_of(hash);
    uint64_t cost = 0;
    return text.len == BCRYPT_LEN &&
           (str_starts(text, STR("$2a$")) || str_starts(text, STR("$2b$")) ||
            str_starts(text, STR("$2y$"))) &&
           text.ptr[6] == '$' && str_to_u64(str_sub(text, 4, 2), PASSWORD_COST_MAX, &cost) &&
           cost >= PASSWORD_COST_MIN;
}

static int make_hash(unsigned cost, struct str password, char out[PASSWORD_HASH_SIZE],
                     struct err *err)
{
    char salt[16], setting[CRYPT_GENSALT_OUTPUT_SIZE];
    rand_bytes(salt, sizeof salt);
    if (!crypt_gensalt_rn("$2b$", cost, salt, sizeof salt, setting, sizeof setting) ||
        !compute(password, setting, out))
        return err_set(err, ERR_INTERNAL, "the password cannot be hashed");
    return 0;
}

int password_hash(struct password_checker *checker, struct str password,
                  char out[PASSWORD_HASH_SIZE], struct err *err)
{
    if (password_enter(checker, err) != 0)
        return -1;
    int result = make_hash(checker->cost, password, out, err);
    password_leave(checker);
    return result;
}

static void memory_key(const struct password_checker *checker, const char *hash,
                       struct str password, uint8_t out[MAC_SIZE])
{
    struct hasher hasher;
    struct digest digest;
    hasher_init(&hasher, DIGEST_SHA256);
    hasher_update(&hasher, hash, BCRYPT_LEN);
    hasher_update(&hasher, password.ptr, password.len);
    hasher_digest(&hasher, &digest);
    unsigned len = MAC_SIZE;
    if (!HMAC(EVP_sha256(), checker->secret, sizeof checker->secret, digest.bytes, digest.len, out,
              &len))
        abort(); /* fails only without memory */
    explicit_bzero(&hasher, sizeof hasher);
    explicit_bzero(&digest, sizeof digest);
}

bool password_remembered(struct password_checker *checker, const char *hash, struct str password,
                         int64_t now_ms)
{
    if (!hash || !is_bcrypt(hash))
        return false;
    uint8_t mac[MAC_SIZE];
    memory_key(checker, hash, password, mac);
    struct cached *found = lru_get(checker->remembered, (struct str){(char *)mac, sizeof mac},
                                   now_ms);
    cached_unref(found);
    return found != NULL;
}

int password_enter(struct password_checker *checker, struct err *err)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += WAIT_S;
    pthread_mutex_lock(&checker->lock);
    bool may = checker->running < checker->running_max || checker->waiting < checker->waiting_max;
    checker->waiting++;
    while (may && checker->running >= checker->running_max)
        may = pthread_cond_timedwait(&checker->left, &checker->lock, &deadline) == 0;
    checker->waiting--;
    if (may)
        checker->running++;
    pthread_mutex_unlock(&checker->lock);
    return may ? 0 : err_set(err, ERR_BUSY, "too many logins at the moment, try again");
}

void password_leave(struct password_checker *checker)
{
    pthread_mutex_lock(&checker->lock);
    checker->running--;
    pthread_cond_broadcast(&checker->left); /* one that has just given up may swallow a signal */
    pthread_mutex_unlock(&checker->lock);
}

bool password_compare(struct password_checker *checker, const char *hash, struct str password,
                      int64_t now_ms)
{
    char setting[PASSWORD_HASH_SIZE], computed[PASSWORD_HASH_SIZE] = "";
    bool real = hash && is_bcrypt(hash);
    /* Without a hash, the same work on a salt of zeros. */
    snprintf(setting, sizeof setting, "$2b$%02u$......................", checker->cost);
    if (!compute(password, real ? hash : setting, computed) || !real ||
        !secret_eq(str_of(computed), str_of(hash)))
        return false;
    uint8_t mac[MAC_SIZE];
    memory_key(checker, hash, password, mac);
    lru_put(checker->remembered, (struct str){(char *)mac, sizeof mac}, &checker->yes, 0,
            now_ms + PASSWORD_REMEMBER_MS);
    return true;
}
