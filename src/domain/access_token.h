/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens: passwords for one repository, which programs give with the user name "$token". 64
 * characters, of which the first 32 find the row and the others are the secret; stored as its
 * SHA-256. The API can no longer make them, as with Quay; the command line can. */
#pragma once

#include "base/arena.h"
#include "domain/role.h"
#include "store/db/db.h"

enum { ACCESS_TOKEN_LOOKUP = 32, ACCESS_TOKEN_LEN = 64 };

struct access_token {
    int64_t id;
    const char *uuid;
    int64_t repository_id;
    const char *namespace_name;
    const char *repository;
    const char *name; /* what it is for, in its owner's words */
    struct str secret_hash;
    int64_t role; /* enum role */
};

/* The token of that text, if it is one of ours, has not expired, and its namespace is enabled: 1,
 * 0, -1. */
int access_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                      struct access_token *out, struct err *err);
/* The same by its UUID. */
int access_token_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid,
                              int64_t now_ms, struct access_token *out, struct err *err);

struct access_token_new {
    int64_t repository_id;
    const char *name;
    enum role role;
    int64_t expires_ms; /* 0: never */
};

/* Make a token; its text is never to be had again. */
int access_token_create(struct db_tx *tx, const struct access_token_new *in, int64_t now_ms,
                        char text_out[ACCESS_TOKEN_LEN + 1], struct err *err);
/* 1 deleted, 0 there was none, -1. */
int access_token_delete(struct db_tx *tx, int64_t id, struct err *err);
