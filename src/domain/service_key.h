/* SPDX-License-Identifier: Apache-2.0 */
/* Service keys: the public keys of this registry's instances and of services that talk to it, as
 * Quay publishes them under /keys/services/. Those this registry signs with carry their private
 * half too, so that all processes on one database share them. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "store/db/db.h"

struct service_key {
    int64_t id;
    const char *service;
    const char *kid;
    const char *name;
    const char *public_jwk;  /* JSON text, with "kid" */
    const char *private_jwk; /* secret; only from service_key_find_signing, else NULL */
    int64_t created_ms;
    int64_t expires_ms; /* 0: never */
    bool approved;
};

/* 1 found (in whatever state), 0 none, -1. */
int service_key_find(struct db_tx *tx, struct arena *arena, const char *kid,
                     struct service_key *out, struct err *err);
/* Whether a key that was found may be trusted now: 0, or ERR_CONFLICT when it has not been approved
 * (409 at /keys), ERR_DENIED when it has expired (403). */
int service_key_check(const struct service_key *key, int64_t now_ms, struct err *err);
/* The approved, unexpired keys of a service (struct service_key), for GET /keys/services/.../keys,
 * whole. */
int service_key_list(struct db_tx *tx, struct arena *arena, const char *service, int64_t now_ms,
                     struct list *out, struct err *err);
/* The newest approved, unexpired key of the service that has a private half: 1, 0, -1. */
int service_key_find_signing(struct db_tx *tx, struct arena *arena, const char *service,
                             int64_t now_ms, struct service_key *out, struct err *err);
/* Store a key; id is ignored, private_jwk may be NULL. ERR_EXISTS when the kid is known. */
int service_key_create(struct db_tx *tx, const struct service_key *key, struct err *err);
/* Remove keys that expired before `expired_before_ms`; the number removed, or -1. */
int64_t service_key_prune(struct db_tx *tx, int64_t expired_before_ms, struct err *err);
