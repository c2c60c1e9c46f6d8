/* SPDX-License-Identifier: Apache-2.0 */
/* Signed JSON Web Tokens (RFC 7519) with RS256 and nothing else, and the keys for them (RFC 7517).
 * The algorithm is fixed by us, never by the token. Built on cjose, JWS only. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/macro.h"

enum { JWT_BYTES_MAX = 64 * 1024, JWT_KID_SIZE = 65 };

struct jwt_key;

/* A new 2048-bit RSA key. Takes tens to hundreds of milliseconds: never on a reactor. */
int jwt_key_generate(struct jwt_key **out, struct err *err);
/* From a JWK (public or private, RSA). ERR_INVALID otherwise. */
int jwt_key_load(struct str jwk, struct jwt_key **out, struct err *err);
void jwt_key_free(struct jwt_key *key);
DEFINE_CLEANUP(struct jwt_key, jwt_key_free)

/* The key's identifier: the SHA-256 thumbprint of RFC 7638 in hexadecimal, as Quay's keys. */
const char *jwt_key_id(const struct jwt_key *key);
/* The JWK as JSON text, with "kid"; with the private members only when `private`. */
int jwt_key_format(const struct jwt_key *key, struct arena *arena, bool private, char **out,
                   struct err *err);

/* Sign claims (JSON text) into a compact token; header {"alg":"RS256","kid":...,"typ":"JWT"}. */
int jwt_sign(const struct jwt_key *key, struct arena *arena, struct str claims, char **out,
             struct err *err);
/* The "kid" of a token that has not been verified, to find its key. ERR_UNAUTHORIZED when it is not
 * a compact JWS with alg RS256. */
int jwt_peek_kid(struct arena *arena, struct str token, const char **kid_out, struct err *err);
/* Check signature and form; gives the claims object (json_decref it). Does not look at the claims:
 * issuer, audience and times are the caller's. ERR_UNAUTHORIZED with the reason. */
int jwt_verify(const struct jwt_key *key, struct str token, json_t **claims_out, struct err *err);
