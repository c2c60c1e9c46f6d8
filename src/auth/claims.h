/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of registry tokens, written and checked exactly as Quay's. Pure functions; signing is
 * codec/jwt.h, and finding the account is token.c. */
#pragma once

#include <jansson.h>

#include "auth/identity.h"
#include "auth/token.h"
#include "base/buf.h"
#include "domain/name.h"

enum { CLAIMS_GRANTS_MAX = 64 };

struct claims_request {
    const char *issuer;
    const char *audience;
    int64_t now_s;
    const struct identity *identity;
    const struct token_access *access;
    size_t access_count;
};

/* Append the JSON of the claims. */
void claims_format(const struct claims_request *request, struct buf *out);

/* What must be so. */
struct claims_rules {
    const char *issuer;
    const char *audience;
    int64_t max_fresh_s;            /* longest lifetime */
    const struct name_rules *names; /* how names in "access" are read */
};

/* What a token says once it has been checked; strings in the arena. */
struct claims {
    enum identity_kind kind;
    const char *entity; /* UUID of a user or token, name of a robot; NULL: anonymous */
    int64_t issued_s;
    int64_t expires_s;
    struct grant *grants;
    size_t grant_count;
};

/* Check verified JSON against the rules and the time (with TOKEN_LEEWAY_S). ERR_UNAUTHORIZED says
 * which claim is wrong. */
int claims_check(struct arena *arena, const json_t *json, const struct claims_rules *rules,
                 int64_t now_s, struct claims *out, struct err *err);
