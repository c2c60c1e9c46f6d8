/* SPDX-License-Identifier: Apache-2.0 */
/* RSA keys as PEM text, for programs that do not read JWK. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* From a private RSA JWK: the public key ("PUBLIC KEY") and the private one ("RSA PRIVATE KEY"). */
int pem_of_jwk(struct arena *arena, struct str jwk, const char **public_out,
               const char **private_out, struct err *err);
