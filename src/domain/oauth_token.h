/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth access tokens: 40 characters, of which the first 20 find the row and the other 20 are the
 * secret. Only the secret's SHA-256 is stored: it is random, so that a slow hash adds nothing. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { OAUTH_TOKEN_LOOKUP = 20, OAUTH_TOKEN_LEN = 40, OAUTH_TOKEN_PAGE_MAX = 100 };

/* How long a token lives unless somebody says otherwise: ten years, as with Quay. */
static const int64_t OAUTH_TOKEN_LIFETIME_S = 315576000;

struct oauth_token {
    int64_t id;
    const char *uuid;
    int64_t application_id;
    const char *client_id;        /* of the application */
    const char *application_name; /* likewise */
    int64_t account_id;           /* whose rights it has, at most */
    const char *scope;            /* auth/oauth_scope.h */
    struct str secret_hash;
    int64_t created_ms;
    int64_t expires_ms;
    int64_t last_accessed_ms; /* 0: never */
    const char *name;         /* NULL: none */
};

/* The token of that text, if it is one of ours and has not expired: 1, 0, -1. */
int oauth_token_find(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                     struct oauth_token *out, struct err *err);
/* The same by its UUID, of whatever account. */
int oauth_token_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid,
                             int64_t now_ms, struct oauth_token *out, struct err *err);

struct oauth_token_new {
    int64_t application_id;
    int64_t account_id;
    int64_t created_by; /* who made it for an application; 0: the account itself, by consent */
    const char *name;   /* NULL: none */
    const char *scope;
    int64_t lifetime_ms;
};

/* Make a token; its text is never to be had again. */
int oauth_token_create(struct db_tx *tx, const struct oauth_token_new *in, int64_t now_ms,
                       char text_out[OAUTH_TOKEN_LEN + 1], struct err *err);
/* Remember that it was used. */
int oauth_token_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);
/* 1 deleted, 0 there was none, -1. */
int oauth_token_delete(struct db_tx *tx, int64_t id, struct err *err);

/* A token as lists show it. */
struct oauth_token_row {
    int64_t id;
    const char *uuid;
    const char *name; /* NULL: none */
    const char *scope;
    int64_t created_ms;
    int64_t expires_ms;
    int64_t last_accessed_ms; /* 0: never */
    const char *created_by;   /* NULL: by consent, or the account is gone */
    /* And its application. */
    const char *client_id;
    const char *application_name;
    const char *description;
    const char *application_uri;
    const char *avatar_email;       /* NULL: none */
    const char *organization;       /* its name */
    const char *organization_email; /* NULL: none */
};

/* Tokens (struct oauth_token_row) that have not expired, oldest first: of an application, or of an
 * account. Behind the id `after`, at most `limit`; with 0 whole. */
int oauth_token_list_of_application(struct db_tx *tx, struct arena *arena, int64_t application_id,
                                    int64_t now_ms, int64_t after, int64_t limit, struct list *out,
                                    struct err *err);
int oauth_token_list_of_account(struct db_tx *tx, struct arena *arena, int64_t account_id,
                                int64_t now_ms, int64_t after, int64_t limit, struct list *out,
                                struct err *err);
/* One token of the account, in the same form: 1, 0, -1. */
int oauth_token_get_of_account(struct db_tx *tx, struct arena *arena, int64_t account_id,
                               const char *uuid, int64_t now_ms, struct oauth_token_row *out,
                               struct err *err);
/* How many tokens of the application have not expired. */
int oauth_token_count(struct db_tx *tx, int64_t application_id, int64_t now_ms, int64_t *out,
                      struct err *err);
struct oauth_token_scope {
    const char *scope;
};
/* The scopes that the account has let the application have by consent, as texts of tokens that have
 * not expired (struct oauth_token_scope), the newest OAUTH_TOKEN_PAGE_MAX. */
int oauth_token_list_scopes(struct db_tx *tx, struct arena *arena, int64_t application_id,
                            int64_t account_id, int64_t now_ms, struct list *out, struct err *err);
