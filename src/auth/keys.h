/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that sign registry tokens.
 *
 * The private key lives in the database, so that all nodes and restarts share it. A key signs until
 * it is `refresh` old and verifies until it is `expiration` old; the difference must be longer than
 * a token lives. Generating RSA keys is slow: a thread does it, and nobody waits for it but the
 * first token after the very first start. */
#pragma once

#include "base/err.h"
#include "base/lru.h"
#include "codec/jwt.h"
#include "store/db/db.h"

/* A key is trusted for so long before it is looked up again. */
enum { KEYS_REMEMBER_MS = 30 * 1000 };

struct keys;

struct keys_config {
    const char *service; /* borrowed */
    int64_t expiration_ms, refresh_ms, forget_ms;
};

/* A key in use, shared and counted (cached_unref on &key->cached). */
struct keys_entry {
    struct cached cached;
    struct jwt_key *key;
    int64_t created_ms;
    int64_t expires_ms;
};

/* Prepare; the database is not touched. */
struct keys *keys_new(const struct keys_config *config, struct db *db);
/* Start the thread that loads, generates and renews. */
int keys_start(struct keys *keys, struct err *err);
/* Stops it. NULL is fine. */
void keys_free(struct keys *keys);
DEFINE_CLEANUP(struct keys, keys_free)

/* One step of that thread: make sure that there is a key to sign with, with a new one when it is
 * due (then long expired ones are removed too). *next_ms_out is when to take the next step. */
int keys_renew(struct keys *keys, int64_t now_ms, int64_t *next_ms_out, struct err *err);

/* The key to sign with; waits up to wait_ms for the first one. ERR_BUSY. */
int keys_signing(struct keys *keys, int64_t now_ms, int64_t wait_ms, struct keys_entry **out,
                 struct err *err);
/* The public key of that id if it is approved and has not expired: any service key of this
 * registry's service, by whatever node. ERR_UNAUTHORIZED otherwise. Opens a read transaction when
 * it was not looked up within KEYS_REMEMBER_MS. */
int keys_verifying(struct keys *keys, const char *kid, int64_t now_ms, struct keys_entry **out,
                   struct err *err);
