/* SPDX-License-Identifier: Apache-2.0 */
/* Service keys as an administrator sees them: with what was noted about them, and who let them in.
 */
#pragma once

#include "base/arena.h"
#include "domain/service_key.h"
#include "store/db/db.h"

struct service_key_admin {
    int64_t id;
    const char *service;
    const char *kid;
    const char *name;
    const char *public_jwk; /* JSON text, with "kid" */
    const char *metadata;   /* a JSON object; NULL: none */
    int64_t created_ms;
    int64_t expires_ms; /* 0: never */
    int64_t rotation_s; /* 0: it is not replaced by itself */
    bool approved;
    const char *approval_type; /* NULL: by the registry itself, for its own keys */
    int64_t approved_ms;
    const char *approval_notes;
    const char *approver_name; /* NULL: nobody in particular */
    const char *approver_email;
};

/* A new key pair: its kid and public JWK in `out`, the rest of which stays, and both halves as PEM
 * text, all in the arena. The private half is kept nowhere. */
int service_key_admin_generate(struct arena *arena, struct service_key *out,
                               const char **public_pem_out, const char **private_pem_out,
                               struct err *err);
/* Store a key that somebody made for a service, approved by that user (0: by nobody in particular).
 * `metadata` and `notes` may be NULL. */
int service_key_admin_create(struct db_tx *tx, struct arena *arena, const struct service_key *key,
                             const char *metadata, int64_t approver_id, const char *notes,
                             struct err *err);
/* All keys (struct service_key_admin), newest first, whole. */
int service_key_admin_list(struct db_tx *tx, struct arena *arena, struct list *out,
                           struct err *err);
/* By kid: 1, 0, -1. */
int service_key_admin_find(struct db_tx *tx, struct arena *arena, const char *kid,
                           struct service_key_admin *out, struct err *err);
/* Set name, metadata and expiry to those of `key`. */
int service_key_admin_change(struct db_tx *tx, const struct service_key_admin *key,
                             struct err *err);
/* Let it in, or note who did; 0: nobody in particular. */
int service_key_admin_approve(struct db_tx *tx, int64_t id, int64_t approver_id, const char *notes,
                              int64_t now_ms, struct err *err);
/* Tokens it has signed are refused within half a minute. */
int service_key_admin_delete(struct db_tx *tx, int64_t id, struct err *err);
