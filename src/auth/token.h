/* SPDX-License-Identifier: Apache-2.0 */
/* Registry tokens: RS256 JWTs with Quay's claims, issued at /v2/auth and presented on /v2.
 *
 * A token says what it allows, so a request with one needs no look at rights. What it cannot say is
 * whether its account and the key that signed it are still good, nor whether a namespace is still
 * the same account's: names change hands. So a verified token is remembered
 * for TOKEN_REMEMBER_MS and then verified anew, which bounds how long a disabled account or a
 * withdrawn key goes on working: twice that, as keys are remembered as long (auth/keys.h). */
#pragma once

#include "auth/auth.h"
#include "auth/identity.h"
#include "auth/scope.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/lru.h"
#include "base/str.h"

enum {
    TOKEN_LIFETIME_S = 3600,
    TOKEN_LEEWAY_S = 30,
    TOKEN_REMEMBER_MS = 30 * 1000,
    TOKEN_BYTES_MAX = 16 * 1024, /* longer ones are refused unread */
};

/* What is put into a token: one entry of "access". */
struct token_access {
    enum scope_kind kind;
    const char *name;  /* scope.requested */
    unsigned actions;  /* scope_action; may be 0 */
    const char *space; /* UUID of the namespace they were decided for; NULL: none is said */
};

/* Sign a token for the identity. `audience` is the request's `service` parameter. Waits a few
 * seconds at most for the signing key when the server has just started: call it on a worker.
 * ERR_BUSY when there is none by then. */
int token_issue(struct auth *auth, struct arena *arena, const struct identity *identity,
                const struct token_access *access, size_t count, const char *audience,
                int64_t now_ms, char **token_out, struct err *err);

/* A verified token's identity, shared and counted. */
struct bearer {
    struct cached cached;
    struct identity identity;
};

/* The identity of a token that was verified a moment ago, with a reference for the caller
 * (token_unref), or NULL: then token_verify must look. Neither the database nor RSA is touched:
 * safe on a reactor. */
struct bearer *token_cached(struct auth *auth, struct str token, int64_t now_ms);

/* Verify in full: signature, claims, key and account. Reads the database in a transaction of its
 * own. ERR_UNAUTHORIZED with the reason; *out is a reference as above. */
int token_verify(struct auth *auth, struct str token, int64_t now_ms, struct bearer **out,
                 struct err *err);

/* NULL is fine. */
void token_unref(struct bearer *bearer);
DEFINE_CLEANUP(struct bearer, token_unref)

/* The token of an "Authorization: Bearer ..." header. False when it is something else. */
bool token_of_header(struct str header, struct str *token_out);
