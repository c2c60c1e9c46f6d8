/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth applications: programs that ask users of an organization for tokens. The client secret is
 * sealed (base/seal.h), as the API shows it again and the database must not.
 *
 * Tokens made on the command line belong to an application too: one that each account has, that
 * is made when it is first needed, and that no program can speak for as it has no secret. */
#pragma once

#include "base/arena.h"
#include "base/seal.h"
#include "store/db/db.h"

enum {
    OAUTH_CLIENT_ID_LEN = 20,
    OAUTH_CLIENT_SECRET_LEN = 40,
};

struct oauth_application {
    int64_t id;
    int64_t organization_id;
    const char *client_id;
    struct str secret_sealed; /* empty: there is none */
    const char *name;
    const char *description;
    const char *application_uri;
    const char *redirect_uri; /* "": none registered */
    const char *avatar_email; /* NULL: none */
};

/* What of it can be set. */
struct oauth_application_info {
    const char *name;
    const char *description;
    const char *application_uri;
    const char *redirect_uri;
    const char *avatar_email; /* NULL: none */
};

/* A new client secret, sealed, in the arena. */
struct str oauth_application_draw_secret(struct arena *arena, const struct seal_key *key);
/* The client secret, in the arena; NULL when there is none, or the key is not the one it was sealed
 * with. */
const char *oauth_application_secret(struct arena *arena, const struct seal_key *key,
                                     const struct oauth_application *application);
/* 1 found, 0 none, -1. */
int oauth_application_find(struct db_tx *tx, struct arena *arena, const char *client_id,
                           struct oauth_application *out, struct err *err);
/* An organization's applications (struct oauth_application), oldest first, without those of the
 * command line: behind the id `after`, at most `limit`; with 0 whole. */
int oauth_application_list(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                           int64_t after, int64_t limit, struct list *out, struct err *err);
/* Make one; its client id is drawn here. ERR_INVALID when the name is reserved. */
int oauth_application_create(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                             const struct oauth_application_info *info, struct str secret_sealed,
                             struct oauth_application *out, struct err *err);
/* ERR_INVALID as above. */
int oauth_application_update(struct db_tx *tx, int64_t id,
                             const struct oauth_application_info *info, struct err *err);
int oauth_application_set_secret(struct db_tx *tx, int64_t id, struct str secret_sealed,
                                 struct err *err);
/* With its tokens, codes and assignments. */
int oauth_application_delete(struct db_tx *tx, int64_t id, struct err *err);
/* The account's application for tokens of the command line, made when there is none. */
int oauth_application_internal(struct db_tx *tx, struct arena *arena, int64_t account_id,
                               int64_t *id_out, struct err *err);
